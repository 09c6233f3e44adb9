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
  | 'unmerge'
  | 'move'
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
  readonly kind: 'created' | 'updated' | 'deleted' | 'merged' | 'unmerged'
  readonly type: string
  readonly id: string
  /** SHA-256, hex, of the canonical content (RFC 8785) without `meta.lastUpdated`; of a deletion, ''. */
  readonly hash: string
  readonly cause: Cause
  /** For `merged`: the surviving resource's id. */
  readonly into?: string
  /** For `unmerged`: the id of the resource it had been merged into. */
  readonly outOf?: string
  /** When this change took the record from one patient's chart to another's: both patients' ids. */
  readonly patient?: { readonly from: string; readonly to: string }
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
  /** Every version of every resource, one resource after the other, for the operator's oracle only. */
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
  /**
   * Two charts become one now: the records of `from` move to `into` and the patient `from` is
   * merged away. Gives the entry of the patient. Throws a RangeError when one of them is not there.
   */
  merge(practice: string, from: string, into: string): LedgerEntry
  /**
   * The merge of `patient` is undone now: the patient is back, and so is every record that the
   * merge had moved and that is still where it was moved to. Throws a RangeError when the patient
   * was not merged away.
   */
  unmerge(practice: string, patient: string): LedgerEntry
  /**
   * One record moves to another patient's chart now, and no longer names a visit of the old one.
   * Throws a RangeError for a record that has no patient or a patient that is not there.
   */
  move(practice: string, record: RecordKey, to: string): LedgerEntry
  /** How many versions were written with hostile words in a free text, since the beginning. */
  injectedTexts(): number
}

export interface RecordKey {
  readonly type: string
  readonly id: string
}

/** What kind of office a facility is: decides visits, notes and which records occur. All of it is made up. */
export type Edition = (typeof EDITIONS)[number]

export const EDITIONS = [
  'general',
  'behavioral-health',
  'dental',
  'vision',
  'asc',
  'urgent-care',
] as const

interface AnyPractice {
  readonly code: string
  readonly name: string
  readonly timeZone: string
  /** A seed of the practice's own, so that it stays the same whoever stands beside it. */
  readonly seed?: number
  /**
   * How many times every chart is there, 1 by default: a big practice out of a small one, for
   * measurements. Copies are made when they are read and never kept, so memory is that of one
   * practice (about 6 KB per resource of the original) whatever the factor. A copy has ids and
   * account numbers of its own and shares names, providers and facilities with the original. The
   * ledger tells of the original's charts; those of the copies stand in `versions()` alone.
   */
  readonly multiply?: number
}

export interface LivingPractice extends AnyPractice {
  readonly kind: 'living'
  readonly patients: number
  readonly facilities: number
  readonly providers: number
  /** Local hours at which events happen; a practice without life only has its history. */
  readonly lives: boolean
  /** Edition of each facility in turn, from the first again when there are more facilities. */
  readonly editions?: readonly Edition[]
  /** Share of visits, 0 to 1, that are not at the patient's home facility; 0 by default. [G] */
  readonly visitsElsewhere?: number
  /** Each facility is an Organization too, part of the practice's; no by default. [G] */
  readonly facilityOrganizations?: boolean
  /**
   * What goes wrong with whose record it is: charts opened twice and merged (`duplicates`, the
   * default), or also merges undone, records filed in the wrong chart and put right, and patients
   * who change their home facility (`all`).
   */
  readonly mixups?: 'duplicates' | 'all'
}

export interface LoadedPractice extends AnyPractice {
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
  /** Vendor milliseconds between truth and visibility, drawn per change; a function is asked each time. */
  readonly visibilityDelayMs: DelayRange | (() => DelayRange)
  /** Share of written versions, 0 to 1, that get hostile words in a free text; asked at each change. */
  readonly injectedTextShare?: () => number
  /** Do sensitive records carry `meta.security`? Asked at each change. */
  readonly securityLabels?: () => boolean
}

export type DelayRange = readonly [min: number, max: number]
