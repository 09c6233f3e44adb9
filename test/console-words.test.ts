// Words of the console: ages, dates, search terms and measured values, as people read and type them.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { termsOf } from '../console/src/api/sought.ts'
import { ageInWords, dateInWords, dayOf, exactly, yearsOld } from '../console/src/api/words.ts'
import { measuredText } from '../console/src/pages/chart/values.ts'

const NEW_YORK = 'America/New_York'

test.each([
  [0, 'just now'],
  [42, '42 seconds ago'],
  [90, '2 minutes ago'],
  [3 * 3600, '3 hours ago'],
  [60 * 3600, '3 days ago'],
  [-7200, 'in 2 hours'],
  [400 * 86_400, '13 months ago'],
  [3 * 365.25 * 86_400, '3 years ago'],
])('an age of %d seconds is %s', (seconds, words) => {
  expect(ageInWords(seconds)).toBe(words)
})

test('an age always has words, and never a fraction', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (seconds) => {
      expect(ageInWords(seconds)).toMatch(/^just now$|^(in )?\d+ [a-z]+( ago)?$/)
    }),
  )
})

test('a date without a time stays that day in every zone; an instant is told in the zone', () => {
  expect(dateInWords('2026-03-01', NEW_YORK)).toBe('Mar 1, 2026')
  expect(dateInWords('2026-03-01T02:00:00Z', NEW_YORK)).toBe('Feb 28, 2026')
  expect(dateInWords('1984', NEW_YORK)).toBe('1984')
  expect(dateInWords('1984-05', NEW_YORK)).toBe('May 1984')
  expect(dateInWords('no date', NEW_YORK)).toBe('no date')
})

test('an exact instant names its zone, in summer and in winter', () => {
  expect(exactly(Date.UTC(2026, 6, 1, 12), NEW_YORK)).toContain('08:00:00 EDT')
  expect(exactly(Date.UTC(2026, 0, 1, 12), NEW_YORK)).toContain('07:00:00 EST')
  expect(dayOf(Date.UTC(2026, 0, 1, 3), NEW_YORK)).toBe('2025-12-31')
})

test('years are counted by birthdays', () => {
  expect(yearsOld('2000-11-20', Date.UTC(2026, 10, 19))).toBe('25')
  expect(yearsOld('2000-11-20', Date.UTC(2026, 10, 20))).toBe('26')
  expect(yearsOld('2000', Date.UTC(2026, 10, 20))).toBe('')
})

test('what is typed becomes a name, a birth date and an identifier', () => {
  expect(termsOf('robinson, mark')).toEqual({ name: 'robinson mark' })
  expect(termsOf('3/9/1984 patel')).toEqual({ name: 'patel', birthDate: '1984-03-09' })
  expect(termsOf('1984-03-09')).toEqual({ birthDate: '1984-03-09' })
  expect(termsOf('9112')).toEqual({ identifier: '9112' })
  expect(termsOf('  ')).toEqual({})
})

test('a blood pressure is told by its two parts, and a missing value by why it is missing', () => {
  const value = (number: number) => ({
    ...{ kind: 'number' as const, number, comparator: null, unit: 'mm[Hg]', unitCode: null },
    ...{ text: null, concept: null, flag: null, low: null, high: null, when: null, original: null },
  })
  const part = (number: number) => ({
    ...{ code: null, value: value(number), absent: null, interpretations: [] },
  })
  const rest = {
    ...{ id: 'a', code: null, interpretations: null, referenceRanges: null, effective: null },
    ...{ issued: null, encounter: null, status: null },
    provenance: {
      ...{ pathway: 'fhir', search: 's', version: 1, firstSeenAt: '', changedSeenAt: '' },
      ...{ vendorUpdatedAt: null, sources: [] },
    },
    freshness: { asOf: null, ageSeconds: null },
  }
  const both = { ...rest, value: null, components: [part(120), part(80)], absent: null }
  expect(measuredText(both)).toBe('120/80 mmHg')
  const absent = { text: 'Not done', codings: [] }
  expect(measuredText({ ...rest, value: null, components: null, absent })).toBe('Not done')
})
