// A clock for one process that holds everything: time stands still while any port call is pending
// and jumps to the next sleeper when none is. It moves only inside `advance`.

import type { Clock } from './clock.ts'

interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}

/** How many turns of the event loop must pass with nothing pending before time may move. */
const IDLE_TURNS = 3

export class VirtualClock implements Clock {
  readonly factor = 1
  #now: number
  #pending = 0
  #order = 0
  #sleepers: Sleeper[] = []

  constructor(startsAt: number) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, Math.ceil(ms)),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
      }
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.#insert(sleeper)
    })
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.#pending++
    try {
      return await work
    } finally {
      this.#pending--
    }
  }

  /** Runs everything that is due within the next `ms`, in order, and leaves the clock there. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + Math.ceil(ms)
    for (;;) {
      await this.#idle()
      const next = this.#sleepers[0]
      if (next === undefined || next.at > until) break
      this.#sleepers.shift()
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
    this.#now = until
  }

  /** Runs due work until `done` says so; gives up with an error after `limitMs` of virtual time. */
  async advanceUntil(done: () => boolean, limitMs: number): Promise<void> {
    const limit = this.#now + limitMs
    for (;;) {
      await this.#idle()
      if (done()) return
      const next = this.#sleepers.shift()
      if (next === undefined) throw new Error('The virtual clock has nobody left to wake')
      if (next.at > limit) throw new Error(`Not done within ${limitMs} ms of virtual time`)
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
  }

  #insert(sleeper: Sleeper): void {
    let low = 0
    let high = this.#sleepers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#sleepers[middle]
      if (other !== undefined && other.at <= sleeper.at) low = middle + 1
      else high = middle
    }
    this.#sleepers.splice(low, 0, sleeper)
  }

  async #idle(): Promise<void> {
    for (let turns = 0; turns < IDLE_TURNS; ) {
      await new Promise((resolve) => setImmediate(resolve))
      turns = this.#pending === 0 ? turns + 1 : 0
    }
  }
}
