// One call to a practice as plain values: what a pathway asks for and what the gate carries out. Both
// rooms share these words and know nothing else of each other.

import type { BodySink, HttpReply } from './network.ts'

/** `interactive`: a person waits. `sweep`: everything that keeps the mirror fresh. */
export type Lane = 'interactive' | 'sweep'

export interface CallRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** What the call is for, without any value: `Observation?patient,category`, `token`, `metadata`. */
  readonly purpose: string
  /** Calls that do not count against the practice's minute, such as a file on another host. */
  readonly uncounted?: boolean
  /** A refusal (429) is the caller's to read, because it may say when to come back. */
  readonly once?: boolean
  /** Takes the body as it comes; see `HttpRequest`. */
  readonly sink?: BodySink
}

/**
 * The one way out, made by the gate for one practice: waits for a permit in the lane, sends once,
 * learns the vendor's clock from the answer. Rejects with NetworkFailure or GATE_* errors.
 */
export type Call = (
  request: CallRequest,
  options: { readonly lane: Lane; readonly signal?: AbortSignal | undefined },
) => Promise<HttpReply>
