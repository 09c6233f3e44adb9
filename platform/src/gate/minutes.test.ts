// The arithmetic under the budget, for any clocks and latencies: the vendor's true offset stays inside
// what is known of it, and the minute a call truly landed in is always among those it is counted in.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_LIMITS, MINUTE_MS } from './limits.ts'
import {
  arrivalMinutes,
  charge,
  type MinuteDelta,
  minuteOf,
  minutesNow,
  settle,
} from './minutes.ts'
import { assumedClock, learn, offsetAt, type VendorClock } from './vendor-clock.ts'

const START = Date.parse('2026-03-02T13:30:00Z')
const limits = DEFAULT_LIMITS

const journey = fc.record({
  gap: fc.integer({ min: 0, max: 30_000 }),
  there: fc.integer({ min: 0, max: 20_000 }),
  back: fc.integer({ min: 0, max: 20_000 }),
  dated: fc.boolean(),
})

test('what is known of the vendor’s clock holds the truth, and counts hold the true minute', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -4_900, max: 4_900 }),
      fc.integer({ min: -400, max: 400 }),
      fc.array(journey, { maxLength: 30 }),
      (skew, ppm, journeys) => {
        const vendorTime = (at: number) => at + skew + ((at - START) * ppm) / 1_000_000
        let clock: VendorClock = assumedClock(START, limits)
        let now = START
        for (const { gap, there, back, dated } of journeys) {
          const sentAt = now + gap
          const charged = minutesNow(clock, sentAt, limits)
          const landedAt = vendorTime(sentAt + there)
          const receivedAt = sentAt + there + back
          const date = Math.floor(landedAt / 1000) * 1000
          if (dated) {
            const learnt = learn(clock, { date, sentAt, receivedAt }, limits)
            expect(learnt.reset).toBe(false)
            clock = learnt.clock
          }
          const { low, high } = offsetAt(clock, receivedAt, limits)
          const truth = vendorTime(receivedAt) - receivedAt
          expect(low).toBeLessThanOrEqual(truth)
          expect(high).toBeGreaterThanOrEqual(truth)
          const answered = { sentAt, receivedAt, date: dated ? date : undefined }
          const landed = arrivalMinutes(clock, answered, limits)
          const deltas = [
            ...charge(charged),
            ...settle(charged, landed, { refused: false, spill: 2 }),
          ]
          const counts = totals(deltas)
          expect(counts.get(minuteOf(landedAt))).toEqual({ taken: 1, settled: 1 })
          for (const { taken, settled } of counts.values()) {
            expect(taken).toBe(settled)
            expect([0, 1]).toContain(taken)
          }
          now = receivedAt
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('a `Date` that contradicts what was known means that a clock was set', () => {
  const sample = (date: number, sentAt: number) => ({ date, sentAt, receivedAt: sentAt + 100 })
  const known = learn(assumedClock(START, limits), sample(START, START), limits).clock
  const later = START + 5 * MINUTE_MS
  const after = learn(known, sample(later + 90_000, later), limits)
  expect(after.reset).toBe(true)
  expect(offsetAt(after.clock, later + 100, limits)).toEqual({ low: 89_900, high: 91_050 })
})

function totals(deltas: readonly MinuteDelta[]) {
  const sums = new Map<number, { taken: number; settled: number }>()
  for (const { minute, taken, settled } of deltas) {
    const before = sums.get(minute) ?? { taken: 0, settled: 0 }
    sums.set(minute, { taken: before.taken + taken, settled: before.settled + settled })
  }
  return sums
}
