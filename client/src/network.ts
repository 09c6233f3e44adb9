// The client's one way out, and its one hold on time and chance: the platform's own by default, or
// whatever a caller hands in. No other file of the client opens a connection, waits or throws dice.

/** As the Fetch standard's, narrowed to what the client sends. */
export type Fetch = (
  url: string,
  request: {
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly signal: AbortSignal
  },
) => Promise<Response>

export const systemFetch: Fetch = (url, request) => globalThis.fetch(url, request)

/** Waits wall milliseconds; rejects with the signal's reason when it is aborted. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>

export const systemWait: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })

/** A number from 0 up to and without 1. */
export type Chance = () => number

export const systemChance: Chance = () => Math.random()

/** Epoch ms of this machine, for a Retry-After that names an instant. */
export const systemNow = (): number => Date.now()

/** Aborts its signal when nobody has wound it for so many wall ms. */
export class Watch {
  readonly #abort = new AbortController()
  readonly #ms: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ms: number) {
    this.#ms = ms
    this.wind()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  wind(): void {
    this.stop()
    this.#timer = setTimeout(() => this.#abort.abort(new Error('Nothing came')), this.#ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
