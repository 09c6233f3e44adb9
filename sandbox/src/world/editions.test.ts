// Several facilities of several kinds in one practice, sensitive records, hostile words, and a world
// that stays what it was.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import { createWorld } from './index.ts'
import { isObject } from './shapes.ts'
import { EDITIONS, type LivingPractice, type World, type WorldOptions } from './types.ts'

const CODE = 'JAFJCD'
const STARTS_AT = Date.parse('2026-03-03T07:00:00-05:00')
const DAY_MS = 86_400_000

const cedar: LivingPractice = {
  kind: 'living',
  code: CODE,
  name: 'Cedar Family Care',
  timeZone: 'America/New_York',
  patients: 120,
  facilities: 6,
  providers: 6,
  lives: false,
  editions: EDITIONS,
  visitsElsewhere: 0.2,
  facilityOrganizations: true,
}

function start(options: Partial<WorldOptions> = {}): World {
  const given = { seed: 7, startsAt: STARTS_AT, practices: [cedar] }
  return createWorld({ ...given, visibilityDelayMs: [0, 0], ...options }).world
}

function list(world: World, type: string, instant = STARTS_AT): Resource[] {
  return [...(world.practice(CODE)?.list(type, instant) ?? [])]
}

function objects(value: Resource[string]): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : []
}

function placesOf(encounter: Resource): string[] {
  return objects(encounter.location).map(({ location }) =>
    isObject(location) ? String(location.display) : '',
  )
}

function noteOf(document: Resource): string {
  const [content] = objects(document.content)
  const attachment = isObject(content?.attachment) ? content.attachment : {}
  return Buffer.from(String(attachment.data ?? ''), 'base64').toString('utf8')
}

test('the world of seed 7 is the one it was: change this hash only knowingly', () => {
  const { editions: _, visitsElsewhere: __, facilityOrganizations: ___, ...plain } = cedar
  const world = start({ practices: [{ ...plain, facilities: 2, lives: true }] })
  world.advanceTo(STARTS_AT + 5 * DAY_MS)
  expect(world.ledgerHash()).toBe(
    'ce5c3999a85ad2132d14bb7043ab458ec78cfa5e122936cff8624e082be9119b',
  )
})

test('a practice with a seed of its own is the same whoever stands beside it', () => {
  const own = { ...cedar, seed: 99, patients: 20 }
  const alone = start({ practices: [own] })
  const beside = start({ seed: 8, practices: [{ ...cedar, code: 'IFDECD', patients: 5 }, own] })
  const ids = (world: World) => list(world, 'Observation')
  expect(ids(beside)).toEqual(ids(alone))
})

