// What the vendor might still show of deleted and merged records. Nobody outside knows; each form is
// a switch, and by default this file is not asked.

import type { Resource } from '@chartway/codecs/fhir'
import type { LedgerEntry, World } from './world/index.ts'

export interface Departures {
  /**
   * Last contents of what is gone at `now`: deleted records of a type with a status, marked
   * entered-in-error, and patients that lost a merge, inactive and linked to the survivor.
   */
  remains(practice: string, type: string, now: number, kind: Departure): Iterable<Resource>
  /** The patient as whom this one lives on at `now`; undefined when it was not merged away. */
  survivorOf(practice: string, patient: string, now: number): Resource | undefined
}

export type Departure = 'deleted' | 'merged'

/** Merges of merges followed at most so far. */
const MERGES_FOLLOWED_MAX = 100

/** Follows the world's ledger, which holds every deletion and merge. */
export function createDepartures(world: World): Departures {
  /** By practice, type and kind, the last departure of each id: a merge can be undone and come again. */
  const gone = new Map<string, Map<string, LedgerEntry>>()
  const contents = new WeakMap<LedgerEntry, Resource>()
  let read = 0
  const follow = () => {
    for (const entry of world.ledger(read)) {
      read = entry.sequence
      if (entry.kind !== 'deleted' && entry.kind !== 'merged') continue
      const key = `${entry.practice} ${entry.type} ${entry.kind}`
      const entries = gone.get(key) ?? new Map<string, LedgerEntry>()
      gone.set(key, entries.set(entry.id, entry))
    }
  }
  const lastContent = (entry: LedgerEntry): Resource | undefined => {
    const known = contents.get(entry)
    if (known !== undefined) return known
    const last = world.practice(entry.practice)?.get(entry.type, entry.id, entry.visibleAt - 1)
    const marked = last === undefined ? undefined : mark(last, entry)
    if (marked !== undefined) contents.set(entry, marked)
    return marked
  }
  return {
    *remains(practice, type, now, kind) {
      follow()
      for (const entry of gone.get(`${practice} ${type} ${kind}`)?.values() ?? []) {
        const isGone = world.practice(practice)?.wasDeleted(type, entry.id, now) === true
        const content = isGone && entry.visibleAt <= now ? lastContent(entry) : undefined
        if (content !== undefined) yield content
      }
    },
    survivorOf(practice, patient, now) {
      follow()
      const view = world.practice(practice)
      let id = patient
      for (let i = 0; i < MERGES_FOLLOWED_MAX; i++) {
        if (view?.wasDeleted('Patient', id, now) !== true) break
        const into = gone.get(`${practice} Patient merged`)?.get(id)?.into
        if (into === undefined) return undefined
        id = into
      }
      return id === patient ? undefined : view?.get('Patient', id, now)
    },
  }
}

function mark(last: Resource, entry: LedgerEntry): Resource | undefined {
  if (entry.kind === 'merged') {
    const other = { reference: `Patient/${entry.into}` }
    return { ...last, active: false, link: [{ other, type: 'replaced-by' }] }
  }
  return typeof last.status === 'string' ? { ...last, status: 'entered-in-error' } : undefined
}
