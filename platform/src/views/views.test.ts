// What stands in unified objects, on records written for it: what is told, what stays unknown, and what
// a caller may not see. `prove views` holds every field against its record; here are the hard cases.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Beside, localDay, Spot, VIEWS } from './index.ts'

const NOTHING: Beside = {
  one: () => undefined,
  all: () => ({ items: [], whole: true }),
  use: (record) => record,
}

function viewOf(object: string) {
  const view = VIEWS.find((one) => one.object === object)
  if (view === undefined) throw new Error(`There is no view ${object}`)
  return view
}

interface Around {
  readonly visible?: readonly string[]
  readonly originals?: Readonly<Record<string, string>>
  readonly beside?: Beside
  readonly timeZone?: string
}

function spotOf(resource: object, around: Around = {}): Spot {
  return Spot.of({
    resource: JSON.parse(JSON.stringify(resource)),
    visible: around.visible,
    originals: new Map(Object.entries(around.originals ?? {})),
    timeZone: around.timeZone ?? 'America/New_York',
  })
}

function project(object: string, resource: object, around: Around = {}) {
  const record = spotOf(resource, around)
  const made = viewOf(object).project(record, around.beside ?? NOTHING)
  return { made, notes: record.notes, withheld: record.withheld }
}

describe('times', () => {
  const born = (birthDate: unknown) => {
    const { made, notes } = project('patients', { resourceType: 'Patient', id: 'p', birthDate })
    return { moment: made.birthDate, rules: notes.map(({ rule }) => rule) }
  }

  test.each([
    ['1980', { given: '1980', precision: 'year', localDay: null }],
    ['1980-02', { given: '1980-02', precision: 'month', localDay: null }],
    ['1980-02-29', { given: '1980-02-29', precision: 'day', localDay: '1980-02-29' }],
    [
      '2026-03-05T23:30:00-05:00',
      { given: '2026-03-05T23:30:00-05:00', precision: 'second', localDay: '2026-03-05' },
    ],
    [
      '2026-03-06T04:30:00.123Z',
      { given: '2026-03-06T04:30:00.123Z', precision: 'fraction', localDay: '2026-03-05' },
    ],
  ])('%s keeps its precision, and the day is the practice’s', (given, moment) => {
    expect(born(given)).toEqual({ moment, rules: [] })
  })

  test.each(['1981-02-29', '1980-13', '80', '2026-03-05T23:30:00', 'soon', 12, ['1980']])(
    '%s is no time: unknown, and said so',
    (given) => {
      expect(born(given)).toEqual({ moment: null, rules: ['not-a-date'] })
    },
  )

  test.each(['1899-12-30T00:00:00-05:00', '0001-01-02'])(
    "%s is the vendor's word for none, and never a time",
    (given) => {
      expect(born(given)).toEqual({ moment: null, rules: ['sentinel'] })
    },
  )

  test('a day in a zone is the day that its clocks show, over changes of the clock', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.constantFrom('America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'UTC'),
        (at, zone) => {
          const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at)
          expect(localDay(at, zone)).toBe(day)
        },
      ),
    )
    expect(localDay(0, 'Nowhere/Town')).toBeUndefined()
  })
})

