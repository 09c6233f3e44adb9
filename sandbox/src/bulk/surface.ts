// Bulk export as a client meets it: the search for groups, the kick-off, the questions how far it is,
// and the files. Patient and system level are not here: nobody has seen them answered.

import type { AppRegistration } from '../contract.ts'
import { servesType, TYPES } from '../fhir/index.ts'
import { type Apps, coverageOf, type Token } from '../oauth/index.ts'
import { type Draft, FHIR_JSON, outcome, plain } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import type { PracticeView, World } from '../world/index.ts'
import { download } from './download.ts'
import type { BulkFaults } from './faults.ts'
import type { Job, Jobs } from './jobs.ts'
import type { BulkGroup, BulkVolume } from './types.ts'

const RETRY_AFTER_S = 120
/** Asked for when too many questions are said to have come. */
const BUSY_RETRY_AFTER_S = 300
const VENDOR_BASE = 'http://fhir4.eclinicalworks.com/fhir/r4'
const POLL = '$export-poll-location'
const FILE = '$export-download'
const FORMATS = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson'])
const NDJSON = 'application/fhir+ndjson'

export interface BulkRequest {
  readonly request: WireRequest
  readonly code: string
  /** The path after the code, split at slashes. */
  readonly rest: readonly string[]
  readonly rawQuery: string
}

export interface BulkContext {
  readonly publicUrl: string
  readonly switches: Switches
  readonly apps: Apps
  readonly world: World
  readonly view: PracticeView
  readonly build: string
  readonly now: number
  readonly groups: readonly BulkGroup[]
  readonly volume: BulkVolume
  readonly jobs: Jobs
  readonly faults: BulkFaults
  /** A draw that repeats, from 0 to 1. */
  readonly draw: () => number
}

/** Does this request ask for a group's export or what belongs to it? */
export function isBulk(method: string, rest: readonly string[]): boolean {
  const [first, , third] = rest
  if (first === 'Group') return (rest.length === 1 && method === 'GET') || third === '$export'
  return rest.length === 1 && (first === POLL || first === FILE)
}

/** Answers it: a draft; of a file its body is made while it is sent. */
export function answerBulk(asked: BulkRequest, context: BulkContext): Draft {
  const { apps, now } = context
  const bearer = /^Bearer +(\S+)$/i.exec(asked.request.headers.authorization ?? '')?.[1]
  const token = bearer === undefined ? undefined : apps.token(bearer, now)
  if (token === undefined) return outcome(401, 'Invalid or expired bearer token', 'login')
  const app = apps.get(token.clientId)
  if (app?.activatedFor.includes(asked.code) !== true) {
    const status = Number(context.switches.value('activation-status'))
    return outcome(status, 'FHIR app authentication is not enabled', 'forbidden')
  }
  const [first, group] = asked.rest
  // An export wants this very scope (D); the search of the facade any that covers the type.
  const searches = first === 'Group' && group === undefined
  const covered = searches
    ? coverageOf(token, 'Group', 'search', context.switches) !== undefined
    : token.scopes.includes('system/Group.read')
  if (!covered) return outcome(403, 'The scope of the token does not cover Group', 'forbidden')
  if (first === POLL) return poll(asked, context, app)
  if (first === FILE) return file(asked, context, app)
  return group === undefined ? search(asked, context) : kickOff(asked, context, { app, token })
}

function search({ code }: BulkRequest, context: BulkContext): Draft {
  const { switches, groups, faults, now } = context
  const fails = switches.is('group-fails', 'search') || switches.is('group-fails', 'both')
  if (fails || faults.hits('group-500')) return outcome(500, 'Internal server error', 'exception')
  const base = baseOf(context, code)
  const entry = groups.map(({ id, name }) => ({
    fullUrl: `${base}/Group/${id}`,
    resource: { resourceType: 'Group', id, type: 'person', actual: true, active: true, name },
    search: { mode: 'match' },
  }))
  const body = JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    meta: { lastUpdated: new Date(now).toISOString() },
    total: entry.length,
    link: [{ relation: 'self', url: `${base}/Group` }],
    ...(entry.length === 0 ? {} : { entry }),
  })
  return { status: 200, headers: [['Content-Type', FHIR_JSON]], body }
}

interface Caller {
  readonly app: AppRegistration
  readonly token: Token
}

