// The client's one way out: the platform's own fetch by default, or whatever a caller hands in. No
// other file of the client opens a connection.

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
