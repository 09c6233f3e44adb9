// Every error as the caller sees it: a problem of RFC 9457, made from the code's table entry and the
// error's own details. No message of an exception and no value of a request enters it.

import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { ChartwayError, type ErrorCode, explain } from '../../kernel/errors.ts'
import { InputProblem } from '../../operations/index.ts'
import { STATUSES } from './statuses.ts'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export const problemField = z
  .object({
    type: z.string().describe('Where the code is explained, relative to this installation'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('The usual cause'),
    code: z.string(),
    position: z.string().optional().describe('What it is about: /path/…, /query/… or /body/…'),
    cure: z.string().describe('What to do about it'),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' })

export interface Problem {
  readonly status: number
  readonly code: ErrorCode
  readonly text: string
  /** Seconds after which to try again, when they are known. */
  readonly seconds: number | undefined
}

/** Where a field of the input was sent: `path`, `query` or `body`. */
export type PlaceOf = (field: string) => 'path' | 'query' | 'body'

/**
 * The problem for an error. A field of the path that does not fit is answered as what does not exist:
 * a malformed id, an unknown one and somebody else's look the same.
 */
export function problemOf(error: unknown, requestId: string, placeOf: PlaceOf): Problem {
  if (error instanceof InputProblem) {
    const place = placeOf(error.field)
    if (place === 'path') return problem(error.notListed ? 'ROUTE_UNKNOWN' : 'NOT_FOUND', requestId)
    return problem('INPUT_INVALID', requestId, error.details, `/${place}/${safe(error.field)}`)
  }
  if (error instanceof ChartwayError) {
    const { position, ...details } = error.details
    const at = typeof position === 'string' ? `/${placeOf(position)}/${position}` : undefined
    return problem(error.code, requestId, details, at)
  }
  return problem(codeOfFramework(error), requestId)
}

/** A problem that is known by its code alone. */
export function problem(
  code: ErrorCode,
  requestId: string,
  details: ChartwayError['details'] = {},
  position?: string,
): Problem {
  const { title, cause, cure } = explain(code)
  const status = STATUSES[code]
  const body = {
    type: `/errors/${code}`,
    title,
    status,
    detail: cause,
    code,
    position,
    cure,
    details: Object.keys(details).length > 0 ? details : undefined,
    requestId,
  }
  const seconds = typeof details.seconds === 'number' ? details.seconds : undefined
  return { status, code, text: JSON.stringify(body), seconds }
}

/** A name that the caller made up is echoed only when it looks like a field's name. */
function safe(field: string): string {
  return /^[A-Za-z0-9_/-]{1,60}$/.test(field) ? field : ''
}

const FRAMEWORK: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_BAD_URL: 'ROUTE_UNKNOWN',
  FST_ERR_MAX_PARAM_LENGTH: 'ROUTE_UNKNOWN',
}

function codeOfFramework(error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'INTERNAL'
  const known =
    'code' in error && typeof error.code === 'string' ? FRAMEWORK[error.code] : undefined
  if (known !== undefined) return known
  return 'statusCode' in error && error.statusCode === 400 ? 'BODY_MALFORMED' : 'INTERNAL'
}

/** A whole answer for a connection whose request could not be read at all. */
export function rawProblem(requestId: string): string {
  const { status, text } = problem('REQUEST_MALFORMED', requestId)
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
    `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`
  )
}
