// What the bulk export room gives to the operator: groups, volume, faults, and a record of every job.
// Types only.

/** A group as the practice made it in its registry; it cannot be made over the interface [D]. */
export interface BulkGroup {
  readonly id: string
  readonly name: string
  /** Ids of its patients, or everybody. */
  readonly patients: 'all' | readonly string[]
}

/** Records made for volume: they exist in exports alone, nothing else of the sandbox shows them. */
export interface BulkVolume {
  readonly patients: number
  readonly observationsEach: number
}

/** What can go wrong with an export beside the wire's own troubles (fault model F3, A1, T6). */
export const BULK_FAULTS = [
  'group-500',
  'kickoff-500',
  'poll-429',
  'poll-500',
  'poll-500-fatal',
  'poll-never-ends',
  'job-lost',
  'partial-success',
  'file-omitted',
  'file-duplicated',
  'file-expired',
  'file-401',
  'file-500',
  'file-cut',
  'file-cut-unmarked',
  'file-token-dies',
  'count-wrong',
  'time-late',
  'time-early',
  'deleted-omitted',
] as const

export type BulkFault = (typeof BULK_FAULTS)[number]

export interface BulkRule {
  readonly fault: BulkFault
  /** Chance at each occasion, 0 to 1. */
  readonly rate: number
  /** Stop after so many firings. */
  readonly times?: number
}

/** One answer to a question about a job. Times are epoch ms, vendor time. */
export interface BulkPoll {
  readonly at: number
  readonly status: number
  /** What the answer asked to wait; undefined when it said nothing. */
  readonly retryAfterS: number | undefined
}

export interface BulkDownload {
  readonly at: number
  readonly file: string
  /** First byte sent. */
  readonly from: number
  readonly status: number
}

/** A file of an export: `records` as promised, `served` as it is really sent. */
export interface BulkFile {
  readonly name: string
  readonly type: string
  readonly records: number
  readonly served: number
}

/** Everything that happened to one job, for the operator alone. */
export interface BulkJob {
  readonly id: string
  readonly practice: string
  readonly group: string
  readonly types: readonly string[]
  readonly since: number | undefined
  readonly startedAt: number
  /** What is exported is what was visible then. */
  readonly snapshotAt: number
  /** `transactionTime` of the manifest; undefined before there is one. */
  readonly statedAt: number | undefined
  readonly state: 'running' | 'ready' | 'failed' | 'cancelled' | 'lost'
  readonly faults: readonly BulkFault[]
  /** All files, also one that the manifest leaves out. */
  readonly files: readonly BulkFile[]
  readonly polls: readonly BulkPoll[]
  readonly downloads: readonly BulkDownload[]
}

/** The operator's levers and records of bulk export. */
export interface BulkOperator {
  /** The groups of a practice. Throws a RangeError for a practice that is not there. */
  setGroups(practice: string, groups: readonly BulkGroup[]): void
  groups(practice: string): readonly BulkGroup[]
  /** Adds records made for volume to every export of this practice; none when both are 0. */
  setVolume(practice: string, volume: BulkVolume): void
  /** Rules tried in order at each occasion; throws a RangeError for more than 100. */
  script(rules: readonly BulkRule[]): void
  fired(): Readonly<Record<string, number>>
  /** The newest 1000. */
  jobs(): readonly BulkJob[]
}
