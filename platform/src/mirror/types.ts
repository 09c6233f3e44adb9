// What the mirror gives to the rooms above it. Values only; how they are stored is its own business.

import type { Difference, Resource } from '@chartway/codecs/fhir'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Mirrored, Reader } from './mirrored.ts'
import type { Retention } from './retention.ts'
import type { Searching } from './search-types.ts'

export type { Mirrored, Reader } from './mirrored.ts'
export type { Retention } from './retention.ts'

/** One question's whole answer, ready to be mirrored. As the pathway contract's Listing. */
export interface SeenListing {
  readonly pathway: string
  readonly search: string
  readonly subject: string
  /** Types whose absence from a complete listing may mean deletion. */
  readonly covers: readonly string[]
  readonly askedAt: number
  readonly complete: boolean
  readonly sightings: readonly SeenResource[]
}

export interface SeenResource {
  readonly resource: Resource & { readonly id: string }
  readonly repairs: readonly RepairNote[]
  readonly patientId: string | undefined
}

export interface RepairNote {
  readonly path: string
  readonly rule: string
  readonly original: unknown
  readonly repaired?: unknown
}

export interface ApplyResult {
  readonly created: number
  readonly updated: number
  readonly restored: number
  /** Sightings without news; of a repeated listing all, even those that others show, too. */
  readonly unchanged: number
  /**
   * Resources that were in the last complete listing of the same question and are not in this one.
   * Not deletions yet: each must be read by id first (`applyRead`). They are named again by every
   * complete listing until they are seen again or proven absent, and hold `asOf` back until then.
   */
  readonly missing: readonly { readonly type: string; readonly id: string }[]
  /** The practice's last sequence number after this. */
  readonly sequence: number
  /** Of a proven absence: what is absent had been known, and is deleted now. */
  readonly gone?: boolean
}

export interface Change {
  readonly sequence: number
  readonly kind: 'created' | 'updated' | 'deleted' | 'restored'
  readonly type: string
  readonly id: string
  readonly version: number
  readonly patientId: string | undefined
  readonly differences: readonly Difference[]
  readonly pathway: string
  readonly search: string
  readonly askedAt: number
  readonly unchangedAt: number | undefined
  readonly learntAt: number
  readonly vendorUpdatedAt: number | undefined
  /** Whether a security label restricts the record, before the change or after it. */
  readonly restricted: boolean
}

export interface FreshnessRow {
  readonly type: string
  readonly subject: string
  readonly search: string
  readonly asOf: number | undefined
  /** Undefined when it is only expected to be asked. */
  readonly askedAt: number | undefined
}

/** A question that will be asked; `covers` as in `SeenListing`. */
export interface ExpectedQuestion {
  readonly search: string
  readonly subject: string
  readonly covers: readonly string[]
  /**
   * Types of which this question, which is about no patient, shows what questions about patients leave
   * out: no patient's records of the type are fresher than its answer.
   */
  readonly completes?: readonly string[]
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Pass as `after` to go on; undefined on the last page. */
  readonly next: string | undefined
}

