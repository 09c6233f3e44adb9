// Local time around the turns of the clock, and clinic hours.

import { describe, expect, test } from 'vitest'
import { addDays, ageOn, createCalendar, daysBetween, hoursOn } from './calendar.ts'

describe('local calendar', () => {
  const eastern = createCalendar('America/New_York')

  test('shows the offset of the day, before and after the clocks change', () => {
    expect(eastern.dateTime(Date.parse('2026-03-08T06:59:59Z'))).toBe('2026-03-08T01:59:59-05:00')
    expect(eastern.dateTime(Date.parse('2026-03-08T07:00:00Z'))).toBe('2026-03-08T03:00:00-04:00')
    expect(eastern.dateTime(Date.parse('2026-11-01T06:00:00Z'))).toBe('2026-11-01T01:00:00-05:00')
  })

  test('finds the instant of a local time on either side of the change', () => {
    expect(eastern.instant('2026-03-07', 480)).toBe(Date.parse('2026-03-07T13:00:00Z'))
    expect(eastern.instant('2026-03-09', 480)).toBe(Date.parse('2026-03-09T12:00:00Z'))
    expect(eastern.date(Date.parse('2026-03-09T03:59:59Z'))).toBe('2026-03-08')
    expect(eastern.minuteOfDay(Date.parse('2026-03-09T12:34:00Z'))).toBe(8 * 60 + 34)
  })

  test('works in a zone that never changes its clocks and refuses one that does not exist', () => {
    const phoenix = createCalendar('America/Phoenix')
    expect(phoenix.dateTime(Date.parse('2026-07-01T19:00:00Z'))).toBe('2026-07-01T12:00:00-07:00')
    expect(() => createCalendar('Mars/Olympus').date(0)).toThrow(RangeError)
  })

  test('counts days and years over month ends and leap days', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01')
    expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3)
    expect(ageOn('2000-02-29', '2026-02-28')).toBe(25)
    expect(ageOn('2000-02-29', '2026-03-01')).toBe(26)
  })

  test('is open on weekdays, in one facility on Saturday and not on Sunday', () => {
    expect(hoursOn('2026-03-06')).toEqual({ opens: 480, closes: 1020, allFacilities: true })
    expect(hoursOn('2026-03-07')).toEqual({ opens: 540, closes: 780, allFacilities: false })
    expect(hoursOn('2026-03-08')).toBeUndefined()
  })
})
