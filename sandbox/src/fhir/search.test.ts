// Searches: every row of the table of combinations, the meaning of each parameter, pages and the shape
// of a Bundle. It tests no authorization.

import type { Resource } from '@chartway/codecs/fhir'
import { beforeAll, describe, expect, test } from 'vitest'
import { CODE, type Keys, makeKeys, type Rig, rig } from '../rig.ts'
import { COMBINATIONS, TYPES } from './tables.ts'

let keys: Keys
let one: Rig
beforeAll(async () => {
  keys = await makeKeys()
})

const category = (code: string) => [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] },
]
const patient = (id: string, more: Partial<Resource> = {}): Resource => ({
  resourceType: 'Patient',
  id,
  gender: 'female',
  ...more,
})
const of = (type: string, id: string, more: Partial<Resource>): Resource => ({
  resourceType: type,
  id,
  subject: { reference: 'Patient/p1' },
  ...more,
})
const visit = (id: string, start: string, more: Partial<Resource> = {}) =>
  of('Encounter', id, {
    status: 'finished',
    participant: [{ individual: { reference: 'Practitioner/dr.1' } }],
    period: { start, end: start },
    ...more,
  })

const RESOURCES: Resource[] = [
  patient('p1', {
    name: [
      { family: 'Élodie', given: ['Anna', 'Maria'], text: 'ÉLODIE Anna' },
      { use: 'old', family: 'Smith' },
    ],
    birthDate: '1980-02-03',
    telecom: [{ system: 'phone', value: '555-555-5618' }],
    identifier: [{ use: 'secondary', system: 'urn:oid:1.2.3', value: '9150' }],
  }),
  patient('p2', { name: [{ family: 'Brown', given: ['Zoe'] }], birthDate: '1999-12-31' }),
  { resourceType: 'Practitioner', id: 'dr.1', name: [{ family: 'Who' }] },
  visit('e1', '2026-05-26T09:00:00-04:00'),
  visit('e2', '2026-05-27T01:00:00Z'),
  visit('e3', '2026-05-28T09:00:00-04:00'),
  visit('tel', '2026-05-26T10:00:00-04:00', { type: [{ text: 'Telephone Encounter' }] }),
  of('Observation', 'o1', {
    status: 'final',
    category: category('laboratory'),
    code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }] },
    effectiveDateTime: '2026-05-26',
    encounter: { reference: 'Encounter/e1' },
    meta: { lastUpdated: '2026-05-26T12:00:00.000Z' },
  }),
  of('Observation', 'o2', { status: 'final', category: category('procedure'), code: {} }),
  of('Observation', 'o3', { status: 'final', category: category('vital-signs'), code: {} }),
  ...Array.from({ length: 120 }, (_, i) =>
    of('Condition', `c${String(i).padStart(3, '0')}`, { code: { text: `Problem ${i}` } }),
  ),
  of('CareTeam', 't1', { status: 'active' }),
  of('Goal', 'g1', { lifecycleStatus: 'active', target: [] }),
  of('MedicationRequest', 'm1', {
    status: 'active',
    intent: 'order',
    medicationReference: { reference: 'Medication/med1' },
  }),
  { resourceType: 'Medication', id: 'med1', code: { text: 'Aspirin' } },
  { resourceType: 'Provenance', id: 'pr1', target: [{ reference: 'CareTeam/t1' }] },
]

beforeAll(() => {
  one = rig({ keys, resources: RESOURCES })
})

/** The rate limit is a test of its own; here a new minute begins before each request. */
async function ids(path: string): Promise<string[]> {
  one.clock.add(60_000)
  const { status, value, text } = await one.fhir(path)
  expect(status, text).toBe(200)
  const entries: { resource: Resource }[] = value.entry ?? []
  return entries.map(({ resource }) => resource.id ?? '')
}

const SAMPLE: Readonly<Record<string, string>> = {
  token: 'x',
  reference: 'Patient/p1',
  date: '2026-05-26',
  string: 'a',
}

