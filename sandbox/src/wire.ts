// One HTTP exchange as plain values, so that the same sandbox answers over sockets and in-process.

export interface WireRequest {
  readonly method: string
  /** Path and query as the client sent them, starting with `/`. */
  readonly path: string
  /** Names in lower case; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What goes wrong on the wire after the handler decided its answer (fault model T1-T6). */
export type WireTrouble =
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'truncate'; readonly bytes: number }

/** A body made while it is sent. */
export interface WireStream {
  /** The whole body from its beginning, each time anew. */
  readonly chunks: () => Iterable<Uint8Array>
  /** How its end is marked: by `Content-Length`, by the last chunk, or by nothing but the close. */
  readonly framing: 'length' | 'chunked' | 'close'
  /** Bytes of the whole, where they are known. */
  readonly length?: number
}

export interface WireReply {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** Vendor milliseconds between receiving the request and the first byte of the answer. */
  readonly delayMs: number
  readonly trouble?: WireTrouble
  /** Sent instead of `body`, which is then empty. */
  readonly stream?: WireStream
}
