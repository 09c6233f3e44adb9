// Compares the resources of a batch with what the mirror knows of them, and writes what is new: new
// states, their changes in sequence, and what is noted beside them. Listings are not its business.

import { isRestricted } from '../kernel/security-labels.ts'
import {
  contentSeen,
  type Decision,
  decide,
  differencesText,
  differs,
  type Known,
  type KnownListing,
  unchangedAt,
} from './decide.ts'
import type { Retention } from './retention.ts'
import type { Content, Sighting } from './seen.ts'
import type { NewState, Store } from './store.ts'
import type { ApplyResult } from './types.ts'

/**
 * Resources looked up together, and characters of content written together: enough to make a statement
 * worth its while, little enough to fit into the socket while this process prepares the next.
 */
const PART_MAX = 128
const WRITTEN_CHARACTERS_MAX = 120_000

/** Each resource and all that the batch's answers showed of it. */
export type Seen = Map<string, Sighting[]>

/** One batch on its way into one practice. */
export interface Work {
  readonly store: Store
  /** Business time of learning. */
  readonly at: number
  readonly retention: Retention
  readonly listings: ReadonlyMap<string, KnownListing>
  readonly seen: Seen
  sequence: number
}

/** Names a question within a practice. */
export function questionOf({
  search,
  subject,
}: {
  readonly search: string
  readonly subject: string
}) {
  return `${search}\n${subject}`
}

/**
 * Compares everything that was seen with what is known and writes what is new. While the database works
 * on one part, the next is made ready.
 */
export async function putResources(work: Work): Promise<Omit<ApplyResult, 'missing' | 'sequence'>> {
  const counts = { created: 0, updated: 0, restored: 0, unchanged: 0 }
  const writer = stateWriter(work)
  const parts = partsOf([...work.seen])
  let ahead = knownAhead(work.store, parts[0])
  for (const [index, part] of parts.entries()) {
    const known = await ahead
    ahead = knownAhead(work.store, parts[index + 1])
    for (const [key, sightings] of part) {
      const decision = decide(known.get(key), sightings)
      counts[decision.kind === 'touched' ? 'unchanged' : decision.kind] += 1
      if (writer.take(decision)) await writer.flush()
    }
    await writer.flush()
  }
  await writer.finish()
  return counts
}

type Part = readonly (readonly [key: string, sightings: readonly Sighting[]])[]

function partsOf(entries: Part): readonly Part[] {
  const parts: Part[] = []
  for (let start = 0; start < entries.length; start += PART_MAX)
    parts.push(entries.slice(start, start + PART_MAX))
  return parts
}

function knownAhead(store: Store, part: Part | undefined): Promise<ReadonlyMap<string, Known>> {
  const known = part === undefined ? Promise.resolve(new Map()) : knownOf(store, part)
  // Whoever waits for it next hears of its failure; until then it is not an unhandled one.
  known.catch(() => {})
  return known
}

async function knownOf(store: Store, part: Part): Promise<ReadonlyMap<string, Known>> {
  const wanted = part.flatMap(([, sightings]) => {
    const [first] = sightings
    if (first === undefined) return []
    const { type, id } = first
    const { hash } = contentSeen(first)
    const alike = sightings.every((seen) => contentSeen(seen).hash === hash)
    return [{ type, id, contentHash: alike ? hash : '' }]
  })
  const rows = await store.known(wanted)
  const known = new Map(rows.map((row) => [`${row.type}/${row.id}`, row]))
  const closer = part.flatMap(([key, sightings]) => {
    const row = known.get(key)
    return row !== undefined && differs(row, sightings) ? [row] : []
  })
  if (closer.length === 0) return known
  const confirmed = await store.confirmed(closer)
  for (const row of closer) {
    const key = `${row.type}/${row.id}`
    // A listing from before a deletion says nothing about it.
    if (row.deleted) continue
    known.set(key, { ...row, askedAt: Math.max(row.askedAt, confirmed.get(key) ?? 0) })
  }
  return known
}

