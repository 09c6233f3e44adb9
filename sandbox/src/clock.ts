// Time and chance as the sandbox sees them. Both are handed in; nothing else in the sandbox reads
// the machine's clock or its random source.

/** Vendor time. `now` is in milliseconds since 1970-01-01T00:00:00Z. */
export interface Clock {
  now(): number
  /** Waits in vendor time. Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Tells a virtual clock that work outside the process is pending; other clocks pass it through. */
  during<T>(work: Promise<T>): Promise<T>
}

/**
 * The wall clock sped up: `epochMs` is what it shows when the wall shows `wallEpochMs`, and it runs
 * `factor` times as fast. With factor 1 and equal epochs it is the wall clock.
 */
export function scaledClock(options: {
  readonly epochMs: number
  readonly wallEpochMs: number
  readonly factor: number
}): Clock {
  const { epochMs, wallEpochMs, factor } = options
  return {
    now: () => Math.floor(epochMs + (Date.now() - wallEpochMs) * factor),
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const stop = () => {
          clearTimeout(timer)
          reject(signal?.reason)
        }
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', stop)
          resolve()
        }, ms / factor)
        signal?.addEventListener('abort', stop, { once: true })
      }),
    during: (work) => work,
  }
}

export function wallClock(): Clock {
  const wallEpochMs = Date.now()
  return scaledClock({ epochMs: wallEpochMs, wallEpochMs, factor: 1 })
}