describe('the table of combinations', () => {
  test.each(COMBINATIONS.map((row) => [row.type, row.parameters.join(','), row] as const))(
    '%s?%s is answered as its row says',
    async (type, names, row) => {
      one.clock.add(60_000)
      const query = row.parameters.map((name) => {
        const kind = TYPES.get(type)?.parameters.get(name)?.type
        if (kind === undefined) throw new Error(`${type} does not declare ${name}`)
        return `${name}=${encodeURIComponent(SAMPLE[kind] ?? '')}`
      })
      const extended = rig({ keys, resources: RESOURCES, more: { switches: OPEN } })
      const token = await extended.token(['system/*.r'])
      const path = `/fhir/r4/${CODE}/${type}${query.length > 0 ? '?' : ''}${query.join('&')}`
      const reply = await extended.get(path, { authorization: `Bearer ${token}` })
      if (row.answer === 'ok') {
        expect([reply.status, reply.value.resourceType]).toEqual([200, 'Bundle'])
        return
      }
      expect(reply.status).toBe(400)
      expect(reply.value.issue).toEqual([
        {
          severity: 'error',
          code: 'processing',
          diagnostics: `Invalid request: Does not know how to handle get operation with parameter [${names}]`,
        },
      ])
    },
  )

  test('has one row per set and only declared parameters of searchable types', () => {
    const seen = new Set(COMBINATIONS.map((row) => `${row.type}?${row.parameters.join('&')}`))
    expect(seen.size).toBe(COMBINATIONS.length)
    for (const row of COMBINATIONS) {
      const rule = TYPES.get(row.type)
      expect(rule?.interactions.has('search-type'), row.type).toBe(true)
      expect(row.parameters.toSorted()).toEqual([...row.parameters])
      for (const name of row.parameters) expect(rule?.parameters.has(name), name).toBe(true)
    }
    const searchable = [...TYPES.values()].filter((rule) => rule.interactions.has('search-type'))
    expect(new Set(COMBINATIONS.map(({ type }) => type))).toEqual(
      new Set(searchable.map(({ type }) => type)),
    )
  })

  const OPEN = { 'unregistered-scope': 'granted', 'group-read-scope': 'off' }
})

describe('a refused search', () => {
  test.each([
    [
      'Observation?patient=p1&_count=50',
      'Unsupported query parameter(s): _count. These parameters are not allowed.',
    ],
    [
      'Observation?patient=p1',
      'Invalid request: Does not know how to handle get operation with parameter [patient]',
    ],
    [
      'MedicationRequest?patient=p1&status=active',
      'Invalid request: Does not know how to handle get operation with parameter [patient,status]',
    ],
    [
      'Condition?patient=p1&_lastUpdated=ge2020',
      'Invalid request: Does not know how to handle get operation with parameter [patient,_lastUpdated]',
    ],
    [
      'Patient?name:exact=Brown',
      'Invalid request: Does not know how to handle get operation with parameter [name:exact]',
    ],
    [
      'AllergyIntolerance?patient=p1&page=2',
      'Invalid request: Does not know how to handle get operation with parameter [patient,page]',
    ],
    ['Encounter?patient=p1&date=geyesterday', 'Invalid date/time format: "geyesterday"'],
    ['CareTeam?patient=p1&status=active&_include=*', 'Invalid _include parameter value: "*"'],
  ])('%s is a 400 in these words', async (path, words) => {
    one.clock.add(60_000)
    const { status, value } = await one.fhir(path)
    expect([status, value.issue[0].diagnostics]).toEqual([400, words])
  })
})

