// A practice multiplied: many charts out of few, each whole and its own, nothing kept of them, and
// changes by hand on top.

import type { Resource } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import { createWorld } from './index.ts'
import { isObject } from './shapes.ts'
import { patientOf } from './store.ts'
import type { LivingPractice, LoadedPractice, PracticeView, World } from './types.ts'

const CODE = 'JAFJCD'
const STARTS_AT = Date.parse('2026-03-03T07:00:00-05:00')
const COPIES = 7

const living: LivingPractice = {
  kind: 'living',
  code: CODE,
  name: 'Cedar Family Care',
  timeZone: 'America/New_York',
  patients: 12,
  facilities: 1,
  providers: 2,
  lives: false,
}
const lines = [
  { resourceType: 'Practitioner', id: 'd1' },
  { resourceType: 'Patient', id: 'p1', identifier: [{ use: 'secondary', value: '9150' }] },
  { resourceType: 'Observation', id: 'p1', subject: { reference: 'Patient/p1' } },
  { resourceType: 'Encounter', id: 'e1', subject: { reference: 'Patient/p1' } },
]
const loaded: LoadedPractice = {
  kind: 'loaded',
  code: CODE,
  name: 'Loaded',
  timeZone: 'America/New_York',
  files: [{ name: 'a.ndjson', text: lines.map((each) => JSON.stringify(each)).join('\n') }],
}

function start(practice: LivingPractice | LoadedPractice): World {
  const given = { seed: 7, startsAt: STARTS_AT, practices: [practice] }
  return createWorld({ ...given, visibilityDelayMs: [0, 0] }).world
}

function viewOf(world: World): PracticeView {
  const view = world.practice(CODE)
  if (view === undefined) throw new Error('no such practice')
  return view
}

function typesOf(world: World): string[] {
  return [...new Set([...world.ledger(0)].map(({ type }) => type))]
}

function all(world: World): Resource[] {
  return typesOf(world).flatMap((type) => [...viewOf(world).list(type, STARTS_AT)])
}

