// What is known of the vendor's clock: an interval that holds its offset from ours, learnt from
// `Date` headers. Pure; it neither waits nor stores.

import type { GateLimits } from './limits.ts'

/** The vendor's clock minus ours lies in [low, high], both ms, as known at `at` of our clock. */
export interface VendorClock {
  readonly low: number
  readonly high: number
  readonly at: number
  /** False until an answer taught us: the interval is then an assumption. */
  readonly known: boolean
}

export interface DateSample {
  /** The `Date` header, epoch ms; it has a resolution of one second and rounds down. */
  readonly date: number
  /** Our clock just before the request left and just after the answer was there. */
  readonly sentAt: number
  readonly receivedAt: number
}

const DATE_RESOLUTION_MS = 1000

export function assumedClock(now: number, limits: GateLimits): VendorClock {
  return { low: -limits.clockErrorMsMax, high: limits.clockErrorMsMax, at: now, known: false }
}

/** The interval as it stands now: the clocks may have parted since it was learnt. */
export function offsetAt(
  clock: VendorClock,
  now: number,
  limits: GateLimits,
): { readonly low: number; readonly high: number } {
  if (!clock.known) return { low: clock.low, high: clock.high }
  const parted = (Math.max(0, now - clock.at) * limits.clockDriftPpm) / 1_000_000
  return { low: clock.low - parted, high: clock.high + parted }
}

/** The latest vendor time at which an answer with this `Date` can have been written. */
export function latestOf(date: number, limits: GateLimits): number {
  return date + DATE_RESOLUTION_MS - 1 + limits.dateSlackMs
}

/**
 * Narrows the interval by one answer. The vendor wrote `Date` at some time between our sending and
 * receiving, so its offset is at least `date - receivedAt` and at most the second's end minus
 * `sentAt`. When this contradicts what was known, a clock was set: `reset` is true and only the
 * newest answer counts.
 */
export function learn(
  clock: VendorClock,
  sample: DateSample,
  limits: GateLimits,
): { readonly clock: VendorClock; readonly reset: boolean } {
  const seen = {
    low: sample.date - sample.receivedAt,
    high: latestOf(sample.date, limits) + 1 - sample.sentAt,
  }
  const fresh: VendorClock = { ...seen, at: sample.receivedAt, known: true }
  if (!clock.known) return { clock: fresh, reset: false }
  const before = offsetAt(clock, sample.receivedAt, limits)
  const low = Math.max(seen.low, before.low)
  const high = Math.min(seen.high, before.high)
  if (low > high) return { clock: fresh, reset: true }
  const at = Math.max(sample.receivedAt, clock.at)
  return { clock: { low, high, at, known: true }, reset: false }
}
