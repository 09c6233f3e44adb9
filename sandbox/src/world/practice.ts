// One practice inside the world: writes a change into its store and the ledger together, and draws
// when the surfaces will see it. It does not decide what changes.

import type { Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import { contentHash, type Ledger } from './ledger.ts'
import { createStore, type PracticeStore, patientOf } from './store.ts'
import type { Cause, DelayRange, LedgerEntry, PracticeView } from './types.ts'

export interface Practice {
  readonly view: PracticeView
  readonly store: PracticeStore
  /** Writes `resource` (its `id` is required) as true from `at`, epoch ms, on. */
  write(at: number, resource: Resource, cause: Cause): LedgerEntry
  /** Takes a resource away from `at` on. Throws a RangeError when there is nothing to take. */
  remove(at: number, type: string, id: string, cause: Cause): LedgerEntry
  /** As `remove`, of a resource that lives on in the one with the id `into`. */
  merge(at: number, type: string, id: string, into: string): LedgerEntry
  /** As `write`, of a resource that had been merged into the one with the id `outOf`. */
  unmerge(at: number, resource: Resource, outOf: string): LedgerEntry
  /** The patient in whom this one lives on after merges; itself when it was not merged away. */
  survivorOf(patient: string): string
}

export interface PracticeOptions {
  readonly practice: Pick<PracticeView, 'code' | 'name' | 'timeZone'>
  readonly ledger: Ledger
  /** Vendor ms between truth and visibility of the change of this cause. */
  readonly delayMs: (cause: Cause) => number
  /** Changes of the history are visible at this instant at the latest, epoch ms. */
  readonly startsAt: number
}

export function createPractice(options: PracticeOptions): Practice {
  const { practice, ledger, delayMs, startsAt } = options
  const store = createStore(practice)
  const survivors = new Map<string, string>()

  const visibleAt = (at: number, cause: Cause, previous: number) => {
    const drawn = at + delayMs(cause)
    return Math.max(previous, at < startsAt ? Math.min(drawn, startsAt) : drawn)
  }

  const put = (at: number, resource: Resource, how: Writing) => {
    const { resourceType: type, id } = resource
    if (id === undefined) throw new RangeError(`a ${type} needs an id to be written`)
    const last = store.latest(type, id)
    const seen = visibleAt(at, how.cause, last?.visibleAt ?? at)
    store.add({ type, id, at, visibleAt: seen, resource })
    return ledger.append({
      practice: practice.code,
      at,
      visibleAt: seen,
      kind: last?.resource === undefined ? 'created' : 'updated',
      type,
      id,
      hash: contentHash(resource),
      ...how,
      ...movedBetween(last?.resource, resource),
    })
  }

  const end = (at: number, gone: Ending) => {
    const { type, id, cause, ...how } = gone
    const last = store.latest(type, id)
    if (last?.resource === undefined) throw new RangeError(`no ${type} with this id to remove`)
    const seen = visibleAt(at, cause, last.visibleAt)
    store.add({ type, id, at, visibleAt: seen, resource: undefined })
    const { code } = practice
    return ledger.append({ practice: code, at, visibleAt: seen, type, id, hash: '', cause, ...how })
  }

  return {
    view: store.view,
    store,
    write: (at, resource, cause) => put(at, resource, { cause }),
    remove: (at, type, id, cause) => end(at, { kind: 'deleted', type, id, cause }),
    merge(at, type, id, into) {
      const entry = end(at, { kind: 'merged', type, id, cause: 'merge', into })
      if (type === 'Patient') survivors.set(id, into)
      return entry
    },
    unmerge(at, resource, outOf) {
      survivors.delete(resource.id ?? '')
      return put(at, resource, { kind: 'unmerged', cause: 'unmerge', outOf })
    },
    survivorOf(patient) {
      let current = patient
      for (let i = 0; i < MERGES_FOLLOWED_MAX; i++) {
        const next = survivors.get(current)
        if (next === undefined) return current
        current = next
      }
      return current
    },
  }
}

/** Charts merged one into the next, followed at most so far; nobody can make a ring of them. */
const MERGES_FOLLOWED_MAX = 100

type Writing = Pick<LedgerEntry, 'cause' | 'outOf'> & { readonly kind?: 'unmerged' }

type Ending = Pick<LedgerEntry, 'type' | 'id' | 'cause' | 'into'> & {
  readonly kind: 'deleted' | 'merged'
}

/** Both patients' ids when the record has changed charts. */
function movedBetween(
  before: Resource | undefined,
  after: Resource,
): Pick<LedgerEntry, 'patient'> | undefined {
  const from = before === undefined ? undefined : patientOf(before)
  const to = patientOf(after)
  return from === undefined || to === undefined || from === to
    ? undefined
    : { patient: { from, to } }
}

/** Delays drawn evenly from the range in force, from a stream per practice; loaded content has none. */
export function visibilityDelays(
  random: Random,
  range: () => DelayRange,
): (cause: Cause) => number {
  return (cause) => {
    if (cause === 'load') return 0
    const [min, max] = range()
    return random.between(min, max)
  }
}
