// The network port over real sockets. It sends once: no redirect, no retry, no cookie, no decompression,
// and it knows from the moment a request is written whether it may have been received.

import { Agent, type Dispatcher } from 'undici'
import { type Clock, wallSleep } from './clock.ts'
import { ChartwayError } from './errors.ts'
import { type HttpReply, type HttpRequest, type Network, NetworkFailure } from './network.ts'
import { mayBePublic, publicLookup } from './public-addresses.ts'

/** Connections to one origin; what does not fit waits, and its time-out runs. */
const CONNECTIONS_MAX = 8
const CONNECT_MS_MAX = 10_000
const KEEP_ALIVE_MS = 4_000
const HEADER_BYTES_MAX = 64 * 1024

export interface SocketNetwork extends Network {
  /** Closes idle connections and lets running exchanges end. */
  close(): Promise<void>
}

/**
 * Real sockets. A time-out is in wall milliseconds and covers the whole exchange: name, connection,
 * TLS, waiting for a connection, answer. `clock` is told of every exchange as work outside the
 * process. `trustedCertificates`: PEM, added to none but used instead of the system's.
 */
export function undiciNetwork(
  options: {
    readonly clock?: Clock | undefined
    readonly trustedCertificates?: string | undefined
    readonly connectionsMax?: number | undefined
  } = {},
): SocketNetwork {
  const { clock, trustedCertificates } = options
  const settings = {
    connections: options.connectionsMax ?? CONNECTIONS_MAX,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: HEADER_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // One limit for the whole exchange instead of one per silence.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: CONNECT_MS_MAX,
      ...(trustedCertificates === undefined ? {} : { ca: trustedCertificates }),
    },
  }
  const agent = new Agent(settings)
  const guarded = new Agent({ ...settings, connect: { ...settings.connect, lookup: publicLookup } })
  return {
    send: (request, { signal } = {}) => {
      const { publicOnly = false, url } = request
      if (publicOnly && !mayBePublic(new URL(url).hostname))
        return Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE'))
      const exchange = new Exchange(request, signal)
      const reply = exchange.run(publicOnly ? guarded : agent)
      return clock === undefined ? reply : clock.during(reply)
    },
    close: async () => {
      await Promise.all([agent.close(), guarded.close()])
    },
  }
}

/** One request and its answer, as undici tells of it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest
  readonly #signal: AbortSignal | undefined
  readonly #done = Promise.withResolvers<HttpReply>()
  readonly #over = new AbortController()
  #silence = new AbortController()
  #controller: Dispatcher.DispatchController | undefined
  #sent = false
  #status = 0
  #headers: (readonly [string, string])[] = []
  #chunks: Buffer[] = []
  #take: ((piece: Uint8Array) => void | Promise<void>) | undefined
  #bytes = 0

  constructor(request: HttpRequest, signal: AbortSignal | undefined) {
    this.#request = request
    this.#signal = signal
  }

  run(agent: Agent): Promise<HttpReply> {
    const { method, url, headers, body, timeoutMs } = this.#request
    const { origin, pathname, search } = new URL(url)
    if (this.#signal?.aborted) {
      return Promise.reject(new NetworkFailure('unsent', 'NETWORK_RESET', this.#signal.reason))
    }
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.#limit(timeoutMs)
    agent.dispatch(
      { origin, path: `${pathname}${search}`, method, headers: { ...headers }, body: body ?? null },
      this,
    )
    return this.#done.promise.finally(() => {
      this.#over.abort()
      this.#silence.abort()
      this.#signal?.removeEventListener('abort', this.#onAbort)
    })
  }

  #limit(timeoutMs: number): void {
    this.#silence = new AbortController()
    wallSleep(timeoutMs, this.#silence.signal).then(
      () => this.#fail(this.#failure('NETWORK_TIMEOUT')),
      () => {},
    )
  }

  #onAbort = (): void => {
    this.#fail(this.#failure('NETWORK_RESET', this.#signal?.reason))
  }

  /** undici calls this just before it writes the request; what is aborted here is never written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over.signal.aborted) controller.abort(new Error('over'))
    else this.#sent = true
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Informational answers (RFC 9110, 15.2) come before the one that counts.
    if (status < 200) return
    this.#status = status
    this.#headers = headerPairs(controller.rawHeaders)
    this.#take = this.#request.sink?.({ status, headers: this.#headers })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#request.bodyBytesMax) {
      this.#fail(this.#failure('NETWORK_BODY_TOO_LARGE'))
      return
    }
    // After a pause undici may tell of nothing; to pause for that would never end.
    if (chunk.length === 0) return
    if (this.#take === undefined) this.#chunks.push(chunk)
    else this.#pass(controller, chunk, this.#take)
  }

  /** Gives a piece away; until it is taken nothing more is read and no silence is counted. */
  #pass(
    controller: Dispatcher.DispatchController,
    chunk: Buffer,
    take: (piece: Uint8Array) => void | Promise<void>,
  ): void {
    this.#silence.abort()
    controller.pause()
    const taken = (async () => take(chunk))()
    taken.then(
      () => {
        if (this.#over.signal.aborted) return
        this.#limit(this.#request.timeoutMs)
        controller.resume()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  onResponseEnd(): void {
    this.#done.resolve({
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#chunks),
    })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#done.reject(this.#classify(error))
  }

  #fail(failure: unknown): void {
    this.#done.reject(failure)
    this.#over.abort()
    if (this.#sent) this.#controller?.abort(failure instanceof Error ? failure : new Error('over'))
  }

  #failure(code: ConstructorParameters<typeof NetworkFailure>[1], cause?: unknown): NetworkFailure {
    return new NetworkFailure(this.#sent ? 'unknown' : 'unsent', code, cause)
  }

  #classify(error: Error): ChartwayError {
    const code = 'code' in error ? error.code : undefined
    if (!this.#sent) {
      const ours = code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED'
      if (ours) return new ChartwayError('INTERNAL', { cause: error })
      return this.#failure('NETWORK_UNREACHABLE', error)
    }
    return this.#failure(this.#status === 0 ? 'NETWORK_RESET' : 'NETWORK_BODY_CUT', error)
  }
}

/** Undici gives names and values as they came, alternating. */
function headerPairs(raw: unknown): (readonly [string, string])[] {
  if (!Array.isArray(raw)) return []
  const texts = raw.map((part: unknown) =>
    Buffer.isBuffer(part) ? part.toString('latin1') : String(part),
  )
  const pairs: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < texts.length; at += 2) {
    pairs.push([(texts[at] ?? '').toLowerCase(), texts[at + 1] ?? ''])
  }
  return pairs
}
