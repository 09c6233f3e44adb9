// Bytes in, JSON values out: what an answer's body holds, loosely by media type and strictly by
// content. Pure; it knows no resource.

import type { JsonObject } from '@chartway/codecs/fhir'
import { ChartwayError } from '../../kernel/errors.ts'
import { type HttpReply, header } from '../../kernel/network.ts'
import { isObject } from './outcome.ts'

/**
 * The JSON object in a body; undefined when the body is empty. The vendor labels the same content
 * `application/json+fhir`, `application/fhir+json` and `application/json` [P], so the label only
 * tells a broken body from one that was never JSON. Throws PATHWAY_BODY_BROKEN or PATHWAY_NOT_JSON.
 */
export function jsonOf(reply: HttpReply, purpose: string): JsonObject | undefined {
  if (reply.body.length === 0) return undefined
  const labelled = /json/i.test(header(reply, 'content-type') ?? '')
  try {
    // The decoder drops a byte order mark; bytes that are not UTF-8 throw.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(reply.body)
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // The parser's own message quotes the body, so it goes no further.
  }
  throw new ChartwayError(labelled ? 'PATHWAY_BODY_BROKEN' : 'PATHWAY_NOT_JSON', {
    retry: 'later',
    details: { status: reply.status, purpose },
  })
}