function kickOff(asked: BulkRequest, context: BulkContext, caller: Caller): Draft {
  const { switches, groups, faults, jobs, now } = context
  if (asked.request.method !== 'GET') return outcome(405, 'Only GET starts an export')
  const group = groups.find(({ id }) => id === asked.rest[1])
  // One status for a bad token and for a group that is not theirs [D].
  if (group === undefined) return outcome(401, 'The group is not known or not authorized', 'login')
  const fails = switches.is('group-fails', 'export') || switches.is('group-fails', 'both')
  if (fails || faults.hits('kickoff-500')) return outcome(500, 'Internal server error', 'exception')
  const wanted = readKickOff(asked, context, caller.token)
  if ('status' in wanted) return wanted
  if (
    switches.is('bulk-duplicate', 'refused') &&
    jobs.running(asked.code, group.id, now) !== undefined
  ) {
    // Not an error by its status [I].
    return outcome(200, 'Bulk operation is already in progress for the group', 'duplicate')
  }
  const members = group.patients === 'all' ? 'all' : new Set(group.patients)
  const { view, volume } = context
  const job = jobs.start(
    {
      practice: asked.code,
      group: group.id,
      clientId: caller.app.clientId,
      request: asked.request.path,
      types: wanted.types,
      contents: { view, members, at: now, since: wanted.since, volume, switches },
    },
    now,
  )
  jobs.poll(job, { at: now, status: 202, retryAfterS: RETRY_AFTER_S })
  return {
    status: 202,
    headers: [
      ['Content-Location', `${baseOf(context, asked.code)}/${POLL}?job_id=${job.id}`],
      ['Retry-After', String(RETRY_AFTER_S)],
    ],
    body: '',
  }
}

interface Wanted {
  readonly types: readonly string[]
  readonly since: number | undefined
}

function readKickOff(
  { request, rawQuery }: BulkRequest,
  { switches, build }: BulkContext,
  token: Token,
): Wanted | Draft {
  const query = new URLSearchParams(rawQuery)
  if (!/\brespond-async\b/.test(request.headers.prefer ?? '')) {
    return outcome(400, 'Invalid request: the header Prefer: respond-async is needed')
  }
  const accept = request.headers.accept ?? '*/*'
  if (!/\*\/\*|json/.test(accept)) return outcome(406, 'Accept must allow application/fhir+json')
  const strange = [...query.keys()].filter(
    (name) => !['_type', '_since', '_outputFormat'].includes(name),
  )
  if (strange.length > 0)
    return outcome(400, `Unsupported query parameter(s): ${strange.join(', ')}`)
  if (!FORMATS.has(query.get('_outputFormat') ?? NDJSON)) {
    return outcome(400, 'Only application/fhir+ndjson is supported', 'not-supported')
  }
  const stamp = query.get('_since')
  const since = stamp === null ? undefined : Date.parse(stamp)
  if (since !== undefined && (Number.isNaN(since) || !/T.*(Z|[+-]\d\d:\d\d)$/.test(stamp ?? ''))) {
    return outcome(400, 'Invalid _since parameter value')
  }
  const served = [...TYPES.keys()].filter((type) => type !== 'Group' && servesType(build, type))
  const named = query.get('_type')?.split(',')
  const unknown = named?.find((type) => !served.includes(type))
  if (unknown !== undefined) return outcome(400, `Type ${unknown} is not exported`, 'not-supported')
  const covers = (type: string) => coverageOf(token, type, 'read', switches) !== undefined
  const uncovered = named?.find((type) => !covers(type))
  if (uncovered !== undefined && switches.is('bulk-uncovered-type', 'refused')) {
    return outcome(403, `The scope of the token does not cover ${uncovered}`, 'forbidden')
  }
  return { types: (named ?? served).filter(covers), since }
}

function jobAsked(asked: BulkRequest, { jobs, now }: BulkContext, app: AppRegistration) {
  const id = new URLSearchParams(asked.rawQuery).get('job_id') ?? ''
  return jobs.find(asked.code, app.clientId, id, now)
}

function poll(asked: BulkRequest, context: BulkContext, app: AppRegistration): Draft {
  const job = jobAsked(asked, context, app)
  if (job === undefined) return outcome(404, 'The job is not known', 'not-found')
  const draft = pollAnswer(asked, context, job)
  const stated = draft.headers.find(([name]) => name === 'Retry-After')?.[1]
  const retryAfterS = stated === undefined ? undefined : Number(stated)
  context.jobs.poll(job, { at: context.now, status: draft.status, retryAfterS })
  return draft
}