describe('search', () => {
  test.each([
    ['Patient?name=elo', ['p1']],
    ['Patient?name=ANNA', ['p1']],
    ['Patient?name=nna', []],
    ['Patient?name=smi', ['p1']],
    ['Patient?family=brown&given=z&birthdate=1999-12-31', ['p2']],
    ['Patient?family=brown&given=z&birthdate=1999-12-30', []],
    ['Patient?phone=(555)%20555-5618', ['p1']],
    ['Patient?identifier=9150', ['p1']],
    ['Patient?identifier=urn:oid:1.2.3|9150', ['p1']],
    ['Patient?identifier=urn:oid:9|9150', []],
    ['Patient?name=b&gender=female', ['p2']],
    ['Patient?_id=p2', ['p2']],
    ['Patient?birthdate=1980', ['p1']],
  ])('%s finds %j', async (path, expected) => {
    expect(await ids(path)).toEqual(expected)
  })

  test('takes a reference with its type, without, and as a URL', async () => {
    for (const value of ['p1', 'Patient/p1', 'http://x.test/fhir/Patient/p1']) {
      expect(await ids(`CareTeam?patient=${value}&status=active`)).toEqual(['t1'])
    }
    expect(await ids('CareTeam?patient=Group/p1&status=active')).toEqual([])
    expect(await ids('CareTeam?patient=nobody&status=active')).toEqual([])
  })

  test('answers Observations by the known categories and leaves others out', async () => {
    expect(await ids('Observation?patient=p1&category=laboratory')).toEqual(['o1'])
    expect(await ids('Observation?patient=p1&category=vital-signs')).toEqual(['o3'])
    expect(await ids('Observation?patient=p1&category=procedure')).toEqual([])
    one.sandbox.operator.setSwitch('unlisted-value', 'search')
    expect(await ids('Observation?patient=p1&category=procedure')).toEqual(['o2'])
    one.sandbox.operator.setSwitch('unlisted-value', 'empty')
    expect(await ids('Observation?patient=p1&category=laboratory,vital-signs')).toEqual([])
  })

  test('narrows Observations by code, visit, date and _since', async () => {
    expect(await ids('Observation?patient=p1&code=http://loinc.org|4548-4')).toEqual(['o1'])
    expect(await ids('Observation?encounter=Encounter/e1')).toEqual(['o1'])
    const base = 'Observation?patient=p1&category=laboratory'
    expect(await ids(`${base}&date=2026-05-26`)).toEqual(['o1'])
    expect(await ids(`${base}&date=gt2026-05-26`)).toEqual([])
    expect(await ids(`${base}&_since=ge2026-05-26T12:00:00Z`)).toEqual(['o1'])
    expect(await ids(`${base}&_since=gt2026-05-26T12:00:00.000Z`)).toEqual([])
  })

  test('reads a day of the schedule in the vendor zone, telephone calls included', async () => {
    const day = 'Encounter?practitioner=Practitioner/dr.1&date=ge2026-05-26&date=lt2026-05-27'
    expect(await ids(day)).toEqual(['e1', 'e2', 'tel'])
  })

  test('omits telephone encounters by patient, yet reads them by id', async () => {
    expect(await ids('Encounter?patient=p1')).toEqual(['e1', 'e2', 'e3'])
    expect((await one.fhir('Encounter/tel')).status).toBe(200)
    one.sandbox.operator.setSwitch('telephone-encounters', 'listed')
    expect(await ids('Encounter?patient=p1')).toEqual(['e1', 'e2', 'e3', 'tel'])
    one.sandbox.operator.setSwitch('telephone-encounters', 'omitted')
  })

  test.each([
    ['eq2026-05-28', ['e3']],
    ['ne2026-05-28', ['e1', 'e2']],
    ['gt2026-05-26', ['e3']],
    ['le2026-05-26', ['e1', 'e2']],
    ['sa2026-05-26', ['e3']],
    ['eb2026-05-28', ['e1', 'e2']],
    ['2026-05', ['e1', 'e2', 'e3']],
  ])('compares a visit with date=%s', async (date, expected) => {
    expect(await ids(`Encounter?patient=p1&date=${date}`)).toEqual(expected)
  })

  test('adds declared includes as include entries outside the total', async () => {
    one.clock.add(60_000)
    const path = 'MedicationRequest?patient=p1&_include=MedicationRequest:medication'
    const { value } = await one.fhir(path)
    expect(value.total).toBe(1)
    const modes = value.entry.map((entry: { resource: Resource; search: { mode: string } }) => [
      entry.resource.id,
      entry.search.mode,
    ])
    expect(modes).toEqual([
      ['m1', 'match'],
      ['med1', 'include'],
    ])
    const back = 'CareTeam?patient=p1&status=active&_revinclude=Provenance:target'
    expect(await ids(back)).toEqual(['t1', 'pr1'])
  })
})

