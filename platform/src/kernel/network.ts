// The one way out of the process. A request is plain values in and plain values out; what can go
// wrong before an answer is named, because later rooms decide by it whether anything happened.

import { ChartwayError } from './errors.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Wall milliseconds until the whole answer must be there. */
  readonly timeoutMs: number
  readonly bodyBytesMax: number
  /** Sends to addresses of the public internet alone, whatever the name resolves to; else `unsent`. */
  readonly publicOnly?: boolean
  /**
   * Takes the body as it comes, for answers too long to be held. `timeoutMs` is then the longest
   * silence instead of the whole.
   */
  readonly sink?: BodySink
}

/** What an answer says before its body. */
export type ReplyHead = Pick<HttpReply, 'status' | 'headers'>

/**
 * Looks at an answer's head and gives what takes its body piece by piece, in order; more is read when
 * what it returns is settled, and its error ends the exchange. Undefined collects the body as usual.
 */
export type BodySink = (
  head: ReplyHead,
) => ((piece: Uint8Array) => void | Promise<void>) | undefined

export interface HttpReply {
  readonly status: number
  /** Names in lower case, in order, repeated when sent repeatedly. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Empty when a sink took it. */
  readonly body: Uint8Array
}

export interface Network {
  /** Sends once; never follows a redirect, never retries. Rejects with NetworkFailure. */
  send(
    request: HttpRequest,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<HttpReply>
}

/**
 * Why there is no complete answer. `unsent`: proven that the request never left (name, connection or
 * TLS failed). `unknown`: it may have been received: time-out, reset, a body cut short or too large.
 */
export class NetworkFailure extends ChartwayError {
  readonly phase: 'unsent' | 'unknown'

  constructor(
    phase: 'unsent' | 'unknown',
    code:
      | 'NETWORK_UNREACHABLE'
      | 'NETWORK_TIMEOUT'
      | 'NETWORK_RESET'
      | 'NETWORK_BODY_CUT'
      | 'NETWORK_BODY_TOO_LARGE',
    cause?: unknown,
  ) {
    super(code, { retry: 'later', cause })
    this.phase = phase
  }
}

/** The first value of a header, whose name is given in lower case. */
export function header(reply: ReplyHead, name: string): string | undefined {
  return reply.headers.find(([other]) => other === name)?.[1]
}
