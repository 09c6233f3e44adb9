// Everything the client throws: the API's problems as they came, and what can go wrong before one.

import type { ErrorCode, Problem } from './generated.ts'

/** Codes that the client itself gives, when there is no answer to read one from. */
export const CLIENT_CODES = {
  API_UNREACHABLE: {
    title: 'Chartway could not be reached',
    cause: 'Nothing answers at the address.',
    cure: 'Check the address, and that Chartway is running (`npm start`).',
  },
  API_TIMEOUT: {
    title: 'Chartway did not answer in time',
    cause: 'It is busy, or something between is.',
    cure: 'Try again; narrow the request if it lasts.',
  },
  ID_UNUSABLE: {
    title: 'This cannot be an id',
    cause: 'It is empty, or one or two dots.',
    cure: 'Check the id.',
  },
  API_ANSWER_UNREADABLE: {
    title: 'The answer is not one of Chartway',
    cause: 'Something else answers at the address, or the versions do not fit.',
    cure: 'Check the address.',
  },
} as const

export type ClientCode = keyof typeof CLIENT_CODES

/** A failed call. `code` is for programs; `title`, `detail` and `cure` are for people. */
export class ApiError extends Error {
  readonly code: string
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly cure: string
  readonly position: string | undefined
  readonly details: Problem['details']
  readonly requestId: string | undefined
  /** Wall ms after which to ask again, when the answer said so. */
  readonly retryAfterMs: number | undefined

  constructor(
    problem: Omit<Problem, 'type' | 'requestId'> & {
      readonly requestId?: string
      readonly retryAfterMs?: number | undefined
    },
    cause?: unknown,
  ) {
    super(`${problem.code}: ${problem.title}`, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.code = problem.code
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail
    this.cure = problem.cure
    this.position = problem.position
    this.details = problem.details
    this.requestId = problem.requestId
    this.retryAfterMs = problem.retryAfterMs
  }
}

/** `url`: where the call went, named for the reader when given. */
export function clientError(
  code: ClientCode,
  status: number,
  { cause, url }: { readonly cause?: unknown; readonly url?: string } = {},
): ApiError {
  const { title, cause: usual, cure } = CLIENT_CODES[code]
  const detail = url === undefined ? usual : `${usual} It was sent to ${url}.`
  return new ApiError({ code, status, title, detail, cure }, cause)
}

/** The error in an answer's body, or API_ANSWER_UNREADABLE when it is not a problem of ours. */
export function errorIn(status: number, text: string, retryAfterMs?: number): ApiError {
  const problem = parsed(text)
  if (isProblem(problem)) return new ApiError({ ...problem, retryAfterMs })
  const { title, cause: detail, cure } = CLIENT_CODES.API_ANSWER_UNREADABLE
  return new ApiError({
    ...{ code: 'API_ANSWER_UNREADABLE', status, title, detail, cure, retryAfterMs },
  })
}

/** An end that was told by its code alone, within a stream. */
export function errorOfCode(code: string): ApiError {
  const detail = 'Chartway ended the stream with this code.'
  const cure = `Look it up: GET /errors/${code}.`
  return new ApiError({ code, status: 200, title: 'The stream has ended', detail, cure })
}

/** Whether something thrown is a failed call, and one with this code when one is named. */
export function isApiError(error: unknown, code?: ErrorCode | ClientCode): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false
  const members = ['code', 'title', 'detail', 'cure'] as const
  const problem: Partial<Record<string, unknown>> = { ...value }
  return (
    typeof problem.status === 'number' && members.every((name) => typeof problem[name] === 'string')
  )
}
