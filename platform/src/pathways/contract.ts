// What every pathway is to the rooms above it: a plan of what can be asked, and ways to ask. A pathway
// gets one `call` built by the gate and returns values; it never calls upward and stores nothing.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import type { Call, Lane } from '../kernel/call.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Random } from '../kernel/random.ts'

/** Signs a client assertion with the organization's current key; the key itself stays in the vault. */
export type SignAssertion = (claims: JsonObject, algorithm: 'RS384') => Promise<string>

export interface PathwaySettings {
  /** FHIR base URL without a trailing slash. */
  readonly baseUrl: string
  readonly clientId: string
  /** The name of the dialect (a data file of the pathway), such as `eclinicalworks`. */
  readonly dialect: string
  readonly timeZone: string
  /** Per-connection deviations from the dialect: scopes, searches left out, quirks. */
  readonly overrides: JsonObject
}

export interface PathwayPorts {
  readonly call: Call
  readonly clock: Clock
  readonly random: Random
  readonly sign: SignAssertion
}

/** How the wire value differs from what we keep: the original stays beside it. */
export interface Repair {
  /** JSON Pointer (RFC 6901) into the repaired resource's *original*. */
  readonly path: string
  /** The rule's name, documented in the pathway. */
  readonly rule: string
  readonly original: unknown
  /** Absent when the member was removed. */
  readonly repaired?: unknown
}

/** One resource as seen at the practice. */
export interface Sighting {
  readonly resource: Resource & { readonly id: string }
  readonly repairs: readonly Repair[]
  /** The patient it belongs to, without `Patient/`; undefined for directory resources. */
  readonly patientId: string | undefined
}

/** Something on the wire that could not be used; the rest was. Position, never a value. */
export interface WireProblem {
  readonly code: ErrorCode
  readonly position: string
}

/**
 * Refusals of a kind of question, whatever it is about: what is refused so for one patient is refused
 * for every patient, until the vendor or the practice changes something.
 */
export const NOT_SERVED_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PATHWAY_BUILD_LACKS_TYPE',
  'PATHWAY_SCOPE_MISSING',
  'PATHWAY_COMBINATION_UNKNOWN',
  'PATHWAY_PARAMETER_REFUSED',
])

/** One row of a search plan: a kind of question this pathway knows how to ask. */
export interface SearchRow {
  /** Stable name, such as `Observation.laboratory`; key of freshness and due work. */
  readonly name: string
  readonly type: string
  /**
   * What one asking is about. `patient`: a patient's id. `letter`: the first letter of a name.
   * `practitioner`: a practitioner's id within a span of days. `id`: one resource's id. `practice`:
   * nothing, asked once for the whole practice.
   */
  readonly per: 'patient' | 'letter' | 'practitioner' | 'id' | 'practice'
  /** Types whose absence from a complete listing may mean deletion; [] when it never does. */
  readonly covers: readonly string[]
  /**
   * Types of which this question, which is about no patient, shows what questions about patients leave
   * out: a patient's records of the type are no fresher than its answer.
   */
  readonly completes?: readonly string[]
  /** For `letter` rows: every prefix to ask, so that together they leave nobody out. */
  readonly subjects?: readonly string[]
}

/** One question: a row and what it is about. For `practitioner` the span is in vendor local days. */
export interface Ask {
  readonly search: string
  readonly subject: string
  readonly from?: string
  readonly until?: string
}

/** The answer to one question, all pages of it. */
export interface Listing {
  readonly ask: Ask
  /** Business time just before the first page was asked: the listing is at least as fresh as this. */
  readonly askedAt: number
  readonly answeredAt: number
  /**
   * True when every page was read, nothing was left out, totals and ids agreed from the first page to
   * the last, and nothing could not be used. Only then may absence mean anything.
   */
  readonly complete: boolean
  readonly sightings: readonly Sighting[]
  readonly problems: readonly WireProblem[]
  readonly calls: number
  /** References found whose target can only be learnt by asking for it, as `Type/id`. */
  readonly references: readonly string[]
}

/** The answer to a read by id. `absent` is proof: the vendor answered that there is no such thing. */
export type ReadAnswer =
  | {
      readonly kind: 'found'
      readonly sighting: Sighting
      readonly askedAt: number
      /** As in a Listing. */
      readonly references: readonly string[]
    }
  | { readonly kind: 'absent'; readonly askedAt: number }

/** A resource of an export, and the questions about its patient that would show it, too. */
export interface BulkSighting extends Sighting {
  /** Names of rows of the plan; [] when it belongs to nobody or none would. */
  readonly shownBy: readonly string[]
}

/** One file of an export, as its manifest names it. */
export interface BulkFile {
  readonly type: string
  /** Where it is, below the practice's own address. */
  readonly location: string
  /** How many records it is said to have; undefined when nothing is said. */
  readonly count: number | undefined
}

export interface BulkManifest {
  /** The vendor's word for the moment of which the export is, in business time. */
  readonly transactionTime: number
  /** Each location once. */
  readonly files: readonly BulkFile[]
  /** How many errors it states: with one nothing of it is known to be whole. */
  readonly errors: number
}

/** Answers to a kick-off and to the question how far a job is. Times are business time. */
export type BulkStart =
  | {
      readonly kind: 'started'
      readonly job: string
      /** Just before the kick-off was sent. */
      readonly askedAt: number
      readonly dueAt: number
    }
  /** An export of the group is running, and its job is not known. */
  | { readonly kind: 'busy'; readonly dueAt: number }