describe('a practice multiplied', () => {
  const one = start(living)
  const many = start({ ...living, multiply: COPIES })
  const resources = all(many)

  test('has every chart as often as asked, with ids of its own, and the practice once', () => {
    const count = (world: World, type: string) => [...viewOf(world).list(type, STARTS_AT)].length
    for (const type of typesOf(one)) {
      const isShared = ['Practitioner', 'Location', 'Organization', 'Medication', 'Group']
      const factor = isShared.includes(type) ? 1 : COPIES
      if (type === 'PractitionerRole' || type === 'Questionnaire') continue
      expect(count(many, type), type).toBe(count(one, type) * factor)
    }
    const keys = resources.map(({ resourceType, id }) => `${resourceType}/${id}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { id = '' } of resources) expect(id).toMatch(/^[A-Za-z0-9.-]{43}(?:.{21})?$/)
  })

  test('lets no reference leave its own copy or hang', () => {
    const byKey = new Map(resources.map((each) => [`${each.resourceType}/${each.id}`, each]))
    for (const resource of resources) {
      if (resource.resourceType === 'Group') continue
      const references = JSON.stringify(resource).matchAll(
        /"(?:reference|url)":"([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)"/g,
      )
      for (const [, target = ''] of references) {
        const found = byKey.get(target)
        expect(found, target).toBeDefined()
        const patient = found === undefined ? undefined : patientOf(found)
        if (patient !== undefined) expect(patientOf(resource) ?? patient).toBe(patient)
      }
    }
  })

  test('gives the same record by id, in a listing and in a chart, and the same again', () => {
    const view = viewOf(many)
    for (const resource of resources.filter((_, i) => i % 17 === 0)) {
      const { resourceType, id = '' } = resource
      expect(view.get(resourceType, id, STARTS_AT)).toEqual(resource)
      const patient = patientOf(resource)
      if (patient === undefined) continue
      const chart = [...view.listOfPatient(resourceType, patient, STARTS_AT)]
      expect(chart).toContainEqual(resource)
    }
    expect(view.get('Patient', 'nobody', STARTS_AT)).toBeUndefined()
    const [first] = view.list('Patient', STARTS_AT)
    const beyond = `${first?.id?.slice(0, 11)}0000${COPIES}${first?.id?.slice(16)}`
    expect(view.get('Patient', beyond, STARTS_AT)).toBeUndefined()
    expect([...view.versions()]).toHaveLength(resources.length)
    expect(many.ledgerHash()).toBe(one.ledgerHash())
  })

  test('lists every patient in the group and gives each an account number of its own', () => {
    const patients = [...viewOf(many).list('Patient', STARTS_AT)]
    const [group] = viewOf(many).list('Group', STARTS_AT)
    expect(group?.quantity).toBe(patients.length)
    const accounts = patients.map(({ identifier }) =>
      (Array.isArray(identifier) ? identifier : [])
        .filter((each) => isObject(each) && each.use === 'secondary')
        .map((each) => (isObject(each) ? each.value : '')),
    )
    expect(new Set(accounts.flat()).size).toBe(patients.length)
  })

  test('is changed by hand in one copy alone, and the ledger tells it', () => {
    const world = start({ ...living, multiply: COPIES })
    const view = viewOf(world)
    const patients = [...view.list('Patient', STARTS_AT)]
    const last = patients.at(-1)
    if (last?.id === undefined) throw new Error('no patient')
    const told = world.put(CODE, { ...last, gender: 'other' }, 'operator')
    expect(told).toMatchObject({ kind: 'updated', id: last.id })
    expect(view.get('Patient', last.id, STARTS_AT)?.gender).toBe('other')
    const [observation] = view.listOfPatient('Observation', last.id, STARTS_AT)
    world.remove(CODE, 'Observation', observation?.id ?? '', 'operator')
    expect(view.wasDeleted('Observation', observation?.id ?? '', STARTS_AT)).toBe(true)
    const other = patients.at(-2)?.id ?? ''
    world.merge(CODE, last.id, other)
    expect([...view.listOfPatient('Observation', last.id, STARTS_AT)]).toEqual([])
    expect([...view.list('Patient', STARTS_AT)]).toHaveLength(patients.length - 1)
    world.unmerge(CODE, last.id)
    expect([...view.list('Patient', STARTS_AT)]).toHaveLength(patients.length)
    expect(view.get('Patient', patients[0]?.id ?? '', STARTS_AT)).toEqual(patients[0])
  })
})

test('loaded files are multiplied too, short ids get a longer form', () => {
  const world = start({ ...loaded, multiply: 3 })
  const ids = (type: string) => [...viewOf(world).list(type, STARTS_AT)].map(({ id }) => id)
  expect(ids('Patient')).toEqual(['p1', 'p1-x00001', 'p1-x00002'])
  expect(ids('Practitioner')).toEqual(['d1'])
  const [, second] = [...viewOf(world).list('Observation', STARTS_AT)]
  expect(second).toMatchObject({ id: 'p1-x00001', subject: { reference: 'Patient/p1-x00001' } })
})

test('a practice multiplied a million times answers at once, since no copy is made before it is read', () => {
  const world = start({ ...living, multiply: 1_000_000 })
  const view = viewOf(world)
  let last: Resource | undefined
  let count = 0
  for (const patient of view.list('Patient', STARTS_AT)) {
    last = patient
    if (++count === 500) break
  }
  expect(last?.id).toMatch(/^.{11}0001/)
  const id = last?.id ?? ''
  expect([...view.listOfPatient('Observation', id, STARTS_AT)].length).toBeGreaterThan(0)
})

test('a practice that lives, or a factor that is none, is refused', () => {
  expect(() => start({ ...living, lives: true, multiply: 2 })).toThrow(RangeError)
  expect(() => start({ ...living, multiply: 0 })).toThrow(RangeError)
  expect(() => start({ ...living, multiply: 1.5 })).toThrow(RangeError)
})
