// One practice inside the world: writes a change into its store and the ledger together, and draws
// when the surfaces will see it. It does not decide what changes.

import type { Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import { contentHash, type Ledger } from './ledger.ts'
import { createStore, type PracticeStore } from './store.ts'
import type { Cause, LedgerEntry, PracticeView } from './types.ts'

export interface Practice {
  readonly view: PracticeView
  readonly store: PracticeStore
  /** Writes `resource` (its `id` is required) as true from `at`, epoch ms, on. */
  write(at: number, resource: Resource, cause: Cause): LedgerEntry
  /** Takes a resource away from `at` on. Throws a RangeError when there is nothing to take. */
  remove(at: number, type: string, id: string, cause: Cause): LedgerEntry
  /** As `remove`, of a resource that lives on in the one with the id `into`. */
  merge(at: number, type: string, id: string, into: string): LedgerEntry
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

  const visibleAt = (at: number, cause: Cause, previous: number) => {
    const drawn = at + delayMs(cause)
    return Math.max(previous, at < startsAt ? Math.min(drawn, startsAt) : drawn)
  }

  const write = (at: number, resource: Resource, cause: Cause) => {
    const { resourceType: type, id } = resource
    if (id === undefined) throw new RangeError(`a ${type} needs an id to be written`)
    const last = store.latest(type, id)
    const seen = visibleAt(at, cause, last?.visibleAt ?? at)
    store.add({ type, id, at, visibleAt: seen, resource })
    return ledger.append({
      practice: practice.code,
      at,
      visibleAt: seen,
      kind: last?.resource === undefined ? 'created' : 'updated',
      type,
      id,
      hash: contentHash(resource),
      cause,
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
    write,
    remove: (at, type, id, cause) => end(at, { kind: 'deleted', type, id, cause }),
    merge: (at, type, id, into) => end(at, { kind: 'merged', type, id, cause: 'merge', into }),
  }
}

type Ending = Pick<LedgerEntry, 'type' | 'id' | 'cause' | 'into'> & {
  readonly kind: 'deleted' | 'merged'
}

/** Delays drawn evenly from the range, from a stream per practice; loaded content has none. */
export function visibilityDelays(
  random: Random,
  [min, max]: readonly [min: number, max: number],
): (cause: Cause) => number {
  return (cause) => (cause === 'load' ? 0 : random.between(min, max))
}