describe('what is unknown stays unknown', () => {
  test('a code that only says unknown, a null flavor and an absent value are none', () => {
    const encounter = project('appointments', {
      resourceType: 'Encounter',
      id: 'e',
      status: 'planned',
      type: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
              code: 'unknown',
            },
          ],
        },
      ],
    })
    expect(encounter.made).toMatchObject({ visitType: null, start: null, day: null, mode: null })
    expect(encounter.notes).toEqual([
      { source: 'Encounter/e', path: '/type/0/coding/0', rule: 'data-absent' },
    ])
    const device = project('devices', {
      resourceType: 'Device',
      id: 'd',
      _lotNumber: {
        extension: [
          {
            url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
            valueCode: 'unknown',
          },
        ],
      },
    })
    expect([device.made.lotNumber, device.notes[0]?.rule]).toEqual([null, 'data-absent'])
  })

  test.each([
    ['planned', 'booked'],
    ['arrived', 'arrived'],
    ['triaged', 'triaged'],
    ['in-progress', 'in-progress'],
    ['finished', 'finished'],
    ['cancelled', 'cancelled'],
    ['onleave', 'unknown'],
    [undefined, 'unknown'],
  ])('an encounter that is %s is an appointment that is %s', (status, shown) => {
    const { made } = project('appointments', { resourceType: 'Encounter', id: 'e', status })
    expect([made.status, made.vendorStatus]).toEqual([shown, status ?? null])
  })

  test('of several practitioners without a primary one nobody is the provider', () => {
    const person = (id: string) => ({ individual: { reference: `Practitioner/${id}` } })
    const visit = { resourceType: 'Encounter', id: 'e', participant: [person('a'), person('b')] }
    expect(project('encounters', visit).made.provider).toBeNull()
  })

  test('values of the wrong kind are noted with their place, never shown', () => {
    const { made, notes } = project('allergies', {
      resourceType: 'AllergyIntolerance',
      id: 'a',
      criticality: 7,
      code: { text: ['Kiwi'] },
      reaction: { manifestation: [] },
      recorder: { reference: 'https://elsewhere.test/x', display: 'Dr. X' },
    })
    expect(made).toMatchObject({ criticality: null, code: null, reactions: [] })
    expect(made.recorder).toEqual({ type: null, id: null, name: 'Dr. X' })
    expect(notes.map(({ path, rule }) => `${path} ${rule}`).sort()).toEqual([
      ...['/code/text not-text', '/criticality not-text', '/reaction not-a-list'],
      '/recorder/reference not-a-reference',
    ])
  })
})

describe('numbers', () => {
  const result = (value: object, originals?: Readonly<Record<string, string>>) =>
    project(
      'lab-results',
      { resourceType: 'Observation', id: 'o', ...value },
      originals === undefined ? {} : { originals },
    ).made.value

  test('a text that is exactly a number is one, and the text stays beside it', () => {
    expect(result({ valueString: '7.10' })).toMatchObject({
      ...{ kind: 'number', number: 7.1, original: '7.10', unit: null },
    })
    expect(result({ valueQuantity: { value: 7.1 } }, { '/valueString': '7.10' })).toMatchObject({
      ...{ kind: 'number', number: 7.1, original: '7.10' },
    })
  })

  test.each(['<5', '1,234', '007', '12 mg', '1e3', '.5', '1234567890.1234567', 'Negative'])(
    '%s is no exact number: it stays a text',
    (valueString) => {
      expect(result({ valueString })).toMatchObject({
        ...{ kind: 'text', text: valueString, number: null },
      })
    },
  )

  test('money is whole cents, or nothing when it is not', () => {
    const price = (value: number) =>
      project('charge-items', {
        ...{ resourceType: 'ChargeItem', id: 'c' },
        priceOverride: { value, currency: 'USD' },
      })
    expect(price(19.99).made.price).toEqual({ cents: 1999, currency: 'USD' })
    expect(price(-0.5).made.price).toEqual({ cents: -50, currency: 'USD' })
    expect(price(0.005).made.price).toBeNull()
    expect(price(0.005).notes.map(({ rule }) => rule)).toEqual(['not-exact-cents'])
  })

  test('every amount of whole cents comes through to the cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (cents) => {
        const value = cents / 100
        const { made } = project('charge-items', {
          ...{ resourceType: 'ChargeItem', id: 'c', priceOverride: { value } },
        })
        expect(made.price).toEqual({ cents: cents === 0 ? 0 : cents, currency: null })
      }),
    )
  })
})

