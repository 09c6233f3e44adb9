// The one family of errors that is thrown. Codes are for ever: a retired one is never reused. What
// each means and how to cure it stands in error-codes.json; HTTP and exit statuses stand in faces.

import codes from './error-codes.json' with { type: 'json' }

export type ErrorCode = keyof typeof codes

/** `never`: the same request will fail again. `later`: it may pass. `after-login`: with a new token. */
export type Retry = 'never' | 'later' | 'after-login'

/** Ids, positions and counts; never a patient's data. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>

export class ChartwayError extends Error {
  readonly code: ErrorCode
  readonly retry: Retry
  readonly details: ErrorDetails

  constructor(
    code: ErrorCode,
    options: {
      readonly retry?: Retry
      readonly details?: ErrorDetails
      readonly cause?: unknown
    } = {},
  ) {
    super(
      `${code}: ${codes[code].title}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'ChartwayError'
    this.code = code
    this.retry = options.retry ?? 'never'
    this.details = options.details ?? {}
  }
}

/** What a code means: a title, its usual cause, and what to do about it. */
export function explain(code: ErrorCode): {
  readonly title: string
  readonly cause: string
  readonly cure: string
} {
  return codes[code]
}

export function errorCodes(): readonly ErrorCode[] {
  // The table's keys are exactly the codes.
  return Object.keys(codes) as ErrorCode[]
}

/** Checks what must hold if the program is right. Stays on in production. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${what}`)
}
