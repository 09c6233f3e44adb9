// The export jobs of all practices: when they start, how far they are, what files they leave and how
// long. It words no answer and sends no byte.

import type { Random } from '../random.ts'
import type { Switches } from '../switches.ts'
import { type Contents, countOf, lengthOf, type Stretch, withPulled } from './contents.ts'
import type { BulkFaults } from './faults.ts'
import type { BulkDownload, BulkFault, BulkFile, BulkJob, BulkPoll } from './types.ts'

const JOBS_MAX = 1000
/** Answers remembered of one job; the oldest go first. */
const POLLS_MAX = 5000
const DOWNLOADS_MAX = 20_000
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** How long jobs take by the switch `bulk-pace`, vendor ms. */
const PACES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  minutes: [3 * MINUTE_MS, 12 * MINUTE_MS],
  hours: [60 * MINUTE_MS, 240 * MINUTE_MS],
  'at-once': [0, 0],
}
/** A stated time that is off, is off by this much. */
const TIME_OFF_MS = 10 * MINUTE_MS
/** Records a file is short of its promised count, at most. */
const SHORT_MAX = 3

export interface JobFile extends BulkFile {
  readonly stretch: Stretch
  /** Left out of the manifest. */
  readonly isHidden: boolean
  /** Named twice in it. */
  readonly isTwice: boolean
  /** Known to have been left out. */
  readonly isMissed: boolean
  isExpired: boolean
  /** Bytes; undefined until it was asked for. */
  length: number | undefined
}

export interface Job {
  readonly id: string
  readonly practice: string
  readonly group: string
  readonly clientId: string
  /** Path and query of the kick-off. */
  readonly request: string
  readonly types: readonly string[]
  readonly contents: Contents
  readonly startedAt: number
  readonly readyAt: number
  state: BulkJob['state']
  statedAt: number | undefined
  files: readonly JobFile[] | undefined
  readonly faults: BulkFault[]
  readonly polls: BulkPoll[]
  readonly downloads: BulkDownload[]
}

export interface NewJob {
  readonly practice: string
  readonly group: string
  readonly clientId: string
  readonly request: string
  readonly types: readonly string[]
  readonly contents: Contents
}

export interface Jobs {
  /** The job of this group that is still running, if any. */
  running(practice: string, group: string, now: number): Job | undefined
  start(job: NewJob, now: number): Job
  find(practice: string, clientId: string, id: string, now: number): Job | undefined
  /** Makes the files of a job that is ready; does nothing the second time. */
  finish(job: Job, now: number): readonly JobFile[]
  /** Draws a fault at an occasion of this job and remembers it there. */
  hits(job: Job, fault: BulkFault): boolean
  poll(job: Job, poll: BulkPoll): void
  download(job: Job, download: BulkDownload): void
  length(job: Job, file: JobFile): number
  all(): readonly BulkJob[]
}

export function createJobs(options: {
  readonly random: Random
  readonly switches: Switches
  readonly faults: BulkFaults
}): Jobs {
  const { random, switches, faults } = options
  const jobs = new Map<string, Job>()
  const hits = (job: Job, fault: BulkFault): boolean => {
    const isHit = faults.hits(fault)
    if (isHit) job.faults.push(fault)
    return isHit
  }
  const isKept = (job: Job, now: number) =>
    now < job.readyAt + Number(switches.value('bulk-kept-days')) * DAY_MS
  return {
    hits,
    running: (practice, group, now) =>
      [...jobs.values()].find(
        (job) =>
          job.practice === practice &&
          job.group === group &&
          job.state === 'running' &&
          now < job.readyAt,
      ),
    start(asked, now) {
      const [least = 0, most = 0] = PACES[switches.value('bulk-pace')] ?? []
      const job: Job = {
        ...asked,
        id: uuid(random),
        types: withPulled(asked.types),
        startedAt: now,
        readyAt: now + random.between(least, most),
        state: 'running',
        statedAt: undefined,
        files: undefined,
        faults: [],
        polls: [],
        downloads: [],
      }
      const stuck = hits(job, 'poll-never-ends')
      const kept = stuck ? { ...job, readyAt: Number.POSITIVE_INFINITY } : job
      jobs.set(kept.id, kept)
      const [oldest] = jobs.keys()
      if (jobs.size > JOBS_MAX && oldest !== undefined) jobs.delete(oldest)
      return kept
    },
    find(practice, clientId, id, now) {
      const job = jobs.get(id)
      const isTheirs = job?.practice === practice && job.clientId === clientId
      if (job === undefined || !isTheirs || !isKept(job, now)) return undefined
      return job.state === 'cancelled' || job.state === 'lost' ? undefined : job
    },
    finish(job, now) {
      if (job.files !== undefined) return job.files
      const perFile = Number(switches.value('bulk-file-size'))
      job.files = job.types.flatMap((type) => filesOf(type, { job, perFile, random, hits }))
      job.state = 'ready'
      const { at } = job.contents
      const isLate = hits(job, 'time-late')
      const isEarly = !isLate && hits(job, 'time-early')
      job.statedAt = isLate ? now : isEarly ? at - TIME_OFF_MS : at
      return job.files
    },
    poll: (job, poll) => remember(job.polls, poll, POLLS_MAX),
    download: (job, download) => remember(job.downloads, download, DOWNLOADS_MAX),
    length(job, file) {
      file.length ??= lengthOf(job.contents, file.stretch)
      return file.length
    },
    all: () => [...jobs.values()].map(recordOf),
  }
}

function remember<T>(list: T[], item: T, max: number): void {
  list.push(item)
  if (list.length > max) list.shift()
}

/** One type's files, with what is wrong with them. */
function filesOf(
  type: string,
  how: {
    readonly job: Job
    readonly perFile: number
    readonly random: Random
    readonly hits: (job: Job, fault: BulkFault) => boolean
  },
): JobFile[] {
  const { job, perFile, random, hits } = how
  const count = countOf(job.contents, type)
  const keepsEmpty = job.contents.switches.is('bulk-empty-types', 'empty-file')
  const parts = Math.max(Math.ceil(count / perFile), keepsEmpty ? 1 : 0)
  return Array.from({ length: parts }, (_, part) => {
    const from = part * perFile
    const until = Math.min(count, from + perFile)
    const isOmitted = parts === 1 && count > 0 && hits(job, 'file-omitted')
    const isMissed = !isOmitted && count > 0 && hits(job, 'partial-success')
    const isListed = !isOmitted && !isMissed
    const isShort = isListed && until - from > SHORT_MAX && hits(job, 'count-wrong')
    const short = isShort ? random.between(1, SHORT_MAX) : 0
    const stretch = { type, from, until: until - short }
    return {
      name: `${type}.${part + 1}.ndjson`,
      type,
      records: until - from,
      served: isListed ? until - from - short : 0,
      stretch,
      isHidden: isOmitted || isMissed,
      isMissed,
      isTwice: isListed && hits(job, 'file-duplicated'),
      isExpired: false,
      length: undefined,
    }
  })
}

function recordOf(job: Job): BulkJob {
  const { id, practice, group, types, startedAt, statedAt, state, contents } = job
  return {
    id,
    practice,
    group,
    types,
    since: contents.since,
    startedAt,
    snapshotAt: contents.at,
    statedAt,
    state,
    faults: [...job.faults],
    files: (job.files ?? []).map(({ name, type, records, served }) => ({
      name,
      type,
      records,
      served,
    })),
    polls: [...job.polls],
    downloads: [...job.downloads],
  }
}

function uuid(random: Random): string {
  const hex = (length: number) => random.text(length, '0123456789abcdef')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
}
