// Searches from their text to what they match: the rules and examples of FHIR R4, search.html, each by
// its clause, and properties that hold of every search.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, Resource } from '../types.ts'
import {
  entriesOf,
  matches,
  parameterOf,
  parametersOf,
  parseSearch,
  readPairs,
  SEARCHED_TYPES,
  sortValue,
} from './index.ts'

const CONTEXT = {
  timeZone: 'America/New_York',
  bases: ['https://door.example/fhir/r4/elm'],
  now: Date.UTC(2026, 0, 1),
}

function search(query: string, type = query.split('?')[0] ?? '') {
  const pairs = readPairs(query.slice(query.indexOf('?') + 1))
  if (pairs === undefined) throw new Error('The query cannot be read')
  return parseSearch(type, pairs, CONTEXT)
}

function found(query: string, resource: { [name: string]: Json }): boolean {
  const type = query.split('?')[0] ?? ''
  const { criteria, problems, ignored } = search(query)
  expect({ problems, ignored }).toEqual({ problems: [], ignored: [] })
  return matches({ resourceType: type, id: 'r1', ...resource }, criteria, CONTEXT)
}

const problemsOf = (query: string) =>
  search(query).problems.map(({ code, parameter }) => `${code} ${parameter}`)

describe('date (3.1.1.4.7)', () => {
  const at = (effectiveDateTime: string) => ({ effectiveDateTime })
  test.each([
    ['eq2013-01-14', '2013-01-14T00:00:00-05:00', true],
    ['eq2013-01-14', '2013-01-14T10:00:00-05:00', true],
    ['eq2013-01-14', '2013-01-15T00:00:00-05:00', false],
    ['ne2013-01-14', '2013-01-15T00:00:00-05:00', true],
    ['ne2013-01-14', '2013-01-14T10:00:00-05:00', false],
    ['lt2013-01-14T10:00', '2013-01-14', true],
    ['gt2013-01-14T10:00', '2013-01-14', true],
    ['ge2013-03-14', '2013-01-21', false],
    ['le2013-03-14', '2013-01-21', true],
    ['sa2013-03-14', '2013-03-15', true],
    ['sa2013-03-14', '2013-03-14', false],
    ['eb2013-03-14', '2013-03-13', true],
    ['eb2013-03-14', '2013-03-14T23:59:59-04:00', false],
    ['ap2013-03-14', '2013-01-21', true],
    ['ap2013-03-14', '2010-01-21', false],
    // A day is the practice's day: in UTC this is the fifteenth.
    ['2013-01-14', '2013-01-15T03:30:00Z', true],
    ['2013-01', '2013-01-31T23:00:00-05:00', true],
  ])('%s of %s: %s', (value, element, expected) => {
    expect(found(`Observation?date=${value}`, at(element))).toBe(expected)
  })

  test('a period is compared as a whole, and an open end reaches beyond every date', () => {
    const from = { period: { start: '2013-01-23' } }
    expect(found('Encounter?date=gt2050', from)).toBe(true)
    expect(found('Encounter?date=lt2013-01-23', from)).toBe(false)
    expect(found('Encounter?date=eq2013', from)).toBe(false)
    expect(
      found('Encounter?date=eq2013', { period: { start: '2013-01-23', end: '2013-02' } }),
    ).toBe(true)
  })

  test('a timing is compared by its events', () => {
    const dosageInstruction = [{ timing: { event: ['2020-01-01', '2021-06-01'] } }]
    expect(found('MedicationRequest?date=2021-06', { dosageInstruction })).toBe(true)
    expect(found('MedicationRequest?date=2022', { dosageInstruction })).toBe(false)
  })
})

describe('string (3.1.1.4.8)', () => {
  const named = (...name: Json[]) => ({ name })
  test.each([
    ['given=eve', { given: ['Eve'] }, true],
    ['given=eve', { given: ['Evelyn'] }, true],
    ['given=eve', { given: ['Severine'] }, false],
    ['given:contains=eve', { given: ['Severine'] }, true],
    ['given:exact=Eve', { given: ['Eve'] }, true],
    ['given:exact=Eve', { given: ['eve'] }, false],
    ['given:exact=Eve', { given: ['EVE'] }, false],
    ['family=munoz', { family: 'Muñoz' }, true],
    ['family=Mu%C3%B1oz', { family: 'MUNOZ' }, true],
    ['name=van', { family: 'Van  Houten', given: ['Milhouse'] }, true],
    ['name=van%20hou', { family: 'Van  Houten' }, true],
    ['name=mil', { family: 'Van Houten', given: ['Milhouse'] }, true],
    ['family=a\\,b', { family: 'a,b' }, true],
  ])('Patient?%s', (query, name, expected) => {
    expect(found(`Patient?${query}`, named(name))).toBe(expected)
  })

  test('an address by any of its parts', () => {
    const address = [{ line: ['41 Highland Avenue'], city: 'Winchester', postalCode: '01890' }]
    expect(found('Organization?address=highland', { address })).toBe(false)
    expect(found('Organization?address=41+high', { address })).toBe(true)
    expect(found('Organization?address=WINCH', { address })).toBe(true)
    expect(found('Organization?address-city=018', { address })).toBe(false)
  })
})

