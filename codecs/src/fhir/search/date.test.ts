// Dates as intervals: the forms of FHIR R4, zones, and how the prefixes part the line of time.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareRanges, rangeOfDate } from './date.ts'
import type { Prefix, Range } from './types.ts'

const iso = (range: Range | undefined) =>
  range && [new Date(range.low).toISOString(), new Date(range.high).toISOString()]

test.each([
  ['2013', '2013-01-01T00:00:00.000Z', '2014-01-01T00:00:00.000Z'],
  ['2013-01', '2013-01-01T00:00:00.000Z', '2013-02-01T00:00:00.000Z'],
  ['2012-12', '2012-12-01T00:00:00.000Z', '2013-01-01T00:00:00.000Z'],
  ['2013-01-14', '2013-01-14T00:00:00.000Z', '2013-01-15T00:00:00.000Z'],
  ['2013-01-14T10:00', '2013-01-14T10:00:00.000Z', '2013-01-14T10:01:00.000Z'],
  ['2013-01-14T10:00:05', '2013-01-14T10:00:05.000Z', '2013-01-14T10:00:06.000Z'],
  ['2013-01-14T10:00:05.25Z', '2013-01-14T10:00:05.250Z', '2013-01-14T10:00:05.251Z'],
  ['2013-01-14T10:00:00+01:00', '2013-01-14T09:00:00.000Z', '2013-01-14T09:00:01.000Z'],
  ['2013-01-14T10:00:00 01:00', '2013-01-14T09:00:00.000Z', '2013-01-14T09:00:01.000Z'],
  ['2013-01-14T10:00:00-05:00', '2013-01-14T15:00:00.000Z', '2013-01-14T15:00:01.000Z'],
  ['2016-02-29', '2016-02-29T00:00:00.000Z', '2016-03-01T00:00:00.000Z'],
])('%s is as long as it is precise', (text, low, high) => {
  expect(iso(rangeOfDate(text, 'UTC'))).toEqual([low, high])
})

test.each([
  '',
  '13',
  '2013-1',
  '2013-13',
  '2013-02-30',
  '2015-02-29',
  '2013-01-14T10',
  '2013-01-14T25:00',
  '2013-01-14T10:00:00+15:00',
  '2013-01-14 10:00',
  'yesterday',
])('%j is no date', (text) => {
  expect(rangeOfDate(text, 'UTC')).toBeUndefined()
})

describe('a date without a zone is read in the zone that is given', () => {
  test.each([
    ['2024-03-05', '2024-03-05T05:00:00.000Z', '2024-03-06T05:00:00.000Z'],
    // 23 and 25 hours: the clock is changed.
    ['2024-03-10', '2024-03-10T05:00:00.000Z', '2024-03-11T04:00:00.000Z'],
    ['2024-11-03', '2024-11-03T04:00:00.000Z', '2024-11-04T05:00:00.000Z'],
    ['2024-07-04T09:30', '2024-07-04T13:30:00.000Z', '2024-07-04T13:31:00.000Z'],
  ])('%s in New York', (text, low, high) => {
    expect(iso(rangeOfDate(text, 'America/New_York'))).toEqual([low, high])
  })

  test('a zone of its own wins', () => {
    expect(rangeOfDate('2024-03-05T10:00:00Z', 'America/New_York')).toEqual(
      rangeOfDate('2024-03-05T10:00:00Z', 'Asia/Tokyo'),
    )
  })
})

const range = fc
  .tuple(fc.integer({ min: -1e12, max: 2e12 }), fc.integer({ min: 1, max: 4e10 }))
  .map(([low, length]) => ({ low, high: low + length }))
const instantIn = ({ low, high }: Range) =>
  fc.integer({ min: low - 1000, max: high + 1000 }).map((at) => ({ low: at, high: at + 1 }))
const holds = (prefix: Prefix, searched: Range, element: Range) =>
  compareRanges(prefix, searched, element, 0)

test('ge and lt together hold of everything, and of an instant exactly one does', () => {
  fc.assert(
    fc.property(range, range, (searched, element) => {
      expect(holds('ge', searched, element) || holds('lt', searched, element)).toBe(true)
      expect(holds('le', searched, element) || holds('gt', searched, element)).toBe(true)
    }),
  )
  fc.assert(
    fc.property(
      range.chain((searched) => fc.tuple(fc.constant(searched), instantIn(searched))),
      ([searched, element]) => {
        expect(holds('ge', searched, element)).toBe(!holds('lt', searched, element))
        expect(holds('le', searched, element)).toBe(!holds('gt', searched, element))
      },
    ),
  )
})

test('eq and ne part everything; sa, eb and ap do', () => {
  fc.assert(
    fc.property(range, range, (searched, element) => {
      expect(holds('eq', searched, element)).toBe(!holds('ne', searched, element))
      const one = (['sa', 'eb', 'ap'] as const).filter((prefix) => holds(prefix, searched, element))
      expect(one).toHaveLength(1)
    }),
  )
})

test('what is equal is ge and le; what starts after is gt and what ends before is lt', () => {
  fc.assert(
    fc.property(range, range, (searched, element) => {
      if (holds('eq', searched, element)) {
        expect(holds('ge', searched, element)).toBe(true)
        expect(holds('le', searched, element)).toBe(true)
      }
      if (holds('sa', searched, element)) expect(holds('gt', searched, element)).toBe(true)
      if (holds('eb', searched, element)) expect(holds('lt', searched, element)).toBe(true)
    }),
  )
})
