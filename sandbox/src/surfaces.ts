// The vendor's surfaces side by side: which of them answers a request, and at which practice it
// counts. What they answer is theirs.

import type { Bulk } from './bulk/index.ts'
import type { Departures } from './departures.ts'
import { answerInstead, type Drawn, isAnswerFault } from './faults/index.ts'
import { DEFAULT_BUILD, facade } from './fhir/index.ts'
import {
  type Apps,
  authorizeFields,
  type Checker,
  formOf,
  type People,
  practicesOf,
  token,
} from './oauth/index.ts'
import type { Random } from './random.ts'
import { type Draft, outcome, plain, preflight } from './reply.ts'
import { type Parsed, practiceAsked } from './request.ts'
import type { Switches } from './switches.ts'
import { refusalOf, taughtForm } from './teaching.ts'
import type { World } from './world/index.ts'

/** What the surfaces stand on. */
export interface Ground {
  readonly publicUrl: string
  readonly switches: Switches
  readonly world: World
  readonly apps: Apps
  readonly check: Checker
  readonly people: People
  readonly departures: Departures
  readonly random: Random
  /** The build each practice has now; nothing when it is the default one. */
  readonly builds: { get(code: string): string | undefined }
  readonly bulk: Bulk
}

/** The practices in whose minute this request counts. */
export function countedAt(parsed: Parsed, ground: Ground, now: number): readonly string[] {
  const { surface, segments, request, rawQuery } = parsed
  const { apps, switches, people } = ground
  if (surface === 'token') {
    return practicesOf(formOf(request), { apps, switches, grants: people.grants, now })
  }
  if (surface !== 'authorize' && surface !== 'fhir') return []
  const isFhir = surface === 'fhir'
  const code = isFhir ? segments[2] : practiceAsked(authorizeFields(request, rawQuery))
  return code !== undefined && ground.world.practice(code) !== undefined ? [code] : []
}

/** The answer of the surface asked, with the faults that change content rather than the wire. */
export async function decide(
  parsed: Parsed,
  ground: Ground,
  { drawn, isOver, at }: { readonly drawn: Drawn; readonly isOver: boolean; readonly at: number },
): Promise<Draft> {
  if (isOver) return tooMany(ground.switches)
  const { fault } = drawn
  if (isAnswerFault(fault)) {
    const { path } = parsed.request
    return answerInstead(fault, drawn, { path, now: at, tooMany: () => tooMany(ground.switches) })
  }
  if (drawn.fault === 'expired-token') {
    ground.apps.revoke(parsed.request.headers.authorization?.slice('Bearer '.length) ?? '')
  }
  return await answer(parsed, ground, { at, shift: drawn.shift })
}

async function answer(
  parsed: Parsed,
  ground: Ground,
  { at, shift }: { readonly at: number; readonly shift: number },
): Promise<Draft> {
  const { request, segments, rawQuery, surface } = parsed
  const { publicUrl, switches, random, apps, check, people, departures, world, builds } = ground
  if (request.method === 'OPTIONS' && switches.is('cors', 'on')) return preflight()
  const form = taughtForm(request, segments, publicUrl)
  const taught = form === undefined ? undefined : refusalOf(form, switches)
  if (taught !== undefined) return taught
  if (surface === 'token') {
    const { grants, signer, used } = people
    const context = { apps, check, grants, signer, used, switches, publicUrl, now: at }
    return await token(request, formOf(request), context)
  }
  if (surface === 'authorize') return people.authorize(request, rawQuery, at)
  if (surface === 'sign-in') return people.signIn(request, segments[2], at)
  if (surface === 'jwks') return await people.jwks()
  if (segments[0] === '.well-known') return outcome(400, 'Invalid request')
  if (surface !== 'fhir') return plain(404, 'Not Found')
  const [, , code = '', ...rest] = segments
  const practice = (each: string) => world.practice(each)
  const build = (each: string) => builds.get(each) ?? DEFAULT_BUILD
  const exported = ground.bulk.answer(
    { request, code, rest, rawQuery },
    { now: at, build: build(code) },
  )
  if (exported !== undefined) return exported
  const context = { publicUrl, switches, random, apps, departures, now: at, shift }
  return facade({ request, code, rest, rawQuery }, { ...context, practice, build })
}

function tooMany(switches: Switches): Draft {
  if (switches.is('rate-limit-body', 'operation-outcome')) {
    return outcome(429, 'Too many requests', 'throttled')
  }
  return plain(429, switches.is('rate-limit-body', 'text') ? 'Too Many Requests' : '')
}
