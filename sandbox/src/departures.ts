// What the vendor might still show of deleted and merged records. Nobody outside knows; both answers
// are switches, and by default this file is not asked.

import type { Resource } from '@chartway/codecs/fhir'
import type { LedgerEntry, World } from './world/index.ts'

export interface Departures {
  /** Last contents of deleted resources of a type with `status` entered-in-error, as of `now`. */
  remains(practice: string, type: string, now: number): Iterable<Resource>
  /** Has this patient lost a merge that is visible at `now`? */
  isMergedAway(practice: string, patientId: string, now: number): boolean
}

/** Follows the world's ledger, which holds every deletion and merge. */
export function createDepartures(world: World): Departures {
  const deleted = new Map<string, LedgerEntry[]>()
  const merged = new Map<string, LedgerEntry>()
  const contents = new WeakMap<LedgerEntry, Resource>()
  let read = 0
  const follow = () => {
    for (const entry of world.ledger(read)) {
      read = entry.sequence
      const key = `${entry.practice} ${entry.type}`
      if (entry.kind === 'merged') merged.set(`${entry.practice} ${entry.id}`, entry)
      if (entry.kind === 'deleted') deleted.set(key, [...(deleted.get(key) ?? []), entry])
    }
  }
  const lastContent = (entry: LedgerEntry): Resource | undefined => {
    const known = contents.get(entry)
    if (known !== undefined) return known
    const last = world.practice(entry.practice)?.get(entry.type, entry.id, entry.visibleAt - 1)
    if (last === undefined || typeof last.status !== 'string') return undefined
    const marked = { ...last, status: 'entered-in-error' }
    contents.set(entry, marked)
    return marked
  }
  return {
    *remains(practice, type, now) {
      follow()
      for (const entry of deleted.get(`${practice} ${type}`) ?? []) {
        const isGone = world.practice(practice)?.wasDeleted(type, entry.id, now) === true
        const content = isGone && entry.visibleAt <= now ? lastContent(entry) : undefined
        if (content !== undefined) yield content
      }
    },
    isMergedAway(practice, patientId, now) {
      follow()
      const entry = merged.get(`${practice} ${patientId}`)
      return entry !== undefined && entry.visibleAt <= now
    },
  }
}