describe('token (3.1.1.4.10)', () => {
  const coded = (coding: Json[], text = '') => ({ code: { coding, text } })
  const glucose = coded(
    [{ system: 'http://loinc.org', code: '2345-7', display: 'Glucose' }],
    'Sugar',
  )
  test.each([
    ['code=2345-7', true],
    ['code=http://loinc.org|2345-7', true],
    ['code=http://loinc.org|', true],
    ['code=|2345-7', false],
    ['code=http://snomed.info/sct|2345-7', false],
    ['code=1-1,2345-7', true],
    ['code=1-1&code=2345-7', false],
    ['code:not=2345-7', false],
    ['code:not=1-1', true],
    ['code:text=glu', true],
    ['code:text=SUG', true],
    ['code:text=ugar', false],
    ['code:missing=true', false],
    ['code:missing=false', true],
    ['method:missing=true', true],
    ['method:not=x', true],
  ])('Observation?%s: %s', (query, expected) => {
    expect(found(`Observation?${query}`, glucose)).toBe(expected)
  })

  test('no system at all, an escaped bar, and case', () => {
    expect(found('Observation?code=|local', coded([{ code: 'local' }]))).toBe(true)
    expect(found('Observation?code=a%5C%7Cb', coded([{ code: 'a|b' }]))).toBe(true)
    expect(found('Observation?code=LOCAL', coded([{ code: 'local' }]))).toBe(false)
  })

  test('a plain code has the system it is bound to', () => {
    const status = { status: 'final' }
    expect(found('Observation?status=final', status)).toBe(true)
    expect(found('Observation?status=http://hl7.org/fhir/observation-status|final', status)).toBe(
      true,
    )
    expect(found('Observation?status=http://loinc.org|final', status)).toBe(false)
  })

  test('identifiers, flags, telephone numbers and presence', () => {
    const identifier = [{ system: 'urn:mrn', value: '1234' }]
    expect(found('Patient?identifier=urn:mrn|1234', { identifier })).toBe(true)
    expect(found('Patient?identifier=urn:other|1234', { identifier })).toBe(false)
    expect(found('Patient?active=true', { active: true })).toBe(true)
    const telecom = [{ system: 'phone', value: '(617) 555-0101' }]
    expect(found('Patient?phone=6175550101', { telecom })).toBe(true)
    expect(found('Patient?email=6175550101', { telecom })).toBe(false)
    expect(found('Patient?deceased=true', { deceasedDateTime: '2020' })).toBe(true)
    expect(found('Patient?deceased=false', {})).toBe(true)
    expect(found('Patient?deceased=true', { deceasedBoolean: false })).toBe(false)
  })
})

describe('reference (3.1.1.4.12)', () => {
  const of = (reference: string) => ({ subject: { reference } })
  test.each([
    ['patient=23', 'Patient/23', true],
    ['patient=Patient/23', 'Patient/23', true],
    ['patient=https://door.example/fhir/r4/elm/Patient/23', 'Patient/23', true],
    ['patient=Patient/23', 'https://door.example/fhir/r4/elm/Patient/23', true],
    ['patient=Patient/23', 'Patient/23/_history/4', true],
    ['patient=https://other.example/Patient/23', 'Patient/23', false],
    ['patient=23', 'Group/23', false],
    ['subject=23', 'Group/23', true],
    ['subject:Group=23', 'Group/23', true],
    ['subject:Patient=23', 'Group/23', false],
    ['subject:Group=Group/23', 'Group/23', true],
    ['subject=https://other.example/Patient/23', 'https://other.example/Patient/23', true],
  ])('Condition?%s of %s: %s', (query, reference, expected) => {
    expect(found(`Condition?${query}`, of(reference))).toBe(expected)
  })

  test('by the identifier of what is pointed at', () => {
    const subject = { identifier: { system: 'urn:mrn', value: '7' } }
    expect(found('Condition?subject:identifier=urn:mrn|7', { subject })).toBe(true)
    expect(found('Condition?subject:identifier=urn:mrn|8', { subject })).toBe(false)
  })

  test('a canonical with and without its version', () => {
    const answered = { questionnaire: 'http://forms.example/Questionnaire/phq|2' }
    const asked = 'QuestionnaireResponse?questionnaire='
    expect(found(`${asked}http://forms.example/Questionnaire/phq`, answered)).toBe(true)
    expect(found(`${asked}http://forms.example/Questionnaire/phq%7C2`, answered)).toBe(true)
    expect(found(`${asked}http://forms.example/Questionnaire/phq%7C3`, answered)).toBe(false)
  })
})

