// Addresses: what is accepted, filled in and followed, and what is not.

import { describe, expect, test } from 'vitest'
import { baseUrlProblem, fillQuery, followable, parameterNames } from './address.ts'

const BASE = 'https://our.test/fhir/r4/JAFJCD'

describe('a base URL', () => {
  test.each([
    [BASE, undefined],
    ['http://127.0.0.1:4010/fhir/r4/CHEMED', undefined],
    [`${BASE}/`, 'PATHWAY_BASE_URL_SLASH'],
    ['fhir4.example', 'PATHWAY_BASE_URL_INVALID'],
    ['ftp://our.test/x', 'PATHWAY_BASE_URL_INVALID'],
    [`${BASE}?a=1`, 'PATHWAY_BASE_URL_INVALID'],
    ['https://me:secret@our.test/x', 'PATHWAY_BASE_URL_INVALID'],
    ['https://our.test', 'PATHWAY_BASE_URL_NO_PRACTICE'],
  ])('%s', (url, problem) => {
    expect(baseUrlProblem(url)).toBe(problem)
  })
})

describe('a next link', () => {
  test.each([
    [
      'of the vendor’s own host and plain http',
      'http://fhir4.eclinicalworks.com/fhir/r4/JAFJCD/Observation?patient=1&page=2',
      `${BASE}/Observation?patient=1&page=2`,
    ],
    ['relative', 'Observation?page=2', `${BASE}/Observation?page=2`],
    ['with a token at the base itself', `${BASE}?_getpages=abc`, `${BASE}?_getpages=abc`],
    [
      'with escaped ampersands',
      `${BASE}/Observation?patient=1&amp;page=2`,
      `${BASE}/Observation?patient=1&page=2`,
    ],
    [
      'with a page size, which is left out',
      `${BASE}/Observation?_count=50&page=2`,
      `${BASE}/Observation?page=2`,
    ],
    [
      'with encoded values, which stay as they are',
      `${BASE}/Observation?category=a%7Cb&page=2`,
      `${BASE}/Observation?category=a%7Cb&page=2`,
    ],
  ])('%s is followed at our base', (_, link, followed) => {
    expect(followable(link, BASE)).toBe(followed)
  })

  test.each([
    ['to another practice', 'https://our.test/fhir/r4/OTHERS/Observation?page=2'],
    [
      'to a practice whose code only begins the same',
      'https://our.test/fhir/r4/JAFJCDX/Observation',
    ],
    ['out by dots', `${BASE}/../OTHERS/Observation`],
    ['to somewhere else', 'https://our.test/admin'],
    ['that is none', 'http://['],
  ])('%s is refused', (_, link) => {
    expect(() => followable(link, BASE)).toThrow('PATHWAY_LINK_ELSEWHERE')
  })
})

describe('a query', () => {
  test('takes ids and days, and escapes what means something in a search', () => {
    const days = { subject: 'a.b', from: '2026-03-02', until: '2026-03-03' }
    expect(fillQuery('practitioner=Practitioner/{id}&date=ge{from}&date=lt{until}', days)).toBe(
      'practitioner=Practitioner/a.b&date=ge2026-03-02&date=lt2026-03-03',
    )
    expect(fillQuery('name={letter}', { subject: 'é,$|\\&' })).toBe(
      `name=${encodeURIComponent('é\\,\\$\\|\\\\&')}`,
    )
  })

  test.each(['', 'a/b', 'a?b=c', '../x', 'a b', 'x'.repeat(65)])('refuses the id %j', (subject) => {
    expect(() => fillQuery('patient={id}', { subject })).toThrow('PATHWAY_SUBJECT_INVALID')
  })

  test('is named by its parameters without their values', () => {
    expect(parameterNames('patient={id}&date=ge{from}&date=lt{until}')).toBe('patient,date')
  })
})