describe('what a caller may not see', () => {
  const patient = {
    ...{ resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1980-01-01' },
    name: [{ family: 'Stone' }],
    telecom: [{ system: 'phone', value: '555' }],
  }

  test('a masked element is null, not empty, and is named', () => {
    const { made, withheld } = project('patients', patient, { visible: ['gender', 'name'] })
    expect(made).toMatchObject({ gender: 'female', name: { family: 'Stone' } })
    expect([made.birthDate, made.contacts, made.identifiers]).toEqual([null, null, null])
    expect(withheld).toContain('Patient.birthDate')
    expect(withheld).toContain('Patient.telecom')
    expect(withheld).not.toContain('Patient.gender')
  })

  test('where a record belongs is not concluded from what may not be seen', () => {
    const record = {
      ...{ resourceType: 'Condition', id: 'c' },
      encounter: { reference: 'Encounter/e' },
    }
    expect(project('problems', record, { visible: ['code'] }).made.facility).toEqual({
      ...{ id: null, name: null, reason: 'withheld' },
    })
    expect(project('problems', record).made.facility.reason).toBe('encounter-not-here')
  })
})

describe('what other records tell', () => {
  const place = (id: string) => ({
    location: { reference: `Location/${id}`, display: `Office ${id}` },
  })
  const visit = (...ids: readonly string[]) =>
    spotOf({ resourceType: 'Encounter', id: 'e', location: ids.map(place) })
  const record = {
    ...{ resourceType: 'Condition', id: 'c' },
    encounter: { reference: 'Encounter/e' },
  }
  const beside = (encounter: Spot): Beside => ({ ...NOTHING, one: () => encounter })

  test('a record is of the facility of its encounter, when that has one', () => {
    const of = (encounter: Spot) => project('problems', record, { beside: beside(encounter) }).made
    expect(of(visit('north')).facility).toEqual({
      ...{ id: 'north', name: 'Office north', reason: null },
    })
    expect(of(visit('north', 'south')).facility.reason).toBe('several')
    expect(of(visit()).facility.reason).toBe('encounter-states-none')
  })

  test.each([
    ['preliminary', 'unsigned'],
    ['final', 'signed'],
    ['amended', 'amended'],
    [undefined, 'unknown'],
  ])('a note whose docStatus is %s is %s; its lock is never guessed (R37)', (docStatus, state) => {
    const note = spotOf({
      ...{ resourceType: 'DocumentReference', id: 'd', docStatus },
      context: { encounter: [{ reference: 'Encounter/e' }] },
    })
    const all: Beside['all'] = (type) => ({
      ...{ items: type === 'DocumentReference' ? [note] : [], whole: true },
    })
    const { made } = project(
      'encounters',
      { resourceType: 'Encounter', id: 'e' },
      { beside: { ...NOTHING, all } },
    )
    expect(made.notes).toMatchObject([
      { id: 'd', sign: { state }, lock: { state: 'unknown', reason: 'not-shown-by-vendor' } },
    ])
  })

  test('a patient is connected with each place that a record names, and with the reasons (R34)', () => {
    const encounter = spotOf({ resourceType: 'Encounter', id: 'e', location: [place('north')] })
    const all: Beside['all'] = (type) => ({
      ...{ items: type === 'Encounter' ? [encounter] : [], whole: true },
    })
    const patient = {
      ...{ resourceType: 'Patient', id: 'p' },
      managingOrganization: { reference: 'Organization/group' },
    }
    const { made } = project('patients', patient, { beside: { ...NOTHING, all } })
    expect(made.facility).toEqual({ id: 'north', name: 'Office north', reason: null })
    expect(made.facilities).toEqual([
      {
        ...{ type: 'Location', id: 'north', name: 'Office north' },
        ...{ because: ['encounter'], sources: ['Encounter/e'] },
      },
      {
        ...{ type: 'Organization', id: 'group', name: null },
        ...{ because: ['managing-organization'], sources: ['Patient/p'] },
      },
    ])
  })
})

test('whatever a record holds, its objects fit their schemas and nothing throws', () => {
  const names = ['status', 'code', 'name', 'period', 'subject', 'category', 'identifier', 'content']
  const more = ['participant', 'location', 'extension', 'valueString', 'valueQuantity', 'telecom']
  const resource = fc.dictionary(fc.constantFrom(...names, ...more), fc.jsonValue({ maxDepth: 4 }))
  for (const view of VIEWS) {
    const schema = z.strictObject({ facility: z.unknown(), ...view.fields })
    fc.assert(
      fc.property(resource, (content) => {
        const { made } = project(view.object, { ...content, resourceType: view.type, id: 'x' })
        expect(schema.safeParse(made).error).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  }
})