describe('number and quantity (3.1.1.4.6, 3.1.1.4.11)', () => {
  const valued = (value: number) => ({
    valueQuantity: { value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  })
  test.each([
    ['100', 99.5, true],
    ['100', 100.4, true],
    ['100', 100.5, false],
    ['100.00', 100.006, false],
    ['1e2', 149, true],
    ['1e2', 151, false],
    ['lt100', 99.99, true],
    ['lt100', 100, false],
    ['ge100', 100, true],
    ['ne100', 100, false],
    ['ap5.4', 5.9, true],
    ['ap5.4', 6, false],
    ['5.4||mg', 5.4, true],
    ['5.4||kg', 5.4, false],
    ['5.4|http://unitsofmeasure.org|mg', 5.4, true],
    ['5.4|http://snomed.info/sct|mg', 5.4, false],
    ['-3', -3.2, true],
  ])('value-quantity=%s of %d: %s', (value, element, expected) => {
    expect(found(`Observation?value-quantity=${value}`, valued(element))).toBe(expected)
  })
})

describe('what is written in a query', () => {
  test('values are any of, parameters all of, and + is a space', () => {
    const { criteria } = search('Patient?family=a,b&given=c+d')
    expect(criteria.map(({ values }) => values)).toEqual([
      [
        { kind: 'string', text: 'a' },
        { kind: 'string', text: 'b' },
      ],
      [{ kind: 'string', text: 'c d' }],
    ])
  })

  test('a chain asks of every type that has the parameter, or of the one named', () => {
    const [general] = search('Encounter?subject.name=x').criteria
    expect(general?.chain.map(({ type }) => type)).toEqual(['Patient'])
    const [role] = search('PractitionerRole?practitioner.identifier=urn:npi|1').criteria
    expect(role?.chain[0]?.criterion.parameter.name).toBe('identifier')
    const [named] = search('Encounter?subject:Patient.birthdate=1970').criteria
    expect(named?.chain[0]?.criterion.values[0]?.kind).toBe('date')
  })

  test('what says how to answer is no criterion', () => {
    expect(
      search('Observation?_count=10&_sort=-date,code&_total=accurate&_summary=count&_format=json'),
    ).toMatchObject({
      count: 10,
      total: 'accurate',
      summary: 'count',
      criteria: [],
      ignored: [],
      problems: [],
      sort: [{ descending: true }, { descending: false }],
    })
    const included = search(
      'MedicationRequest?_include=MedicationRequest:medication&_revinclude=Provenance:target',
    )
    expect(included.includes[0]?.parameter.name).toBe('medication')
    expect(included.revincludes[0]?.type).toBe('Provenance')
  })

  test('a parameter that the type does not have is named and not served', () => {
    expect(search('Patient?favourite-colour=red&name=x')).toMatchObject({
      ignored: ['favourite-colour'],
      problems: [],
    })
  })

  test.each([
    ['Patient?_has:Observation:patient:code=1', 'SEARCH_HAS_NOT_SERVED _has'],
    ['Patient?birthdate=1970-13', 'SEARCH_VALUE_INVALID birthdate'],
    ['Patient?name=', 'SEARCH_VALUE_INVALID name'],
    ['Patient?name=a,,b', 'SEARCH_VALUE_INVALID name'],
    ['Patient?identifier=a|b|c', 'SEARCH_VALUE_INVALID identifier'],
    ['Patient?name:below=x', 'SEARCH_MODIFIER_NOT_SERVED name'],
    ['Observation?code:in=x', 'SEARCH_MODIFIER_NOT_SERVED code'],
    ['Condition?patient:Group=1', 'SEARCH_MODIFIER_NOT_SERVED patient'],
    ['Condition?patient=Group/1', 'SEARCH_VALUE_INVALID patient'],
    ['Condition?patient.general-practitioner.name=x', 'SEARCH_CHAIN_NOT_SERVED patient'],
    ['Condition?code.name=x', 'SEARCH_CHAIN_NOT_SERVED code'],
    ['Condition?patient.birthdate=x', 'SEARCH_VALUE_INVALID patient.birthdate'],
    ['Condition?_include:iterate=Condition:patient', 'SEARCH_ITERATE_NOT_SERVED _include:iterate'],
    ['Condition?_include=Patient:link', 'SEARCH_INCLUDE_NOT_SERVED _include'],
    ['Condition?_include=*', 'SEARCH_INCLUDE_NOT_SERVED _include'],
    ['Patient?_revinclude=Organization:partof', 'SEARCH_INCLUDE_NOT_SERVED _revinclude'],
    ['Patient?_sort=deceased', 'SEARCH_SORT_NOT_SERVED _sort'],
    ['Patient?_summary=true', 'SEARCH_SUMMARY_NOT_SERVED _summary'],
    ['Patient?_count=many', 'SEARCH_VALUE_INVALID _count'],
    ['Observation?value-quantity=gt', 'SEARCH_VALUE_INVALID value-quantity'],
  ])('%s: %s, without the value', (query, expected) => {
    expect(problemsOf(query)).toEqual([expected])
  })

  test('a broken escape makes no query', () => {
    expect(readPairs('name=%E0%A4%A')).toBeUndefined()
  })

  test('limits hold', () => {
    expect(readPairs('a=b&'.repeat(101))).toBeUndefined()
    expect(problemsOf(`Observation?code=${'1,'.repeat(600)}1`)).toEqual([
      'SEARCH_VALUES_TOO_MANY code',
    ])
    expect(problemsOf(`Patient?name=${'x'.repeat(1001)}`)).toEqual(['SEARCH_VALUE_INVALID name'])
  })
})

test('nothing that is sent makes the reader throw', () => {
  const name = fc.oneof(
    fc.constantFrom(...parametersOf('Observation').map((one) => one.name), '_sort', '_include'),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'code.__proto__',
      'subject.constructor',
    ),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
      const read = parseSearch('Observation', pairs, CONTEXT)
      const resource = { resourceType: 'Observation', id: 'x', code: { text: 'y' } }
      expect(typeof matches(resource, read.criteria, CONTEXT)).toBe('boolean')
    }),
  )
})

