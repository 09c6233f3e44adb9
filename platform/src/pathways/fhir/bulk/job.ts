// One export's way from the kick-off to its manifest, question by question. When to ask again is what
// the vendor says; it waits for nothing itself.

import type { CallRequest } from '../../../kernel/call.ts'
import { ChartwayError } from '../../../kernel/errors.ts'
import { type HttpReply, header } from '../../../kernel/network.ts'
import type { BulkOptions, BulkPoll, BulkStart } from '../../contract.ts'
import { followable, isId } from '../address.ts'
import { failureOf } from '../connect.ts'
import { ask, authorized } from '../exchange.ts'
import { entriesOf } from '../from-wire.ts'
import { isObject } from '../outcome.ts'
import type { Reader } from '../read.ts'
import { jsonOf } from '../wire.ts'
import { manifestOf } from './manifest.ts'

/** Waited when the vendor does not say how long: what it says otherwise [I]. */
export const RETRY_MS = 120_000
/** Shorter is not believed. */
const RETRY_MS_MIN = 1000
const LANE = 'sweep'
const PROGRESS = /^[\w %.,/-]{1,60}$/

/** Ids of the groups on the first page; a practice makes a handful. */
export async function groups(reader: Reader, options: BulkOptions): Promise<readonly string[]> {
  const url = `${reader.connection.settings.baseUrl}/Group`
  const bundle = await ask(reader.connection, url, 'Group?', { lane: LANE, ...options })
  return entriesOf(bundle).flatMap(({ resource }) => {
    const isGroup = isObject(resource) && resource.resourceType === 'Group'
    return isGroup && typeof resource.id === 'string' && isId(resource.id) ? [resource.id] : []
  })
}

/**
 * Kicks an export off. A vendor that refuses one of the types is asked for all it has instead. Rejects
 * with PATHWAY_BULK_GROUP_REFUSED and others.
 */
export async function start(
  reader: Reader,
  wanted: { readonly group: string; readonly types: readonly string[] },
  options: BulkOptions,
): Promise<BulkStart> {
  const path = `${reader.connection.settings.baseUrl}/Group/${wanted.group}/$export`
  const named = `${path}?_type=${wanted.types.join(',')}`
  const first = await kickOff(reader, named, options)
  const again = first.reply.status === 400
  const { reply, askedAt } = again ? await kickOff(reader, path, options) : first
  const dueAt = waitUntil(reader, reply)
  if (reply.status === 202) {
    const location = header(reply, 'content-location')
    if (location === undefined) throw new ChartwayError('PATHWAY_BULK_FAILED', { retry: 'later' })
    return { kind: 'started', job: below(reader, location), askedAt, dueAt }
  }
  if (isDuplicate(reply)) return { kind: 'busy', dueAt }
  if (reply.status === 401 || reply.status === 403)
    throw new ChartwayError('PATHWAY_BULK_GROUP_REFUSED', { details: { status: reply.status } })
  throw failureOf(reply, 'Group/$export')
}

async function kickOff(reader: Reader, url: string, options: BulkOptions) {
  const askedAt = reader.clock.now()
  const headers = { accept: 'application/fhir+json', prefer: 'respond-async' }
  const request = { method: 'GET', url, headers, purpose: 'Group/$export', once: true } as const
  return { askedAt, reply: await send(reader, request, options) }
}

/** HTTP 200 with an outcome that says `duplicate` [I], or a status that says so. */
function isDuplicate(reply: HttpReply): boolean {
  if (reply.status === 429 || reply.status === 409) return true
  if (reply.status !== 200) return false
  const body = objectIn(reply)
  const issues = Array.isArray(body?.issue) ? body.issue : []
  return issues.some((issue) => isObject(issue) && issue.code === 'duplicate')
}

/** Asks how far a job is. */
export async function poll(reader: Reader, job: string, options: BulkOptions): Promise<BulkPoll> {
  const purpose = '$export-poll-location'
  const url = `${reader.connection.settings.baseUrl}/${job}`
  const headers = { accept: 'application/json' }
  const reply = await send(reader, { method: 'GET', url, headers, purpose, once: true }, options)
  const dueAt = waitUntil(reader, reply)
  if (reply.status === 202) {
    const said = header(reply, 'x-progress')
    const progress = said !== undefined && PROGRESS.test(said) ? said : undefined
    return { kind: 'running', dueAt, progress }
  }
  if (reply.status === 404 || reply.status === 410) return { kind: 'gone' }
  if (reply.status !== 200) return { kind: 'trouble', dueAt, code: codeOf(reply, purpose) }
  const manifest = manifestOf(objectIn(reply), reader)
  return manifest === undefined
    ? { kind: 'trouble', dueAt, code: 'PATHWAY_BULK_MANIFEST_BROKEN' }
    : { kind: 'ready', manifest }
}

function codeOf(reply: HttpReply, purpose: string) {
  return reply.status === 429 ? 'GATE_REFUSED' : failureOf(reply, purpose).code
}

export async function cancel(reader: Reader, job: string, options: BulkOptions): Promise<void> {
  const purpose = '$export-poll-location'
  const url = `${reader.connection.settings.baseUrl}/${job}`
  await send(reader, { method: 'DELETE', url, headers: {}, purpose, once: true }, options)
}

function send(reader: Reader, request: CallRequest, options: BulkOptions): Promise<HttpReply> {
  return authorized(reader.connection, request, { lane: LANE, ...options })
}

/** RFC 9110, 10.2.3: seconds or a date. The date is the vendor's clock's. */
function waitUntil({ clock, connection }: Reader, reply: HttpReply): number {
  const now = clock.now()
  const text = header(reply, 'retry-after')?.trim() ?? ''
  const date = Date.parse(text)
  const ms = /^\d{1,9}$/.test(text)
    ? Number(text) * 1000
    : Number.isNaN(date)
      ? RETRY_MS
      : date - (now + (connection.skewMs() ?? 0))
  return now + Math.max(RETRY_MS_MIN, ms)
}

/** An address in the practice, as what follows its base. Throws PATHWAY_LINK_ELSEWHERE. */
export function below(reader: Reader, address: string): string {
  const { baseUrl } = reader.connection.settings
  return followable(address, baseUrl).slice(baseUrl.length + 1)
}

function objectIn(reply: HttpReply) {
  try {
    return jsonOf(reply, '$export-poll-location')
  } catch {
    // What is no JSON is no manifest and no outcome; the caller says so.
    return undefined
  }
}
