// What a client can be told: where to ask, as whom, and how patiently. It holds no state.

import type { Chance, Fetch, Wait } from './network.ts'

export interface ClientOptions {
  /** Where Chartway answers, such as `http://127.0.0.1:7400`; a slash at the end does no harm. */
  readonly url: string
  /** An API key or an access token; operations that need none work without. */
  readonly key?: string | undefined
  /** Sent with every call; a page that signs in by cookie proves with one that the call is its own. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: Fetch
  readonly wait?: Wait
  /** Spreads retries, so that many clients do not come back at one instant. */
  readonly chance?: Chance
  /** How often a read is asked again; 4 by default. */
  readonly retriesMax?: number
  /** Wall ms until a whole answer must be there; 60,000 by default. */
  readonly timeoutMs?: number
  /** The longest wait that is taken on before a retry, wall ms; 60,000 by default. */
  readonly waitMsMax?: number
  /** Wall ms of silence after which a stream is taken for broken; 45,000 by default. */
  readonly silenceMs?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** For this call alone; else the client's. */
  readonly retriesMax?: number | undefined
  readonly timeoutMs?: number | undefined
}
