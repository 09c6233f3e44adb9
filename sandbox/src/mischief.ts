// Carries out in one sandbox what the faults decided about content: tonight's switches, ended tokens,
// scopes nobody gets any more, spoiled and drifted answers. It decides nothing.

import { type Drawn, drifted, type Faults, isBodyFault, spoiled } from './faults/index.ts'
import { formOf } from './oauth/index.ts'
import { type Draft, json } from './reply.ts'
import type { Parsed } from './request.ts'

export interface Levers {
  /** Lets these switches have other values for now. */
  overlay(values: Readonly<Record<string, string>>): void
  /** Ends every token of every app. */
  endTokens(): void
}

export interface Mischief {
  /** Brings the sandbox to what holds at `at`, epoch ms, before a request is answered. */
  arrive(at: number): void
  /** The refusal of a token request for a scope that is gone; undefined for everything else. */
  refuse(parsed: Parsed, at: number): Draft | undefined
  /** The FHIR answer with tonight's shape and the drawn damage in it. */
  spoil(draft: Draft, drawn: Drawn, at: number): Draft
}

export function createMischief(faults: Faults, levers: Levers): Mischief {
  let ended = 0
  let build: string | undefined
  let flipped = ''
  return {
    arrive(at) {
      const { switches, tokenEnds, build: nowBuild } = faults.conditions(at)
      levers.overlay(switches)
      if (JSON.stringify(switches) !== flipped && Object.keys(switches).length > 0) {
        faults.note('switches-flipped')
      }
      flipped = JSON.stringify(switches)
      if (nowBuild !== build && nowBuild !== undefined) faults.note('build-changed')
      build = nowBuild
      if (tokenEnds > ended) {
        levers.endTokens()
        faults.note('tokens-ended')
      }
      ended = tokenEnds
    },
    refuse(parsed, at) {
      const { withdrawnScopes } = faults.conditions(at)
      if (parsed.surface !== 'token' || withdrawnScopes.length === 0) return undefined
      const form = formOf(parsed.request)
      const asked = 'error' in form ? [] : (form.get('scope') ?? '').split(/\s+/)
      if (!asked.some((scope) => withdrawnScopes.some((each) => scope.startsWith(each)))) {
        return undefined
      }
      faults.note('scope-withdrawn')
      const why = 'The requested scope is not supported, unknown or malformed'
      return json(400, { error: 'invalid_grant', error_description: why })
    },
    spoil(draft, drawn, at) {
      const tonight = drifted(draft, faults.conditions(at).drift)
      for (const each of tonight?.classes ?? []) faults.note(`drift-${each}`)
      const current = tonight?.draft ?? draft
      if (!isBodyFault(drawn.fault)) return current
      const hurt = spoiled(drawn.fault, current, drawn.cut)
      if (hurt === undefined) faults.takeBack(drawn)
      return hurt ?? current
    },
  }
}