export type BulkPoll =
  | { readonly kind: 'running'; readonly dueAt: number; readonly progress: string | undefined }
  /** Asked in vain; the job may be well. */
  | { readonly kind: 'trouble'; readonly dueAt: number; readonly code: ErrorCode }
  | { readonly kind: 'ready'; readonly manifest: BulkManifest }
  | { readonly kind: 'gone' }

/** How far a file is read: everything before byte `bytes` was given away, in `records` lines. */
export interface BulkPlace {
  readonly bytes: number
  readonly records: number
}

/** Some of a file's records, and how far the file is read with them. */
export interface BulkBatch {
  readonly sightings: readonly BulkSighting[]
  readonly problems: readonly WireProblem[]
  /** As in a Listing. */
  readonly references: readonly string[]
  readonly place: BulkPlace
}

/** Whole-group export, where a connection says that it may be used. Stores nothing, as all else. */
export interface BulkReading {
  /** The group that the connection names. */
  readonly group: string | undefined
  /** Types that are asked for. */
  readonly types: readonly string[]
  /** Ids of the groups that the practice shows. */
  groups(options: BulkOptions): Promise<readonly string[]>
  start(group: string, options: BulkOptions): Promise<BulkStart>
  poll(job: string, options: BulkOptions): Promise<BulkPoll>
  /** Tells the vendor that a job is not wanted any more. */
  cancel(job: string, options: BulkOptions): Promise<void>
  /**
   * Reads a file from `from` on, or again from its beginning when the vendor cannot begin in between:
   * the place in each batch tells. `take` is waited for, so that no more than a batch is held. Resolves
   * only when the file is proven to be whole; rejects with PATHWAY_BULK_* and others.
   */
  read(
    file: BulkFile,
    from: BulkPlace,
    take: (batch: BulkBatch) => Promise<void>,
    options: BulkOptions,
  ): Promise<void>
}

export interface BulkOptions {
  readonly signal?: AbortSignal | undefined
}

/** One finding of `doctor`: what was checked, whether it is right, and the fix in words. */
export interface Finding {
  readonly check: 'address' | 'clock' | 'metadata' | 'token' | 'scopes' | 'activation' | 'read'
  readonly ok: boolean
  readonly code?: ErrorCode
  readonly says: string
  readonly fix?: string
}

/** What begins a launch: the vendor's own program, or we. */
export type LaunchKind = 'ehr' | 'standalone'

/** What a person allowed. Times are business time. */
export interface PersonTokens {
  readonly accessToken: string
  readonly expiresAt: number
  readonly refreshToken: string | undefined
  readonly scopes: readonly string[]
  readonly patient: string | undefined
  readonly encounter: string | undefined
  /** Whether who shows the chart has to say whose it is. */
  readonly needsBanner: boolean
  /** `Type/id` of who signed in, where that was said and proved. */
  readonly person: string | undefined
}

/** What a token request needs of who holds the secrets. */
interface Redeeming {
  /** The scopes that were asked for: no more may be granted. */
  readonly scopes: readonly string[]
  readonly secret: string | undefined
}

/** The app with which people sign in at the vendor. It keeps no token, state or secret. */
export interface PersonApp {
  /** Whether token requests need the secret of the app. */
  readonly needsSecret: boolean
  scopes(kind: LaunchKind): readonly string[]
  /** Where the browser goes. `challenge`: S256 of the verifier. Throws LAUNCH_NOT_OFFERED. */
  authorizeUrl(
    question: {
      readonly kind: LaunchKind
      readonly state: string
      readonly nonce: string
      readonly challenge: string
      readonly redirectUri: string
      /** The vendor's value of an EHR launch. */
      readonly launch: string | undefined
    },
    options: AppOptions,
  ): Promise<string>
  /** Exchanges what the browser brought back. Throws LAUNCH_*, PATHWAY_* and what the gate throws. */
  redeem(
    answer: Redeeming & {
      readonly parameters: URLSearchParams
      readonly state: string
      readonly verifier: string
      readonly nonce: string
      readonly redirectUri: string
    },
    options: AppOptions,
  ): Promise<PersonTokens>
  refresh(
    held: Redeeming & { readonly refreshToken: string },
    options: AppOptions,
  ): Promise<PersonTokens>
  /** As `read` of the pathway, with a person's token; PATHWAY_UNAUTHORIZED when it is not taken. */
  read(
    accessToken: string,
    what: { readonly type: string; readonly id: string },
    options: AppOptions,
  ): Promise<ReadAnswer>
}

interface AppOptions {
  readonly lane: Lane
  readonly signal?: AbortSignal | undefined
}

export interface OpenPathway {
  readonly name: string
  /**
   * What can be asked at this practice, given its dialect, overrides and capability statement. Rejects
   * with the signal's reason as soon as that aborts; what others wait for goes on.
   */
  plan(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly SearchRow[]>
  /** Asks one question. Rejects with a typed PATHWAY_* error; never returns half a page as whole. */
  list(
    ask: Ask,
    options: { readonly lane: Lane; readonly signal?: AbortSignal | undefined },
  ): Promise<Listing>
  read(
    type: string,
    id: string,
    options: { readonly lane: Lane; readonly signal?: AbortSignal | undefined },
  ): Promise<ReadAnswer>
  /** Undefined where the connection does not ask for exports. */
  readonly bulk?: BulkReading | undefined
  /** Undefined where the connection has no app for people. */
  readonly app?: PersonApp | undefined
  /** Checks the connection step by step and stops at nothing. */
  check(options: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Finding>
}

/** A pathway room's door: opens one practice's way in. Opening sends nothing. */
export type OpenFn = (settings: PathwaySettings, ports: PathwayPorts) => OpenPathway