export interface Mirror extends Searching {
  /** How much of the practice is kept; known for a few seconds after it was set elsewhere. */
  retention(ref: PracticeRef): Promise<Retention>
  /** Sets it, and drops what is not kept any more before it resolves. */
  retain(ref: PracticeRef, retention: Retention): Promise<void>
  /** Drops what has become too old to be kept; to be called now and then. Gives how many rows. */
  dropOld(ref: PracticeRef): Promise<number>
  /**
   * Names questions as soon as it is known that they will be asked: until each has had a complete
   * answer, what they cover has no `asOf`. Naming one again changes nothing.
   */
  expect(ref: PracticeRef, questions: readonly ExpectedQuestion[]): Promise<void>
  /**
   * Says of expected questions that the practice refuses to answer them: those that were never answered
   * hold no `asOf` back any more, until one is answered after all. Answered ones stay as they are.
   */
  unexpect(
    ref: PracticeRef,
    questions: readonly { readonly search: string; readonly subject: string }[],
  ): Promise<void>
  /**
   * Says of expected questions about patients that all they would show was applied as seen at `asOf`,
   * learnt in another way: what they cover is as fresh as that. Says nothing about what is not there,
   * and leaves out questions of which something older is known that was not seen. Gives the others.
   */
  vouch(
    ref: PracticeRef,
    questions: readonly { readonly search: string; readonly subject: string }[],
    asOf: number,
  ): Promise<readonly { readonly search: string; readonly subject: string }[]>
  /** Forgets questions that will not be asked again, with what they listed. */
  retire(
    ref: PracticeRef,
    questions: readonly { readonly search: string; readonly subject: string }[],
  ): Promise<void>
  /** Which of these `Type/id` are known to be deleted. */
  deletedOf(ref: PracticeRef, references: readonly string[]): Promise<readonly string[]>
  /** Which of these `Type/id` stand in a complete answer to a question that lists their type whole. */
  listedOf(ref: PracticeRef, references: readonly string[]): Promise<readonly string[]>
  /** Applies listings in one transaction: all or none. Listings of one practice come from one caller at a time. */
  apply(ref: PracticeRef, listings: readonly SeenListing[]): Promise<ApplyResult>
  /**
   * Applies what a read by id answered: a sighting, or proven absence, which deletes. `asked` are
   * listings' members that the read was to confirm.
   */
  applyRead(
    ref: PracticeRef,
    answer:
      | { readonly kind: 'found'; readonly seen: SeenResource; readonly askedAt: number }
      | {
          readonly kind: 'absent'
          readonly type: string
          readonly id: string
          readonly askedAt: number
        },
    how: { readonly pathway: string; readonly search: string },
  ): Promise<ApplyResult>
  read(ref: PracticeRef, type: string, id: string, reader: Reader): Promise<Mirrored | undefined>
  /** A page has fewer items than `limit` when they are long: it is bounded in bytes too. */
  list(
    ref: PracticeRef,
    query: {
      readonly type: string
      readonly patientId?: string | undefined
      /** Without those that a security label restricts. */
      readonly unrestricted?: boolean
      readonly after?: string | undefined
      readonly limit: number
    },
    reader: Reader,
  ): Promise<Page<Mirrored>>
  /** In sequence; fewer than `limit` when they are long, and none only when there are none. */
  changes(
    ref: PracticeRef,
    query: { readonly after: number; readonly limit: number },
    reader: Reader,
  ): Promise<readonly Change[]>
  lastSequence(ref: PracticeRef): Promise<number>
  /**
   * Rows of one subject (a patient), or the oldest rows of the practice when absent. `reader`: whoever
   * is shown the rows themselves; without one they are for our own use and leave no access.
   */
  freshness(
    ref: PracticeRef,
    query: { readonly subject?: string | undefined; readonly limit: number },
    reader?: Reader,
  ): Promise<readonly FreshnessRow[]>
  /**
   * Resources by type, deleted ones left out; `of` leaves out restricted ones, and those of other
   * patients than one. `reader` as of `freshness`.
   */
  counts(
    ref: PracticeRef,
    reader?: Reader,
    of?: {
      readonly unrestricted?: boolean
      readonly patientId?: string | undefined
      /** With a patient: types whose records without one are counted, too. */
      readonly ofNobody?: readonly string[]
    },
  ): Promise<Readonly<Record<string, number>>>
  /** Whether a restricted record of these types, deleted ones too, has the text in its content. */
  isRestrictedWith(ref: PracticeRef, types: readonly string[], text: string): Promise<boolean>
  /** Which of these `Type/id` are not mirrored (nor known deleted). */
  unknownOf(ref: PracticeRef, references: readonly string[]): Promise<readonly string[]>
}
