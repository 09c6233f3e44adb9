// What follows from what was seen: which of several states of one resource is the newest, what kind of
// change that is, and which members of a listing are missing. Pure: no store, no clock.

import { diff, type Json } from '@chartway/codecs/fhir'
import type { Answer, Content, Sighting } from './seen.ts'
import { contentOf, vendorTime } from './seen.ts'
import type { Change } from './types.ts'

/**
 * The longest time in which two answers count as having been on their way together, business
 * milliseconds: no answer, all pages of it, takes longer.
 */
export const OVERLAP_MS_MAX = 10 * 60_000

/** A resource as the mirror has it. Hashes in base64. */
export interface Known {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly content: string
  readonly contentHash: string
  readonly patientId: string | undefined
  /** JSON text. */
  readonly repairs: string | undefined
  readonly search: string
  readonly subject: string
  /** The latest asking that is known to have shown this state, or proved its absence when deleted. */
  readonly askedAt: number
  readonly vendorUpdatedAt: number | undefined
  readonly deleted: boolean
  /** Whether a security label restricts it; of content that is not kept, too. */
  readonly restricted: boolean
  /** Its content is not kept any more, nor its repairs. */
  readonly dropped: boolean
}

/** What to write about one resource. */
export type Decision =
  | { readonly kind: 'created'; readonly seen: Sighting; readonly content: Content }
  | {
      readonly kind: 'updated' | 'restored'
      readonly seen: Sighting
      readonly content: Content
      readonly known: Known
    }
  /** The same content, but its repairs, patient, vendor's time or when it was seen are others. */
  | {
      readonly kind: 'touched'
      readonly seen: Sighting
      readonly known: Known
      /** False when only its content is not there. */
      readonly beside: boolean
    }
  | { readonly kind: 'unchanged' }

/**
 * Decides about one resource from everything that the answers of one batch showed of it. The result
 * does not depend on the order in which they arrived, only on when they were asked:
 *
 * - the answer asked later has the say;
 * - except between two answers that were on their way together (asked within `OVERLAP_MS_MAX`) and
 *   that both carry the vendor's own time of change: there the later of these times has it;
 * - a proof of absence is undone only by an answer that was asked after it;
 * - an answer that names no patient takes nobody's away: what was named last stands.
 */
export function decide(known: Known | undefined, sightings: readonly Sighting[]): Decision {
  let state: State | undefined = known && stateOfKnown(known)
  let last: Sighting | undefined
  const inOrder = [...sightings].sort(byAskedAt)
  for (const seen of inOrder) {
    const next: State = {
      hash: contentSeen(seen).hash,
      askedAt: seen.answer.askedAt,
      vendorUpdatedAt: vendorTime(seen),
      deleted: false,
      seen,
    }
    if (state === undefined || supersedes(next, state)) {
      state = next
      last = seen
    } else if (!state.deleted && state.hash === next.hash) {
      state = { ...state, askedAt: Math.max(state.askedAt, next.askedAt) }
    }
  }
  if (last === undefined) return { kind: 'unchanged' }
  const content = contentSeen(last)
  const named = inOrder.findLast(({ patientId }) => patientId !== undefined)?.patientId
  const seen = ofPatient(last, named ?? known?.patientId)
  if (known === undefined) return { kind: 'created', seen, content }
  if (known.deleted) return { kind: 'restored', seen, content, known }
  if (state?.hash !== known.contentHash) return { kind: 'updated', seen, content, known }
  const beside = !sameBeside(known, seen)
  return beside || known.dropped ? { kind: 'touched', seen, known, beside } : { kind: 'unchanged' }
}

function ofPatient(seen: Sighting, patientId: string | undefined): Sighting {
  return seen.patientId === undefined && patientId !== undefined ? { ...seen, patientId } : seen
}

