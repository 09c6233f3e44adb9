// Where candidates come from, by question: ids before patients before rows before time, and nothing for
// a question that has no bound.

import { parseSearch, readPairs } from '@chartway/codecs/fhir/search'
import { expect, test } from 'vitest'
import type { ChartAccess } from '../../kernel/principal.ts'
import { candidatesOf } from './plan.ts'

const ALL: ChartAccess = { types: 'all', sensitive: true, patient: undefined }
const DAY = 86_400_000
const ZONE = 14 * 3_600_000
const at = (day: string) => Date.parse(`${day}T00:00:00Z`)

function plan(question: string, access: ChartAccess = ALL) {
  const [type = '', query = ''] = question.split('?')
  const context = { timeZone: 'UTC', bases: [] }
  const search = parseSearch(type, readPairs(query) ?? [], context)
  expect(search.problems).toEqual([])
  const chained = () => new Set(['Patient/a', 'Patient/b'])
  return candidatesOf(search, { access, now: at('2026-01-01'), chained })
}

test.each([
  ['Observation?_id=a,b&patient=x', { kind: 'ids', ids: ['a', 'b'] }],
  ['Observation?patient=x&code=1', { kind: 'patients', patients: ['x'] }],
  ['Observation?subject=Patient/x,Patient/y', { kind: 'patients', patients: ['x', 'y'] }],
  ['Observation?patient.name=z', { kind: 'patients', patients: ['a', 'b'] }],
  ['Patient?', { kind: 'all' }],
  ['Location?status=active', { kind: 'all' }],
  ['Observation?code=1', undefined],
  ['Observation?subject=Group/x', undefined],
  ['Patient?name:contains=x', undefined],
  ['Patient?identifier=urn:x|', undefined],
  ['Patient?gender:not=male', undefined],
])('%s', (question, expected) => {
  expect(plan(question)).toEqual(expected)
})

test('a caller of one patient asks that one’s records, of types that belong to patients', () => {
  const one = { ...ALL, patient: 'me' }
  expect(plan('Observation?code=1', one)).toEqual({ kind: 'patients', patients: ['me'] })
  expect(plan('Patient?name=x', one)).toEqual({ kind: 'ids', ids: ['me'] })
  expect(plan('Location?', one)).toEqual({ kind: 'all' })
})

test('rows: values as they stand in them, and what half of a practice has left out', () => {
  expect(plan('Patient?name=M%C3%BCl,x&gender=male')).toEqual({
    kind: 'rows',
    conditions: [
      {
        parameter: 'name',
        any: [
          { kind: 'prefix', value: 'mul' },
          { kind: 'prefix', value: 'x' },
        ],
      },
    ],
  })
  expect(plan('Patient?gender=male')).toMatchObject({ conditions: [{ parameter: 'gender' }] })
  expect(plan('Encounter?practitioner=d')).toEqual({
    kind: 'rows',
    conditions: [
      { parameter: 'practitioner', any: [{ kind: 'equal', values: ['Practitioner/d'] }] },
    ],
  })
})

test('dates: one interval out of both ends, wide enough for every zone', () => {
  const day = at('2025-03-12')
  const bounds = { kind: 'range', lowBelow: day + DAY + ZONE, highFrom: day - ZONE }
  expect(plan('Encounter?date=ge2025-03-12&date=lt2025-03-13')).toEqual({
    kind: 'rows',
    conditions: [{ parameter: 'date', any: [bounds] }],
  })
  expect(plan('Patient?birthdate=1970-03-12')).toMatchObject({
    conditions: [
      { any: [{ lowFrom: at('1970-03-12') - ZONE, lowBelow: at('1970-03-13') + ZONE + 1 }] },
    ],
  })
})

test('time of change: the narrowest span, in the order that is asked for', () => {
  expect(plan('Observation?_lastUpdated=ge2025-01-01&_lastUpdated=lt2025-02-01&code=1')).toEqual({
    kind: 'changed',
    from: at('2025-01-01'),
    before: at('2025-02-01') + 1,
    descending: false,
  })
  expect(plan('Observation?_sort=-_lastUpdated')).toMatchObject({
    kind: 'changed',
    descending: true,
  })
})
