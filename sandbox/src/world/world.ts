// The world: several practices, one agenda, one ledger. It moves only when told up to when, so what
// happens depends on seed and instants alone and never on who looked at what.

import type { Resource } from '@chartway/codecs/fhir'
import { seededRandom } from '../random.ts'
import { createAgenda } from './agenda.ts'
import { mergeNow, moveNow, unmergeNow } from './identity.ts'
import { createInjections, type Injections } from './injections.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createPast, type Past } from './living.ts'
import { loadFiles } from './load.ts'
import { multiplied } from './multiplied.ts'
import { createPractice, type Practice, visibilityDelays } from './practice.ts'
import type { LivingPractice, LoadedPractice, LoadProblem, World, WorldOptions } from './types.ts'

/** A change that lies before the world's beginning. */
interface PastChange {
  readonly at: number
  readonly practice: Practice
  readonly resource: Resource
}

/** A practice as the world holds it: what reads and changes go to, and who lives in it. */
interface Place {
  readonly practice: Practice
  readonly past: Past | undefined
  readonly injections: Injections
}

/**
 * Makes a world as of `startsAt`: histories written, files loaded, nothing lived yet. Lines of a
 * file that could not be loaded come back as problems. Throws a RangeError when two practices share
 * a code, or one that lives is multiplied.
 */
export function createWorld(options: WorldOptions): { world: World; problems: LoadProblem[] } {
  const ledger = createLedger()
  const agenda = createAgenda()
  const places = new Map<string, Place>()
  const problems: LoadProblem[] = []
  const changes: PastChange[] = []
  const beginnings: (() => void)[] = []

  for (const each of options.practices) {
    if (places.has(each.code)) throw new RangeError(`two practices with the code ${each.code}`)
    const found = foundPlace(each, options, ledger)
    places.set(each.code, found.place)
    problems.push(...found.problems)
    for (const change of found.place.past?.states ?? []) {
      changes.push({ ...change, practice: found.original })
    }
    beginnings.push(() => found.place.past?.begin(agenda, found.original))
  }
  changes.sort((a, b) => a.at - b.at)
  for (const { at, practice, resource } of changes) practice.write(at, resource, 'history')
  for (const begin of beginnings) begin()
  for (const each of options.practices) multiply(each, places, { options, ledger })
  return { world: worldOf(places, { ledger, agenda, startsAt: options.startsAt }), problems }
}

function foundPlace(
  each: LivingPractice | LoadedPractice,
  options: WorldOptions,
  ledger: Ledger,
): { place: Place; original: Practice; problems: readonly LoadProblem[] } {
  const random = seededRandom(each.seed ?? options.seed).stream(each.code)
  const injections = createInjections(
    random.stream('words'),
    options.injectedTextShare ?? (() => 0),
  )
  const { startsAt } = options
  const practice = practiceOf(each, options, ledger)
  if (each.kind === 'loaded') {
    const { resources, problems } = loadFiles(each.files)
    for (const resource of resources) practice.write(startsAt, resource, 'load')
    return { place: { practice, past: undefined, injections }, original: practice, problems }
  }
  if (each.lives && (each.multiply ?? 1) > 1) {
    throw new RangeError(`${each.code}: a practice that lives cannot be multiplied`)
  }
  const areLabelled = options.securityLabels ?? (() => false)
  const past = createPast(each, { random, startsAt, injections, areLabelled })
  return { place: { practice, past, injections }, original: practice, problems: [] }
}

function practiceOf(
  each: LivingPractice | LoadedPractice,
  options: WorldOptions,
  ledger: Ledger,
): Practice {
  const random = seededRandom(each.seed ?? options.seed).stream(each.code)
  const { startsAt, visibilityDelayMs: delay } = options
  return createPractice({
    practice: { code: each.code, name: each.name, timeZone: each.timeZone },
    ledger,
    delayMs: visibilityDelays(
      random.stream('visibility'),
      typeof delay === 'function' ? delay : () => delay,
    ),
    startsAt,
  })
}

/** Puts the many charts in the place of the one practice, once its past is written. */
function multiply(
  each: LivingPractice | LoadedPractice,
  places: Map<string, Place>,
  { options, ledger }: { readonly options: WorldOptions; readonly ledger: Ledger },
): void {
  const place = places.get(each.code)
  const copies = each.multiply ?? 1
  if (place === undefined || copies === 1) return
  const { startsAt } = options
  const overlay = practiceOf(each, options, ledger)
  const practice = multiplied(place.practice.view, overlay, { copies, startsAt })
  places.set(each.code, { ...place, practice })
}

function worldOf(
  places: ReadonlyMap<string, Place>,
  {
    ledger,
    agenda,
    startsAt,
  }: { ledger: Ledger; agenda: ReturnType<typeof createAgenda>; startsAt: number },
): World {
  let now = startsAt
  const known = (code: string): Place => {
    const place = places.get(code)
    if (place === undefined) throw new RangeError(`no practice with the code ${code}`)
    return place
  }
  return {
    advanceTo(instant) {
      agenda.runUntil(instant)
      now = Math.max(now, instant)
    },
    practice: (code) => places.get(code)?.practice.view,
    *practices() {
      for (const { practice } of places.values()) yield practice.view
    },
    ledger: (after) => ledger.since(after),
    ledgerHash: () => ledger.hash(),
    put: (code, resource, cause) =>
      known(code).practice.write(now, structuredClone(resource), cause),
    remove: (code, type, id, cause) => known(code).practice.remove(now, type, id, cause),
    merge(code, from, into) {
      const { practice, past } = known(code)
      const entry = mergeNow(practice, { from, into }, now)
      past?.retire(from)
      return entry
    },
    unmerge(code, patient) {
      const { practice, past } = known(code)
      const entry = unmergeNow(practice, { patient, ledger: ledger.since(0) }, now)
      past?.revive(patient)
      return entry
    },
    move: (code, record, to) => moveNow(known(code).practice, { ...record, to }, now),
    injectedTexts: () =>
      [...places.values()].reduce((sum, { injections }) => sum + injections.count(), 0),
  }
}
