// One piece of work that several callers wait for together. Who gives up is let go at once and takes
// nothing from the others; when the last has gone, the work is aborted. It keeps no result.

interface Running<T> {
  readonly result: Promise<T>
  readonly abort: AbortController
  waiting: number
}

export class SharedWork<T> {
  #running: Running<T> | undefined

  /**
   * Waits for the work under way, or starts it. `start` gets a signal that aborts when nobody waits
   * any more. Rejects with what the work rejects with, or with the reason of the caller's own signal.
   */
  join(start: (signal: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const running = this.#running ?? this.#begin(start)
    running.waiting++
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal?.reason)
        if (--running.waiting === 0) this.#giveUp(running, signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      const stay = () => signal?.removeEventListener('abort', leave)
      running.result.then(resolve, reject).finally(stay)
    })
  }

  #begin(start: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController()
    const result = start(abort.signal).finally(() => this.#forget(running))
    const running: Running<T> = { result, abort, waiting: 0 }
    this.#running = running
    return running
  }

  #giveUp(running: Running<T>, reason: unknown): void {
    this.#forget(running)
    running.abort.abort(reason)
  }

  #forget(running: Running<T>): void {
    if (this.#running === running) this.#running = undefined
  }
}
