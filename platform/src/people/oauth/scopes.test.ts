// Scopes: which are taken, in which form they are granted, and what they allow.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChartAccess } from '../../kernel/principal.ts'
import { chartsOf, ROLES } from '../roles.ts'
import { allowedBy, both, inWords, isCovered, needsPatient, parseScopes } from './scopes.ts'

test.each([
  ['patient/*.rs', ['patient/*.rs']],
  ['user/Observation.r', ['user/Observation.rs']],
  ['system/*.read', ['system/*.rs']],
  ['patient/*.*', ['patient/*.rs']],
  ['user/Patient.cruds', ['user/Patient.rs']],
  ['patient/Observation.rs patient/Observation.read', ['patient/Observation.rs']],
  ['launch/patient openid fhirUser', ['launch/patient']],
  ['charts:read', ['charts:read']],
])('%s is granted as %j', (text, granted) => {
  expect(parseScopes(text)).toEqual(granted)
})

test.each([
  ...['', 'patient/*.write', 'user/Patient.cud', 'user/Patient.s', 'user/Patient.sr', 'admin'],
  ...['user/patient.rs', 'user/Patient.rs?x=1', 'USER/Patient.rs', 'user/Patient.', 'user/*'],
  ...['constructor', '__proto__', 'patient/*.rs everything', `${'a'.repeat(4_001)}`],
])('%j is not', (text) => {
  expect(parseScopes(text)).toBeUndefined()
})

test('a registration of all types covers one of them, in the same context alone', () => {
  expect(isCovered('user/Patient.rs', ['user/*.rs'])).toBe(true)
  expect(isCovered('user/Patient.rs', ['patient/*.rs', 'system/*.rs'])).toBe(false)
  expect(isCovered('user/*.rs', ['user/Patient.rs'])).toBe(false)
  expect(isCovered('charts:read', ['user/*.rs'])).toBe(false)
})

test('a patient is needed for scopes of patients, and then holds for all scopes', () => {
  expect(needsPatient(['patient/Observation.rs'])).toBe(true)
  expect(needsPatient(['launch/patient'])).toBe(true)
  expect(needsPatient(['user/*.rs'])).toBe(false)
  const { charts } = allowedBy(['patient/Observation.rs', 'user/*.rs'], 'p1')
  expect(charts.patient).toBe('p1')
})

test('scopes without charts show none', () => {
  const { rights, charts } = allowedBy(['monitor:read'], undefined)
  expect(rights).toEqual(['monitor'])
  expect(charts.types).toEqual(new Map())
})

test('what both allow is never more than either, and patients that differ leave nothing', () => {
  const access = fc.record({
    types: fc.oneof(
      fc.constant('all' as const),
      fc
        .array(
          fc.tuple(
            fc.constantFrom('Patient', 'Encounter', 'Observation'),
            fc.oneof(fc.constant('whole' as const), fc.subarray(['status', 'code', 'subject'])),
          ),
        )
        .map((entries) => new Map<string, 'whole' | readonly string[]>(entries)),
    ),
    sensitive: fc.boolean(),
    patient: fc.constantFrom(undefined, 'p1', 'p2'),
  })
  const shows = ({ types }: ChartAccess, type: string, element: string) => {
    const extent = types === 'all' ? 'whole' : types.get(type)
    return extent === 'whole' || (extent?.includes(element) ?? false)
  }
  fc.assert(
    fc.property(access, access, (one, other) => {
      const common = both(one, other)
      const apart = one.patient !== undefined && other.patient !== undefined
      for (const type of ['Patient', 'Encounter', 'Observation', 'Claim'])
        for (const element of ['status', 'code', 'subject', 'note']) {
          const wanted =
            !(apart && one.patient !== other.patient) &&
            shows(one, type, element) &&
            shows(other, type, element)
          expect(shows(common, type, element)).toBe(wanted)
        }
      expect(common.sensitive).toBe(one.sensitive && other.sensitive)
      if (one.patient !== undefined) expect(common.patient).toBe(one.patient)
    }),
  )
})

test('a token never shows more than any role of its person', () => {
  for (const role of ROLES) {
    const person = chartsOf({ roles: [role], practices: undefined, sensitive: false })
    const { charts } = allowedBy(['user/*.rs'], undefined)
    expect(both(person, charts)).toEqual(person)
  }
})

test('every scope that is granted has words for the person who is asked', () => {
  for (const scope of ['patient/*.rs', 'user/Goal.rs', 'launch/patient', 'offline_access'])
    expect(inWords(scope)).not.toBe(scope)
})
