// Leaves a practice alone for a while after failures in a row. Pure; who waits is not its business.

import type { GateLimits } from './limits.ts'

export interface Breaker {
  readonly failures: number
  /** Nothing is sent before this time; afterwards one call at a time until one succeeds. */
  readonly pausedUntil: number
}

export const CLOSED: Breaker = { failures: 0, pausedUntil: 0 }

export function afterFailure(breaker: Breaker, now: number, limits: GateLimits): Breaker {
  const failures = breaker.failures + 1
  if (failures < limits.failuresMax) return { failures, pausedUntil: 0 }
  const doublings = Math.min(failures - limits.failuresMax, 30)
  const pause = Math.min(limits.pauseMs * 2 ** doublings, limits.pauseMsMax)
  return { failures, pausedUntil: now + pause }
}

/** How many calls may be under way: none, one to try, or as many as anyone likes. */
export function allowed(breaker: Breaker, now: number, limits: GateLimits): number {
  if (breaker.failures < limits.failuresMax) return Number.POSITIVE_INFINITY
  return now < breaker.pausedUntil ? 0 : 1
}
