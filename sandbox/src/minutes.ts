// The vendor's rate limit: calls per practice and wall-clock minute of vendor time. It counts and
// says when a practice is blocked; it words no answer.

import type { MinuteCount } from './contract.ts'

/** Calls a practice gets in one minute, token and authorize calls included [D]. */
export const CALLS_PER_MINUTE_MAX = 250
const MINUTE_MS = 60_000
/** Minutes remembered over all practices; the oldest go first. */
const MINUTES_MAX = 50_000

type Counter = { -readonly [K in keyof MinuteCount]: MinuteCount[K] }

export interface Minutes {
  /**
   * Counts one call at each of the practices. True when any of them is past its limit: the call is
   * to be refused, and so is every other until the minute ends.
   */
  arrive(practices: readonly string[], now: number, kind: 'token' | 'other'): boolean
  all(): readonly MinuteCount[]
}

/** `isEnforced` is asked at every call. */
export function createMinutes(isEnforced: () => boolean): Minutes {
  const counters = new Map<string, Counter>()
  const counter = (practice: string, minute: number) => {
    const key = `${practice} ${minute}`
    let found = counters.get(key)
    if (found === undefined) {
      found = { practice, minute, arrived: 0, refused: 0, tokens: 0 }
      counters.set(key, found)
      if (counters.size > MINUTES_MAX) {
        const [oldest] = counters.keys()
        if (oldest !== undefined) counters.delete(oldest)
      }
    }
    return found
  }
  return {
    arrive(practices, now, kind) {
      const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
      const touched = practices.map((practice) => counter(practice, minute))
      for (const each of touched) {
        each.arrived++
        if (kind === 'token') each.tokens++
      }
      const over = touched.filter((each) => each.arrived > CALLS_PER_MINUTE_MAX)
      if (!isEnforced() || over.length === 0) return false
      for (const each of over) each.refused++
      return true
    },
    all: () => [...counters.values()].map((each) => ({ ...each })),
  }
}