test('every value that is escaped comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 50 }), (text) => {
      const escaped = text.replace(/[,|$\\]/g, '\\$&')
      const pairs = readPairs(`family=${encodeURIComponent(escaped)}`) ?? []
      const [criterion] = parseSearch('Patient', pairs, CONTEXT).criteria
      expect(criterion?.values).toEqual([{ kind: 'string', text }])
    }),
  )
})

test('every parameter of every type looks somewhere, and points at types by their names', () => {
  expect(SEARCHED_TYPES.length).toBeGreaterThan(30)
  for (const type of SEARCHED_TYPES)
    for (const { name, paths, targets } of parametersOf(type)) {
      expect([type, name, paths.length > 0]).toEqual([type, name, true])
      for (const target of targets) expect(target).toMatch(/^[A-Z][A-Za-z]+$/)
    }
})

test('sorting takes the first for ascending and the last for descending', () => {
  const parameter = parameterOf('Patient', 'family')
  const patient = { resourceType: 'Patient', name: [{ family: 'Ba' }, { family: 'Ab' }] }
  if (parameter === undefined) throw new Error('Patient has a family')
  expect(sortValue(patient, parameter, CONTEXT, false)).toBe('ab')
  expect(sortValue(patient, parameter, CONTEXT, true)).toBe('ba')
})

// US Core 6.1.0's examples and Synthea's patients, when they are there: what a resource's own entries
// say finds the resource again.
const SAMPLES = join(import.meta.dirname, '../../../../../shared/data/fhir')
test.skipIf(!existsSync(SAMPLES))('samples are found by their own tokens and references', () => {
  let looked = 0
  for (const type of SEARCHED_TYPES)
    for (const set of ['us-core-6.1.0', 'synthea']) {
      const file = join(SAMPLES, set, `${type}.ndjson`)
      if (!existsSync(file)) continue
      const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).slice(0, 60)
      for (const line of lines) {
        const resource: Resource = JSON.parse(line)
        for (const parameter of parametersOf(type))
          for (const entry of entriesOf(resource, parameter, CONTEXT)) {
            if (entry.kind === 'range' || (entry.kind === 'text' && entry.text === '')) continue
            const text =
              entry.kind === 'token'
                ? `${entry.system}${entry.system === '' ? '' : '|'}${entry.code.replace(/[,|$\\]/g, '\\$&')}`
                : entry.kind === 'text'
                  ? entry.text.replace(/[,|$\\]/g, '\\$&')
                  : entry.reference
            const { criteria, problems } = parseSearch(type, [[parameter.name, text]], CONTEXT)
            if (problems.length > 0 || parameter.form === 'presence') continue
            expect([type, parameter.name, matches(resource, criteria, CONTEXT)]).toEqual([
              type,
              parameter.name,
              true,
            ])
            looked += 1
          }
      }
    }
  expect(looked).toBeGreaterThan(5000)
})
