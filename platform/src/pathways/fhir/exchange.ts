// One authorized FHIR question and its JSON answer, or one typed error. Logs in again once when a
// token is refused; everything else is tried again by others or not at all.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { CallRequest } from '../../kernel/call.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { HttpReply } from '../../kernel/network.ts'
import { type CallOptions, type Connection, failureOf } from './connect.ts'
import { problemOf } from './outcome.ts'
import { jsonOf } from './wire.ts'

const OK = 200
const REDIRECTED = 300
const UNAUTHORIZED = 401

/**
 * Asks `url`, which lies below the practice's base. `purpose` names the question without values.
 * Rejects with PATHWAY_* errors, and with whatever the gate or the network say.
 */
export async function ask(
  connection: Connection,
  url: string,
  purpose: string,
  options: CallOptions,
): Promise<JsonObject> {
  const headers = { accept: 'application/fhir+json' }
  const reply = await authorized(connection, { method: 'GET', url, headers, purpose }, options)
  if (reply.status !== OK) throw failureOf(reply, purpose)
  const body = jsonOf(reply, purpose)
  const problem = problemOf({ status: reply.status, body, purpose })
  if (problem) throw problem
  if (body === undefined)
    throw new ChartwayError('PATHWAY_BODY_BROKEN', { retry: 'later', details: { purpose } })
  return body
}

/** Sends a request with a token, and once more with a new one when that is refused. */
export async function authorized(
  connection: Connection,
  request: CallRequest,
  options: CallOptions,
): Promise<HttpReply> {
  const { purpose } = request
  const send = async (): Promise<{ readonly reply: HttpReply; readonly again: boolean }> => {
    const token = await connection.token({ signal: options.signal })
    options.signal?.throwIfAborted()
    const headers = { ...request.headers, authorization: `Bearer ${token.text}` }
    const reply = await connection.send({ ...request, headers }, options)
    if (reply.status >= OK && reply.status < REDIRECTED) connection.accept(token)
    return { reply, again: reply.status === UNAUTHORIZED && connection.refuse(token) }
  }
  const { reply, again } = await send()
  // An app that the practice has not switched on may be told so with 401: a new token will not help.
  if (!again || failureOf(reply, purpose).code === 'PATHWAY_NOT_ACTIVATED') return reply
  return (await send()).reply
}
