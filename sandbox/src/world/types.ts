// The contract between the world (what is true in a practice) and the surfaces (what the vendor
// shows of it). Surfaces read through these types alone and can change nothing by reading.

import type { NdjsonCode, Resource } from '@chartway/codecs/fhir'

/** Why something in the world changed. */
export type Cause =
  | 'load'
  | 'history'
  | 'registration'
  | 'booking'
  | 'check-in'
  | 'charting'
  | 'sign-off'
  | 'amendment'
  | 'telephone'
  | 'result'
  | 'demographics'
  | 'cancellation'
  | 'deletion'
  | 'merge'
  | 'referral'
  | 'operator'

/** One entry of the ground-truth ledger: append-only, gap-free `sequence` across all practices. */
export interface LedgerEntry {
  readonly sequence: number
  readonly practice: string
  /** Vendor time at which it became true, epoch ms. */
  readonly at: number
  /** Vendor time from which the surfaces show it, epoch ms; never before `at`. */
  readonly visibleAt: number
  readonly kind: 'created' | 'updated' | 'deleted' | 'merged'
  readonly type: string
  readonly id: string
  /** SHA-256, hex, of the canonical content (RFC 8785) without `meta.lastUpdated`; of a deletion, ''. */
  readonly hash: string
  readonly cause: Cause
  /** For `merged`: the surviving resource's id. */
  readonly into?: string
}

/** A state of one resource. `resource` is undefined when it is deleted from `visibleAt` on. */
export interface Version {
  readonly type: string
  readonly id: string
  readonly at: number
  readonly visibleAt: number
  readonly resource: Resource | undefined
}

/** Read side of one practice. Listings are in a stable order: order of creation, then id. */
export interface PracticeView {
  readonly code: string
  readonly name: string
  readonly timeZone: string
  /** The latest version whose `visibleAt` is not after `instant`, if it is not a deletion. */
  get(type: string, id: string, instant: number): Resource | undefined
  /** Was there ever a version visible at `instant`, now deleted? Lets a surface answer 410 or 404. */
  wasDeleted(type: string, id: string, instant: number): boolean
  list(type: string, instant: number): Iterable<Resource>
  /** As `list`, narrowed to resources whose patient (subject, patient, beneficiary) is this one. */
  listOfPatient(type: string, patientId: string, instant: number): Iterable<Resource>
  /** Every version of every resource, for the operator's oracle only. */
  versions(): Iterable<Version>
}

export interface World {
  /** Lets the practices live until `instant` (vendor time). Idempotent; never goes back. */
  advanceTo(instant: number): void
  practice(code: string): PracticeView | undefined
  practices(): Iterable<PracticeView>
  /** Ledger entries with `sequence` greater than `after`, in order. */
  ledger(after: number): Iterable<LedgerEntry>
  /** SHA-256, hex, over the canonical ledger entries so far: same seed and instants, same hash. */
  ledgerHash(): string
  /** The operator changes or deletes one resource now: for scripted scenarios. */
  put(practice: string, resource: Resource, cause: Cause): LedgerEntry
  remove(practice: string, type: string, id: string, cause: Cause): LedgerEntry
}

export interface LivingPractice {
  readonly code: string
  readonly name: string
  readonly timeZone: string
  readonly kind: 'living'
  readonly patients: number
  readonly facilities: number
  readonly providers: number
  /** Local hours at which events happen; a practice without life only has its history. */
  readonly lives: boolean
}

export interface LoadedPractice {
  readonly code: string
  readonly name: string
  readonly timeZone: string
  readonly kind: 'loaded'
  /** FHIR R4 NDJSON files: the name for problem reports, the text to read. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

/** A line of NDJSON that could not be loaded; the lines around it were. */
export interface LoadProblem {
  readonly file: string
  readonly line: number
  readonly code: NdjsonCode | 'NDJSON_NOT_A_RESOURCE' | 'NDJSON_ID_MISSING' | 'NDJSON_ID_TWICE'
  readonly column?: number
}

export interface WorldOptions {
  readonly seed: number
  /** Vendor time at which the world begins; its history lies before it. */
  readonly startsAt: number
  readonly practices: readonly (LivingPractice | LoadedPractice)[]
  /** Range of vendor milliseconds between truth and visibility, drawn per change. */
  readonly visibilityDelayMs: readonly [min: number, max: number]
}
