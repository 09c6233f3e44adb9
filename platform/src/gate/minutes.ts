// The arithmetic of vendor minutes: in which minutes a call may have landed, and what that does to
// the counters. Pure. A minute is named by its start, epoch ms of the vendor's clock.

import { type GateLimits, MINUTE_MS } from './limits.ts'
import { latestOf, offsetAt, type VendorClock } from './vendor-clock.ts'

/** The vendor minutes in which something may happen, first and last included. */
export interface MinuteRange {
  readonly first: number
  readonly last: number
}

/** What one event does to one minute's counters. */
export interface MinuteDelta {
  readonly minute: number
  readonly taken: number
  readonly settled: number
  readonly refused: boolean
}

export function minuteOf(vendorMs: number): number {
  return Math.floor(vendorMs / MINUTE_MS) * MINUTE_MS
}

/** The minutes that the vendor's clock may show now. More than one near a boundary. */
export function minutesNow(clock: VendorClock, now: number, limits: GateLimits): MinuteRange {
  const { low, high } = offsetAt(clock, now, limits)
  return { first: minuteOf(now + low), last: minuteOf(now + high) }
}

/** What an answered call tells about when it arrived. */
export interface Answered {
  readonly sentAt: number
  readonly receivedAt: number
  readonly date: number | undefined
}

/**
 * The minutes in which an answered call may have arrived: not before it was sent, not after the
 * answer was written, by the `Date` it carries or by our own clock, whichever says more.
 */
export function arrivalMinutes(
  clock: VendorClock,
  answered: Answered,
  limits: GateLimits,
): MinuteRange {
  const { low } = offsetAt(clock, answered.sentAt, limits)
  const { high } = offsetAt(clock, answered.receivedAt, limits)
  const latest = answered.receivedAt + high
  const byDate = answered.date === undefined ? latest : latestOf(answered.date, limits)
  const first = minuteOf(answered.sentAt + low)
  return { first, last: Math.max(first, minuteOf(Math.min(latest, byDate))) }
}

/**
 * How a permit is charged: in every minute it may land in. In the last of them it stays unsettled,
 * because it may yet be late.
 */
export function charge(range: MinuteRange): MinuteDelta[] {
  return minutesIn(range).map((minute) => ({
    minute,
    taken: 1,
    settled: minute < range.last ? 1 : 0,
    refused: false,
  }))
}

/** Takes a permit back that was never used. */
export function uncharge(range: MinuteRange): MinuteDelta[] {
  return charge(range).map((delta) => ({
    ...delta,
    taken: -delta.taken,
    settled: -delta.settled,
  }))
}

/**
 * Turns a charge into what is known after the answer: minutes it cannot have landed in are given
 * back, minutes it may have landed in are settled, later ones than charged are charged too.
 * `refused` marks those in which the vendor may have said no.
 */
export function settle(
  charged: MinuteRange,
  landed: MinuteRange,
  options: { readonly refused: boolean; readonly spill: number },
): MinuteDelta[] {
  const lastPossible = charged.last + options.spill * MINUTE_MS
  const last = Math.min(landed.last, lastPossible)
  const first = Math.min(Math.max(landed.first, charged.first), last)
  const deltas = new Map<number, MinuteDelta>()
  for (const delta of uncharge(charged)) deltas.set(delta.minute, delta)
  for (const minute of minutesIn({ first, last })) {
    const before = deltas.get(minute)
    deltas.set(minute, {
      minute,
      taken: (before?.taken ?? 0) + 1,
      settled: (before?.settled ?? 0) + 1,
      refused: options.refused,
    })
  }
  return [...deltas.values()].filter((delta) => delta.taken || delta.settled || delta.refused)
}

/** Adds up deltas by minute, so that a statement carries each minute once. */
export function sumDeltas(deltas: readonly MinuteDelta[]): MinuteDelta[] {
  const sums = new Map<number, MinuteDelta>()
  for (const delta of deltas) {
    const before = sums.get(delta.minute)
    sums.set(delta.minute, {
      minute: delta.minute,
      taken: (before?.taken ?? 0) + delta.taken,
      settled: (before?.settled ?? 0) + delta.settled,
      refused: (before?.refused ?? false) || delta.refused,
    })
  }
  return [...sums.values()]
}

function minutesIn(range: MinuteRange): number[] {
  const minutes: number[] = []
  for (let minute = range.first; minute <= range.last; minute += MINUTE_MS) minutes.push(minute)
  return minutes
}