function pollAnswer(asked: BulkRequest, context: BulkContext, job: Job): Draft {
  const { jobs, now } = context
  if (asked.request.method === 'DELETE') {
    job.state = 'cancelled'
    return { status: 202, headers: [], body: '' }
  }
  if (asked.request.method !== 'GET') return outcome(405, 'GET asks, DELETE cancels')
  if (job.state === 'failed') return outcome(500, 'The export failed', 'exception')
  if (jobs.hits(job, 'poll-429')) {
    const busy = plain(429, 'Too Many Requests')
    return { ...busy, headers: [...busy.headers, ['Retry-After', String(BUSY_RETRY_AFTER_S)]] }
  }
  if (jobs.hits(job, 'poll-500')) return outcome(500, 'Please try again', 'transient')
  if (now < job.readyAt) {
    if (jobs.hits(job, 'job-lost')) job.state = 'lost'
    else if (jobs.hits(job, 'poll-500-fatal')) job.state = 'failed'
    if (job.state === 'lost') return outcome(404, 'The job is not known', 'not-found')
    return job.state === 'failed'
      ? outcome(500, 'The export failed', 'exception')
      : running(job, now)
  }
  return manifest(asked, context, job)
}

function running(job: Job, now: number): Draft {
  const span = job.readyAt - job.startedAt
  const share = Number.isFinite(span) && span > 0 ? (now - job.startedAt) / span : 0.06
  return {
    status: 202,
    headers: [
      ['X-Progress', `${Math.floor(Math.min(0.99, share) * 100)}% Completed`],
      ['Retry-After', String(RETRY_AFTER_S)],
    ],
    body: '',
  }
}

function manifest({ code }: BulkRequest, context: BulkContext, job: Job): Draft {
  const { jobs, switches, now, faults, world } = context
  const files = jobs.finish(job, now)
  const base = baseOf(context, code)
  const joint = switches.is('bulk-url-escape', 'html') ? '&amp;' : '&'
  const url = (name: string) => `${base}/${FILE}?job_id=${job.id}${joint}file=${name}`
  // A wrong count can only be seen where counts are stated.
  const states = (file: (typeof files)[number]) =>
    switches.is('bulk-counts', 'stated') || file.served !== file.records
  const output = files
    .filter(({ isHidden }) => !isHidden)
    .flatMap((file) => {
      const { type, name, records } = file
      const one = { type, url: url(name), ...(states(file) ? { count: records } : {}) }
      return file.isTwice ? [one, one] : [one]
    })
  const error = files
    .filter(({ isMissed }) => isMissed)
    .map(({ name }) => ({ type: 'OperationOutcome', url: url(`error.${name}`) }))
  if (hasDeletions(world, job)) {
    faults.note('deleted-omitted')
    job.faults.push('deleted-omitted')
  }
  const body = {
    transactionTime: new Date(job.statedAt ?? job.contents.at).toISOString(),
    request: `${context.publicUrl}${job.request}`,
    requiresAccessToken: true,
    output,
    error,
  }
  return {
    status: 200,
    headers: [['Content-Type', 'application/json;charset=UTF-8']],
    body: JSON.stringify(body),
  }
}

/** The manifest never names what is gone [I]: counted where something is. */
function hasDeletions(world: World, { practice, contents, types }: Job): boolean {
  for (const { kind, practice: where, visibleAt, type } of world.ledger(0)) {
    const isGone = kind === 'deleted' && where === practice && visibleAt <= contents.at
    if (isGone && types.includes(type)) return true
  }
  return false
}

function file(asked: BulkRequest, context: BulkContext, app: AppRegistration): Draft {
  const job = jobAsked(asked, context, app)
  const name = new URLSearchParams(asked.rawQuery).get('file') ?? ''
  if (job?.files === undefined) return outcome(404, 'The file is not known', 'not-found')
  if (asked.request.method !== 'GET') return outcome(405, 'Only GET fetches a file')
  const bearer = asked.request.headers.authorization?.slice('Bearer '.length) ?? ''
  const revoke = () => context.apps.revoke(bearer)
  return download({ job, name, range: asked.request.headers.range }, { ...context, revoke })
}

function baseOf({ switches, publicUrl }: BulkContext, code: string): string {
  const isVendorHost = switches.is('link-host', 'vendor')
  return `${isVendorHost ? VENDOR_BASE : `${publicUrl}/fhir/r4`}/${code}`
}
