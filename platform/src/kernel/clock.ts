// Time as Chartway sees it. Every room takes a Clock; this file alone reads the machine's.

/** Times are whole epoch milliseconds in business time, which a scaled or virtual clock may bend. */
export interface Clock {
  now(): number
  /** Waits in business time. Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /**
   * Marks work that happens outside the process (a query, a request) as pending, so that a virtual
   * clock does not advance before it is done. Every port wraps its calls in this; others need not.
   */
  during<T>(work: Promise<T>): Promise<T>
  /** How many business milliseconds pass in one millisecond of the wall; 1 unless scaled. */
  readonly factor: number
}

/**
 * The wall clock sped up: `epochMs` is what it shows when the wall shows `wallEpochMs`, and it runs
 * `factor` times as fast from there.
 */
export function scaledClock(options: {
  readonly epochMs: number
  readonly wallEpochMs: number
  readonly factor: number
}): Clock {
  const { epochMs, wallEpochMs, factor } = options
  return {
    factor,
    now: () => Math.floor(epochMs + (Date.now() - wallEpochMs) * factor),
    sleep: (ms, { signal } = {}) => wallSleep(ms / factor, signal),
    during: (work) => work,
  }
}

/** The machine's own clock. */
export function wallClock(): Clock {
  const now = Date.now()
  return scaledClock({ epochMs: now, wallEpochMs: now, factor: 1 })
}

/** Waits wall milliseconds: for socket time-outs and the like, which no business clock bends. */
export function wallSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
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
}
