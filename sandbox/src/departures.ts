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
}

export type Departure = 'deleted' | 'merged'

/** Follows the world's ledger, which holds every deletion and merge. */
export function createDepartures(world: World): Departures {
  const gone = new Map<string, LedgerEntry[]>()
  const contents = new WeakMap<LedgerEntry, Resource>()
  let read = 0
  const follow = () => {
    for (const entry of world.ledger(read)) {
      read = entry.sequence
      if (entry.kind !== 'deleted' && entry.kind !== 'merged') continue
      const key = `${entry.practice} ${entry.type} ${entry.kind}`
      const entries = gone.get(key)
      if (entries === undefined) gone.set(key, [entry])
      else entries.push(entry)
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
      for (const entry of gone.get(`${practice} ${type} ${kind}`) ?? []) {
        const isGone = world.practice(practice)?.wasDeleted(type, entry.id, now) === true
        const content = isGone && entry.visibleAt <= now ? lastContent(entry) : undefined
        if (content !== undefined) yield content
      }
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