/** Whether nothing is to be noted beside the content. */
function sameBeside(known: Known, seen: Sighting): boolean {
  const { complete, kept, askedAt } = seen.answer
  const vendorUpdatedAt = vendorTime(seen)
  return (
    known.patientId === seen.patientId &&
    (known.dropped || known.repairs === seen.repairs) &&
    (vendorUpdatedAt === undefined || vendorUpdatedAt === known.vendorUpdatedAt) &&
    // A complete listing says when it saw its members; any other answer is noted with the resource.
    ((complete && kept) || askedAt <= known.askedAt)
  )
}

interface State {
  readonly hash: string
  readonly askedAt: number
  readonly vendorUpdatedAt: number | undefined
  readonly deleted: boolean
  readonly seen: Sighting | undefined
}

function stateOfKnown(known: Known): State {
  const { contentHash, askedAt, vendorUpdatedAt, deleted } = known
  return { hash: contentHash, askedAt, vendorUpdatedAt, deleted, seen: undefined }
}

function supersedes(next: State, state: State): boolean {
  const gap = next.askedAt - state.askedAt
  if (state.deleted) return gap > 0
  const [theirs, ours] = [next.vendorUpdatedAt, state.vendorUpdatedAt]
  const together = Math.abs(gap) <= OVERLAP_MS_MAX
  if (together && theirs !== undefined && ours !== undefined && theirs !== ours)
    return theirs > ours
  return gap >= 0
}

function byAskedAt(one: Sighting, other: Sighting): number {
  return one.answer.askedAt - other.answer.askedAt
}

const made = new WeakMap<Sighting, Content>()

/** The content of a sighting, made once and when first asked for. */
export function contentSeen(seen: Sighting): Content {
  const before = made.get(seen)
  if (before !== undefined) return before
  const content = contentOf(seen.resource)
  made.set(seen, content)
  return content
}

/** Whether anything about a resource could have to be written: decides what is looked at closer. */
export function differs(known: Known, sightings: readonly Sighting[]): boolean {
  return known.deleted || sightings.some((seen) => contentSeen(seen).hash !== known.contentHash)
}

/** JSON text of the field-level differences between two states. */
export function differencesText(known: Known, content: Content): string {
  // What was before is not kept: the change is told without it.
  if (known.dropped) return JSON.stringify([{ op: 'replace', path: '', after: content.value }])
  const before: Json = JSON.parse(known.content)
  return JSON.stringify(diff(before, content.value))
}

/**
 * When the older state was last seen before a change. Never after the asking that showed the change:
 * an answer may overtake another that was asked before it.
 */
export function unchangedAt(
  kind: Change['kind'],
  askedAt: number,
  before: { readonly knownAskedAt?: number; readonly listedAt?: number | undefined },
): number | undefined {
  const at = kind === 'created' ? before.listedAt : before.knownAskedAt
  return at === undefined ? undefined : Math.min(at, askedAt)
}

/** What the mirror knows of one question. */
export interface KnownListing {
  readonly search: string
  readonly subject: string
  readonly asOf: number | undefined
  readonly listedAt: number | undefined
  readonly askedAt: number | undefined
  /** Empty when it is not needed: the digest was equal. */
  readonly members: readonly string[]
  /** Types of which it shows what questions about patients leave out. */
  readonly completes: readonly string[]
  readonly missing: readonly string[]
  /** Something that it should show may be in no listing. */
  readonly strays: boolean
  readonly sameDigest: boolean
  readonly sequence: number
}

/** Whether an answer moves its question's row on: complete, and asked after the last complete one. */
export function isNews(answer: Answer, row: KnownListing | undefined): boolean {
  return answer.complete && (row?.listedAt === undefined || answer.askedAt > row.listedAt)
}

/** What was known before and a complete answer no longer shows, of types whose absence says something. */
export function absentMembers(
  answer: Answer,
  before: readonly string[],
  completes: readonly string[],
): readonly string[] {
  const types = [...answer.covers, ...completes]
  if (types.length === 0) return []
  const shown = new Set(answer.sightings().map(({ key }) => key))
  return [...new Set(before)].filter(
    (key) => !shown.has(key) && types.includes(key.slice(0, key.indexOf('/'))),
  )
}