describe('pages', () => {
  test('follow next links to every row once, fifty at a time', async () => {
    const seen: string[] = []
    let path: string | undefined = 'Condition?patient=p1'
    const sizes: number[] = []
    while (path !== undefined) {
      one.clock.add(60_000)
      const { value } = await one.fhir(path)
      expect(value.total).toBe(120)
      const page: string[] = value.entry.map((entry: { resource: Resource }) => entry.resource.id)
      sizes.push(page.length)
      seen.push(...page)
      const next = value.link.find((link: { relation: string }) => link.relation === 'next')
      path = next?.url.split(`/${CODE}/`)[1]
    }
    expect(sizes).toEqual([50, 50, 20])
    expect(new Set(seen).size).toBe(120)
  })

  test('can be addressed by token, and sized', async () => {
    const other = rig({
      keys,
      resources: RESOURCES,
      more: { switches: { 'next-link': 'page-token', 'page-size': '100' } },
    })
    const { value } = await other.fhir('Condition?patient=p1')
    const next: string = value.link[1].url.split(`/${CODE}/`)[1]
    expect(next).toMatch(/page=cGFnZQ2$/)
    expect((await other.fhir(next)).value.entry).toHaveLength(20)
  })

  test('shift by one row under a page-shift fault, and the count says so', async () => {
    const other = rig({ keys, resources: RESOURCES })
    other.sandbox.operator.script([{ fault: 'page-shift', rate: 1, times: 1 }])
    const first = await other.fhir('Condition?patient=p1')
    const second = await other.fhir('Condition?patient=p1&page=2')
    const start: string = second.value.entry[0].resource.id
    expect(first.value.entry.at(-1).resource.id).toBe('c049')
    expect(['c049', 'c051']).toContain(start)
    expect(other.sandbox.operator.faultsFired()).toEqual({ 'page-shift': 1 })
  })
})

describe('a Bundle', () => {
  test('has the recorded shape, with links to the vendor host over http', async () => {
    one.clock.add(60_000)
    const { value, header } = await one.fhir('CareTeam?patient=p1&status=active')
    expect(Object.keys(value)).toEqual([
      ...['resourceType', 'id', 'meta', 'type', 'total', 'link', 'entry'],
    ])
    expect(value.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(value.meta.lastUpdated).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:]{8}\.\d{3}-05:00$/)
    const base = `http://fhir4.eclinicalworks.com/fhir/r4/${CODE}`
    expect(value.link).toEqual([
      { relation: 'self', url: `${base}/CareTeam?patient=p1&status=active` },
    ])
    expect(value.entry[0]).toMatchObject({
      fullUrl: `${base}/CareTeam/t1`,
      search: { mode: 'match' },
    })
    expect(header('content-type')).toBe('application/fhir+json;charset=UTF-8')
  })

  test('gives a Goal search with _count a wrong total and no entries', async () => {
    const other = rig({ keys, resources: RESOURCES, more: { switches: COUNTED } })
    const { value } = await other.fhir('Goal?patient=p1&_count=50')
    expect([value.total, value.entry]).toEqual([50, undefined])
    expect((await other.fhir('Goal?patient=p1')).value).toMatchObject({ total: 1 })
  })

  const COUNTED = { 'count-parameter': 'accept-2024' }
})
