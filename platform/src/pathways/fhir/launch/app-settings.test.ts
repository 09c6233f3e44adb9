// Settings of an app for people: which are taken, and which scopes each kind of launch asks for.

import { describe, expect, test } from 'vitest'
import { AppSettings, scopesOf } from './app-settings.ts'

const APP = { clientId: 'a', kind: 'public', scopes: ['openid', 'patient/Patient.read'] } as const
const of = (scopes: readonly string[]) => ({ ...APP, scopes: [...scopes] })

describe('the scopes of a launch', () => {
  test('an EHR launch asks for launch, and for no chart of its own', () => {
    expect(scopesOf(of(['launch/patient', 'openid', 'user/Patient.rs']), 'ehr')).toEqual([
      ...['launch', 'openid', 'user/Patient.rs'],
    ])
  })

  test('a standalone launch asks for a chart when it is about a patient, and never for launch', () => {
    expect(scopesOf(of(['launch', ...APP.scopes]), 'standalone')).toEqual([
      ...['launch/patient', 'openid', 'patient/Patient.read'],
    ])
    expect(scopesOf(of(['user/Patient.rs']), 'standalone')).toEqual(['user/Patient.rs'])
    expect(scopesOf(of(['launch/encounter', 'user/Patient.rs']), 'standalone')).toEqual([
      ...['launch/encounter', 'user/Patient.rs'],
    ])
  })
})

test.each([
  ...['patient/Patient.read', 'user/*.*', 'patient/Coverage.r', 'fhirUser', 'offline_access'],
  'patient/Observation.rs?category=http://terminology.hl7.org//CodeSystem-observation-category|exam',
])('%s is a scope', (scope) => {
  expect(AppSettings.safeParse(of([scope])).success).toBe(true)
})

test.each(['system/Patient.read', 'patient/Patient', 'two words', '', 'patient/patient.read"'])(
  '"%s" is none that an app for people may ask for',
  (scope) => {
    expect(AppSettings.safeParse(of([scope])).success).toBe(false)
  },
)