/** Collects what is to be written; while one part is on its way, the next is prepared. */
function stateWriter(work: Work) {
  const { store, at } = work
  let created: NewState[] = []
  let superseded: NewState[] = []
  const touched: { readonly seen: Sighting }[] = []
  const refilled: { readonly seen: Sighting; readonly content: Content }[] = []
  const strays = new Map<string, { readonly subject: string; readonly type: string }>()
  let characters = 0
  let underWay: Promise<unknown> | undefined

  async function send(next: Promise<unknown>): Promise<void> {
    // Whoever waits for it next hears of its failure; until then it is not an unhandled one.
    next.catch(() => {})
    const before = underWay
    underWay = next
    await before
  }

  async function flush(): Promise<void> {
    const [fresh, changed] = [created, superseded]
    created = []
    superseded = []
    characters = 0
    if (fresh.length > 0) await send(store.create(fresh, at))
    if (changed.length > 0) await send(store.supersede(changed, at))
  }

  return {
    flush,
    /** True when enough is there to be sent. */
    take(decision: Decision): boolean {
      const stray = strayOf(decision)
      if (stray !== undefined) strays.set(`${stray.subject} ${stray.type}`, stray)
      if (decision.kind === 'unchanged') return false
      if (decision.kind === 'touched') {
        const { seen, known, beside } = decision
        if (beside) touched.push({ seen: bare(seen, keepsBeside(work, known)) })
        if (known.dropped && work.retention.mode === 'full')
          refilled.push({ seen, content: contentSeen(seen) })
        return false
      }
      const state = kept(newState(work, decision), work.retention)
      if (decision.kind === 'created') created.push(state)
      else superseded.push(state)
      characters += state.content.text.length
      return characters >= WRITTEN_CHARACTERS_MAX
    },
    async finish(): Promise<void> {
      await flush()
      if (touched.length > 0) await send(store.touch(touched))
      if (refilled.length > 0) await send(store.refill(refilled))
      if (strays.size > 0) await send(store.markStrays([...strays.values()]))
      await underWay
    },
  }
}

/** A resource that is new to a patient and was not learnt by the listing that should show it. */
function strayOf(
  decision: Decision,
): { readonly subject: string; readonly type: string } | undefined {
  if (decision.kind === 'unchanged') return undefined
  const wasTheirs =
    (decision.kind === 'updated' || decision.kind === 'touched') &&
    decision.known.patientId === decision.seen.patientId
  if (wasTheirs) return undefined
  const { type, patientId, answer } = decision.seen
  const listed = answer.kept && answer.complete && answer.covers.includes(type)
  if (patientId === undefined || (listed && answer.subject === patientId)) return undefined
  return { subject: patientId, type }
}

/** Repairs have the originals: they are not kept where the content is not. */
function keepsBeside(work: Work, known: Known): boolean {
  return work.retention.mode === 'full' || !known.dropped
}

function bare(seen: Sighting, keeps: boolean): Sighting {
  return keeps || seen.repairs === undefined ? seen : { ...seen, repairs: undefined }
}

/** A state as it is written: whole, or its hash alone. */
function kept(state: NewState, { mode }: Retention): NewState {
  if (mode !== 'fingerprint') return state
  const { seen, content, differences } = state
  return {
    ...state,
    seen: bare(seen, false),
    content: { ...content, text: '' },
    ...(differences === undefined ? {} : { differences: '[]' }),
  }
}

function newState(
  work: Work,
  decision: Exclude<Decision, { kind: 'unchanged' | 'touched' }>,
): NewState {
  work.sequence += 1
  const { kind, seen, content } = decision
  const { askedAt } = seen.answer
  const { sequence } = work
  if (decision.kind === 'created') {
    const listedAt = work.listings.get(questionOf(seen.answer))?.listedAt
    return {
      sequence,
      kind,
      version: 1,
      seen,
      content,
      unchangedAt: unchangedAt(kind, askedAt, { listedAt }),
      restricted: { now: isRestricted(content.text), before: false },
    }
  }
  const { known } = decision
  return {
    sequence,
    kind,
    version: known.version + 1,
    seen,
    content,
    differences: differencesText(known, content),
    unchangedAt: unchangedAt(kind, askedAt, { knownAskedAt: known.askedAt }),
    restricted: { now: isRestricted(content.text), before: known.restricted },
  }
}
