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
}

export interface HttpReply {
  readonly status: number
  /** Names in lower case, in order, repeated when sent repeatedly. */
  readonly headers: readonly (readonly [name: string, value: string])[]
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
export function header(reply: HttpReply, name: string): string | undefined {
  return reply.headers.find(([other]) => other === name)?.[1]
}
