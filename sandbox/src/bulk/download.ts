// One download of one file of an export: the bytes as they are made, and what goes wrong on the way.

import { type Draft, outcome } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { WireStream } from '../wire.ts'
import { bytesOf, cutAt } from './contents.ts'
import type { Job, JobFile, Jobs } from './jobs.ts'

const NDJSON = 'application/fhir+ndjson'
/** Chance of the refusal that integrators see now and then, by the switch `bulk-file-401`. */
const REFUSED_RATE = 0.05

interface DownloadContext {
  readonly jobs: Jobs
  readonly switches: Switches
  readonly now: number
  /** A draw that repeats, from 0 to 1. */
  readonly draw: () => number
  /** Ends the caller's token. */
  readonly revoke: () => void
}

export function download(
  asked: { readonly job: Job; readonly name: string; readonly range: string | undefined },
  context: DownloadContext,
): Draft {
  const { job, name, range } = asked
  const { jobs, now } = context
  const found = fetched(job, name, range, context)
  const from = startOf(found)
  jobs.download(job, { at: now, file: name, from, status: found.status })
  return found
}

function startOf({ headers }: Draft): number {
  const stated = headers.find(([name]) => name === 'Content-Range')?.[1]
  return Number(/bytes (\d+)-/.exec(stated ?? '')?.[1] ?? 0)
}

function fetched(
  job: Job,
  name: string,
  range: string | undefined,
  context: DownloadContext,
): Draft {
  const { jobs, switches, draw } = context
  if (name.startsWith('error.')) return errorFile(job, name.slice('error.'.length))
  const file = job.files?.find((each) => each.name === name && !each.isHidden)
  if (file === undefined) return outcome(404, 'The file is not known', 'not-found')
  if (jobs.hits(job, 'file-expired')) file.isExpired = true
  if (file.isExpired) return outcome(404, 'The file is no longer available', 'not-found')
  const isRefused = switches.is('bulk-file-401', 'sometimes') && draw() < REFUSED_RATE
  if (isRefused || jobs.hits(job, 'file-401')) {
    return outcome(401, 'Invalid or expired bearer token', 'login')
  }
  if (jobs.hits(job, 'file-500')) return outcome(500, 'Internal server error', 'exception')
  const length = jobs.length(job, file)
  const from = switches.is('bulk-range', 'honoured') ? rangeStart(range) : undefined
  if (from !== undefined && from >= length) {
    const gone = outcome(416, 'Range not satisfiable')
    return { ...gone, headers: [...gone.headers, ['Content-Range', `bytes */${length}`]] }
  }
  return sent(job, file, { from, length }, context)
}

/** Only `bytes=N-` is understood; anything else is as if it were not there (RFC 9110, 14.2). */
function rangeStart(range: string | undefined): number | undefined {
  const digits = /^bytes=(\d{1,15})-$/.exec(range ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function sent(
  job: Job,
  file: JobFile,
  { from, length }: { readonly from: number | undefined; readonly length: number },
  { jobs, switches, draw, revoke }: DownloadContext,
): Draft {
  const start = from ?? 0
  const size = length - start
  const chunks = () => bytesOf(job.contents, file.stretch, start)
  const framing = switches.value('bulk-file-framing')
  const isMarked = framing === 'length'
  const headers: (readonly [string, string])[] = [['Content-Type', NDJSON]]
  if (from !== undefined) headers.push(['Content-Range', `bytes ${from}-${length - 1}/${length}`])
  const status = from === undefined ? 200 : 206
  // Long enough that a cut leaves something on both sides.
  const end = size > 2 ? 1 + Math.floor(draw() * (size - 2)) : undefined
  if (end !== undefined && jobs.hits(job, 'file-cut-unmarked')) {
    const cut = () => cutAt(chunks(), end)
    return { status, headers, body: '', stream: { chunks: cut, framing: 'close' } }
  }
  const whole: WireStream = { chunks, framing: isMarked ? 'length' : 'chunked', length: size }
  const draft = { status, headers, body: '', stream: whole }
  if (end === undefined) return draft
  const dies = jobs.hits(job, 'file-token-dies')
  if (dies) revoke()
  if (!dies && !jobs.hits(job, 'file-cut')) return draft
  return { ...draft, trouble: { kind: 'truncate', bytes: end } }
}

/** What the manifest's `error` names: OperationOutcomes, a line each. */
function errorFile(job: Job, name: string): Draft {
  const missed = job.files?.find((file) => file.name === name && file.isMissed)
  if (missed === undefined) return outcome(404, 'The file is not known', 'not-found')
  const diagnostics = `Some resources of type ${missed.type} could not be exported`
  const issue = [{ severity: 'error', code: 'incomplete', diagnostics }]
  const body = `${JSON.stringify({ resourceType: 'OperationOutcome', issue })}\n`
  return { status: 200, headers: [['Content-Type', NDJSON]], body }
}