describe('a practice of six kinds of office', () => {
  const world = start()

  test('has a location and an organization for each, under the practice', () => {
    const locations = list(world, 'Location')
    expect(locations.map(({ name }) => name)).toEqual([
      'Main Office',
      'North Clinic Behavioral Health',
      'Riverside Dental',
      'West Side Eye Care',
      'Family Health Center Surgery Center',
      'Downtown Urgent Care',
    ])
    const organizations = new Map(list(world, 'Organization').map((each) => [each.id, each]))
    for (const { managingOrganization } of locations) {
      const reference = isObject(managingOrganization) ? managingOrganization.reference : ''
      const owner = organizations.get(String(reference).replace('Organization/', ''))
      expect(isObject(owner?.partOf) && owner.partOf.display).toBe('Cedar Family Care')
    }
  })

  test('shows its own reasons, notes, procedures and people in each', () => {
    const encounters = list(world, 'Encounter')
    const reasons = (name: string) =>
      encounters
        .filter((each) => placesOf(each).some((place) => place.endsWith(name)))
        .flatMap(({ reasonCode }) => objects(reasonCode).map(({ text }) => text))
    expect(reasons('Dental')).toContain('Cleaning')
    expect(reasons('Behavioral Health')).toContain('Individual therapy')
    expect(reasons('Surgery Center')).toContain('Colonoscopy')
    expect(reasons('Main Office')).not.toContain('Cleaning')
    const types = list(world, 'DocumentReference').map(({ type }) => isObject(type) && type.text)
    expect(types).toContain('Operative note')
    const words = list(world, 'Procedure').map(({ code }) => isObject(code) && code.text)
    expect(words).toContain('Adult teeth cleaning')
    expect(words).toContain('Refraction')
    const suffixes = list(world, 'Practitioner').flatMap(({ name }) =>
      objects(name).map(({ suffix }) => String(suffix)),
    )
    expect(new Set(suffixes)).toEqual(new Set(['MD', 'PhD', 'DDS', 'OD', 'PA-C']))
    expect(
      list(world, 'DocumentReference').some((each) => /Mental status/.test(noteOf(each))),
    ).toBe(true)
  })

  test('has patients seen away from their home facility', () => {
    const places = new Map<string, Set<string>>()
    for (const encounter of list(world, 'Encounter')) {
      const subject = isObject(encounter.subject) ? String(encounter.subject.reference) : ''
      const seen = places.get(subject) ?? new Set()
      for (const place of placesOf(encounter)) seen.add(place)
      places.set(subject, seen)
    }
    expect([...places.values()].filter(({ size }) => size > 1).length).toBeGreaterThan(10)
  })

  test('labels nothing unless labels are switched on, and then psychiatric and substance-use care', () => {
    const types = ['DocumentReference', 'Binary', 'Condition', 'CarePlan', 'MedicationRequest']
    const securities = (from: World) =>
      types.flatMap((type) =>
        list(from, type).flatMap(({ meta }) => (isObject(meta) ? objects(meta.security) : [])),
      )
    expect(securities(world)).toEqual([])
    const labelled = start({ securityLabels: () => true })
    const codes = new Set(securities(labelled).map(({ code }) => code))
    expect(codes).toEqual(new Set(['R', 'PSY', 'ETH', '42CFRPart2']))
    const dental = list(labelled, 'DocumentReference').filter((each) =>
      /Oral exam/.test(noteOf(each)),
    )
    expect(dental.length).toBeGreaterThan(0)
    for (const { meta } of dental) expect(isObject(meta) && meta.security).toBeUndefined()
  })
})

test('hostile words stand in free texts where they are wanted, and only there', () => {
  const { editions: _, ...plain } = cedar
  const clean = start({ practices: [plain] })
  expect(clean.injectedTexts()).toBe(0)
  const hostile = start({ practices: [plain], injectedTextShare: () => 0.3 })
  expect(hostile.injectedTexts()).toBeGreaterThan(100)
  const before = list(clean, 'Patient')
  for (const [i, patient] of list(hostile, 'Patient').entries()) {
    expect(patient.id).toBe(before[i]?.id)
    expect(patient.name).toEqual(before[i]?.name)
    expect(patient.birthDate).toBe(before[i]?.birthDate)
  }
  const all = ['Encounter', 'DocumentReference', 'DiagnosticReport', 'Patient'].flatMap((type) =>
    list(hostile, type).map((each) => JSON.stringify(each) + noteOf(each)),
  )
  for (const words of ['collector.example', '\u202e', 'DROP TABLE', 'ignore all earlier']) {
    expect(
      all.some((text) => text.includes(words)),
      words,
    ).toBe(true)
  }
})

test('how late changes are seen is asked at each change', () => {
  let delay = 0
  const world = start({
    practices: [{ ...cedar, lives: true, patients: 40 }],
    visibilityDelayMs: () => [delay, delay],
  })
  world.advanceTo(STARTS_AT + DAY_MS)
  const first = [...world.ledger(0)].length
  delay = 60_000
  world.advanceTo(STARTS_AT + 2 * DAY_MS)
  const later = [...world.ledger(first)]
  expect(later.length).toBeGreaterThan(5)
  for (const { at, visibleAt } of later) expect(visibleAt - at).toBe(60_000)
})
