// When questions are asked: which ones a plan gives, how often, and how failures wait. No database.

import { expect, test } from 'vitest'
import type { SearchRow } from '../pathways/contract.ts'
import {
  DEFAULT_SWEEP,
  directoryQuestions,
  idSearch,
  incompleteRetryAt,
  intervalOf,
  questionsAbout,
  retryAt,
  typeOfIdSearch,
} from './schedule.ts'

const NOW = 1_800_000_000_000
const row = (name: string, per: SearchRow['per'], more: Partial<SearchRow> = {}): SearchRow => ({
  name,
  type: name.split('.')[0] ?? name,
  per,
  covers: [],
  ...more,
})
const PLAN = [
  row('Patient.roster', 'letter', { subjects: ['a', 'b'] }),
  row('Location.roster', 'letter'),
  row('Organization', 'practice'),
  row('Condition', 'patient'),
  row('Encounter.telephone', 'practitioner'),
  row('Medication.byId', 'id'),
]

test('rosters and whole-practice questions need nothing first, people before places', () => {
  const questions = directoryQuestions(PLAN, NOW)
  const patients = questions.filter(({ search }) => search === 'Patient.roster')
  expect(patients.map(({ subject }) => subject)).toEqual(['a', 'b'])
  const places = questions.filter(({ search }) => search === 'Location.roster')
  expect(places).toHaveLength(36)
  expect(places.map(({ subject }) => subject).join('')).toBe('abcdefghijklmnopqrstuvwxyz0123456789')
  expect(questions.filter(({ search }) => search === 'Organization')).toHaveLength(1)
  expect(questions).toHaveLength(2 + 36 + 1)
  const later = Math.min(...places.map(({ rank }) => rank))
  expect(patients.every(({ rank, dueAt }) => rank < later && dueAt === NOW)).toBe(true)
})

test.each([
  ['Patient', ['Condition']],
  ['Practitioner', ['Encounter.telephone']],
  ['Location', []],
  ['Condition', []],
])('a %s raises the questions about one: %j', (type, searches) => {
  const raised = questionsAbout(PLAN, type, 'x.1', NOW)
  expect(raised.map(({ search }) => search)).toEqual(searches)
  expect(raised.every(({ subject, dueAt }) => subject === 'x.1' && dueAt === NOW)).toBe(true)
})

test.each([
  ['Condition', DEFAULT_SWEEP.chartIntervalMs],
  ['Encounter.telephone', DEFAULT_SWEEP.chartIntervalMs],
  ['Patient.roster', DEFAULT_SWEEP.rosterIntervalMs],
  ['Organization', DEFAULT_SWEEP.rosterIntervalMs],
  ['Medication.byId', DEFAULT_SWEEP.referenceIntervalMs],
  ['not in the plan', DEFAULT_SWEEP.referenceIntervalMs],
])('%s is asked again after %i ms', (name, interval) => {
  expect(
    intervalOf(
      PLAN.find((one) => one.name === name),
      DEFAULT_SWEEP,
    ),
  ).toBe(interval)
})

test('failures wait 15 s, then twice as long each time, and never more than 10 minutes', () => {
  const waits = Array.from({ length: 9 }, (_, attempts) => retryAt(NOW, attempts) - NOW)
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 600, 600, 600].map((s) => s * 1000))
  expect(retryAt(NOW, 1_000_000) - NOW).toBe(600_000)
})

test('an incomplete answer is asked again after a minute, and later as it goes on', () => {
  const waits = [0, 1, 2, 3, 10].map((attempts) => incompleteRetryAt(NOW, attempts) - NOW)
  expect(waits).toEqual([60, 60, 60, 120, 600].map((s) => s * 1000))
})

test('a question about one id is named after its type', () => {
  expect(idSearch('Medication')).toBe('Medication.byId')
  expect(typeOfIdSearch(idSearch('Medication'))).toBe('Medication')
  expect(typeOfIdSearch('Observation.laboratory')).toBeUndefined()
})
