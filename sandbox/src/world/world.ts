// The world: several practices, one agenda, one ledger. It moves only when told up to when, so what
// happens depends on seed and instants alone and never on who looked at what.

import type { Resource } from '@chartway/codecs/fhir'
import { seededRandom } from '../random.ts'
import { createAgenda } from './agenda.ts'
import { createLedger } from './ledger.ts'
import { createPast } from './living.ts'
import { loadFiles } from './load.ts'
import { createPractice, type Practice, visibilityDelays } from './practice.ts'
import type { LoadProblem, World, WorldOptions } from './types.ts'

/** A change that lies before the world's beginning. */
interface Past {
  readonly at: number
  readonly practice: Practice
  readonly resource: Resource
}

/**
 * Makes a world as of `startsAt`: histories written, files loaded, nothing lived yet. Lines of a
 * file that could not be loaded come back as problems. Throws a RangeError when two practices share
 * a code.
 */
export function createWorld(options: WorldOptions): { world: World; problems: LoadProblem[] } {
  const random = seededRandom(options.seed)
  const ledger = createLedger()
  const agenda = createAgenda()
  const practices = new Map<string, Practice>()
  const problems: LoadProblem[] = []
  const past: Past[] = []
  const beginnings: (() => void)[] = []

  for (const each of options.practices) {
    if (practices.has(each.code)) throw new RangeError(`two practices with the code ${each.code}`)
    const own = random.stream(each.code)
    const practice = createPractice({
      practice: { code: each.code, name: each.name, timeZone: each.timeZone },
      ledger,
      delayMs: visibilityDelays(own.stream('visibility'), options.visibilityDelayMs),
      startsAt: options.startsAt,
    })
    practices.set(each.code, practice)
    if (each.kind === 'loaded') {
      const loaded = loadFiles(each.files)
      problems.push(...loaded.problems)
      for (const resource of loaded.resources) practice.write(options.startsAt, resource, 'load')
    } else {
      const { states, begin } = createPast(each, own, options.startsAt)
      for (const state of states) past.push({ ...state, practice })
      beginnings.push(() => begin(agenda, practice))
    }
  }
  past.sort((a, b) => a.at - b.at)
  for (const { at, practice, resource } of past) practice.write(at, resource, 'history')
  for (const begin of beginnings) begin()

  let now = options.startsAt
  const known = (code: string): Practice => {
    const practice = practices.get(code)
    if (practice === undefined) throw new RangeError(`no practice with the code ${code}`)
    return practice
  }
  const world: World = {
    advanceTo(instant) {
      agenda.runUntil(instant)
      now = Math.max(now, instant)
    },
    practice: (code) => practices.get(code)?.view,
    *practices() {
      for (const practice of practices.values()) yield practice.view
    },
    ledger: (after) => ledger.since(after),
    ledgerHash: () => ledger.hash(),
    put: (code, resource, cause) => known(code).write(now, structuredClone(resource), cause),
    remove: (code, type, id, cause) => known(code).remove(now, type, id, cause),
  }
  return { world, problems }
}
