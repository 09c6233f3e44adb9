// The living world as a whole: chance and time alone decide, nothing hangs, days have their hours.

import type { Resource } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import { createCalendar, hoursOn } from './calendar.ts'
import { createWorld } from './index.ts'
import { contentHash } from './ledger.ts'
import type { LedgerEntry, LivingPractice, PracticeView, World, WorldOptions } from './types.ts'

const ZONE = 'America/New_York'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A Tuesday before opening. */
const STARTS_AT = Date.parse('2026-03-03T07:00:00-05:00')

const cedar: LivingPractice = {
  kind: 'living',
  code: 'JAFJCD',
  name: 'Cedar Family Care',
  timeZone: ZONE,
  patients: 60,
  facilities: 2,
  providers: 4,
  lives: true,
}

function start(options: Partial<WorldOptions> = {}): World {
  return createWorld({
    seed: 7,
    startsAt: STARTS_AT,
    practices: [cedar],
    visibilityDelayMs: [0, 120_000],
    ...options,
  }).world
}

function viewOf(world: World, code = 'JAFJCD'): PracticeView {
  const view = world.practice(code)
  if (view === undefined) throw new Error('no such practice')
  return view
}

function typesOf(world: World): string[] {
  return [...new Set([...world.ledger(0)].map(({ type }) => type))]
}

function all(world: World, instant: number): Resource[] {
  return typesOf(world).flatMap((type) => [...viewOf(world).list(type, instant)])
}

/** Every `Type/id` a resource points at, Binary urls and questionnaires included. */
function pointsAt(resource: Resource): string[] {
  const text = JSON.stringify(resource)
  const found = text.matchAll(
    /"(?:reference|url|questionnaire)":"([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)"/g,
  )
  return [...found].map((match) => match[1] ?? '')
}

function localDate(at: number): string {
  return createCalendar(ZONE).date(at)
}

describe('a world', () => {
  test('is the same for the same seed and instants, and another for another seed', () => {
    const hashes = [7, 7, 8].map((seed) => {
      const world = start({ seed })
      world.advanceTo(STARTS_AT + 3 * DAY_MS)
      return world.ledgerHash()
    })
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(hashes[1]).toBe(hashes[0])
    expect(hashes[2]).not.toBe(hashes[0])
  })

  test('does not care in how many steps it is advanced, nor who looks at it meanwhile', () => {
    const inOne = start()
    inOne.advanceTo(STARTS_AT + 4 * DAY_MS)
    const inMany = start()
    for (let at = STARTS_AT; at <= STARTS_AT + 4 * DAY_MS; at += 37 * 60_000) {
      inMany.advanceTo(at)
      const [patient] = viewOf(inMany).list('Patient', at)
      for (const _ of viewOf(inMany).listOfPatient('Observation', patient?.id ?? '', at)) break
    }
    inMany.advanceTo(STARTS_AT + 4 * DAY_MS)
    inMany.advanceTo(STARTS_AT)
    expect(inMany.ledgerHash()).toBe(inOne.ledgerHash())
    expect([...inMany.ledger(0)]).toEqual([...inOne.ledger(0)])
  })

  test('keeps a gap-free ledger in order of time whose hashes are those of the versions', () => {
    const world = start({
      practices: [cedar, { ...cedar, code: 'IFDECD', timeZone: 'America/Denver' }],
    })
    const before = [...world.ledger(0)].length
    world.advanceTo(STARTS_AT + 2 * DAY_MS)
    const entries = [...world.ledger(0)]
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1))
    expect([...world.ledger(before)][0]?.sequence).toBe(before + 1)
    for (const [i, entry] of entries.entries()) {
      expect(entry.visibleAt).toBeGreaterThanOrEqual(entry.at)
      if (i > 0) expect(entry.at).toBeGreaterThanOrEqual(entries[i - 1]?.at ?? 0)
    }
    for (const code of ['JAFJCD', 'IFDECD']) {
      const told = entries.filter(({ practice }) => practice === code)
      const versions = [...viewOf(world, code).versions()]
      expect(versions.length).toBe(told.length)
      const hash = ({ resource }: { resource: Resource | undefined }) =>
        resource === undefined ? '' : contentHash(resource)
      expect(versions.map(hash).sort()).toEqual(told.map((entry) => entry.hash).sort())
    }
  })

  test('a practice without life has its history and nothing after it', () => {
    const world = start({ practices: [{ ...cedar, lives: false }] })
    const hash = world.ledgerHash()
    world.advanceTo(STARTS_AT + 30 * DAY_MS)
    expect(world.ledgerHash()).toBe(hash)
    expect([...viewOf(world).list('Patient', STARTS_AT)]).toHaveLength(60)
  })

  test('shows all of its history from the start and a change only from its visible time on', () => {
    const delay = 90_000
    const world = start({ visibilityDelayMs: [delay, delay] })
    for (const { visibleAt } of world.ledger(0)) expect(visibleAt).toBeLessThanOrEqual(STARTS_AT)
    const history = [...world.ledger(0)].length
    world.advanceTo(STARTS_AT + 2 * DAY_MS)
    const fresh = [...world.ledger(history)].filter(({ kind }) => kind === 'created')
    expect(fresh.length).toBeGreaterThan(20)
    for (const { type, id, at, visibleAt } of fresh) {
      expect(visibleAt).toBe(at + delay)
      expect(viewOf(world).get(type, id, visibleAt - 1)).toBeUndefined()
      expect(viewOf(world).get(type, id, visibleAt)?.id).toBe(id)
    }
  })

  test('the operator changes and deletes, and readers see it when it becomes visible', () => {
    const world = start({ visibilityDelayMs: [60_000, 60_000] })
    world.advanceTo(STARTS_AT + HOUR_MS)
    const now = STARTS_AT + HOUR_MS
    const [patient] = viewOf(world).list('Patient', now)
    if (patient?.id === undefined) throw new Error('no patient')
    const put = world.put('JAFJCD', { ...patient, active: false, gender: 'other' }, 'operator')
    expect(put).toMatchObject({ kind: 'updated', at: now, visibleAt: now + 60_000 })
    expect(viewOf(world).get('Patient', patient.id, now + 59_999)).toEqual(patient)
    expect(viewOf(world).get('Patient', patient.id, now + 60_000)?.gender).toBe('other')
    const gone = world.remove('JAFJCD', 'Patient', patient.id, 'deletion')
    expect(gone).toMatchObject({ kind: 'deleted', hash: '' })
    expect(viewOf(world).wasDeleted('Patient', patient.id, gone.visibleAt)).toBe(true)
    expect(() => world.remove('JAFJCD', 'Patient', 'nobody', 'deletion')).toThrow(RangeError)
    expect(() => world.put('NOBODY', patient, 'operator')).toThrow(RangeError)
  })
})

describe('a living practice', () => {
  const world = start({ practices: [{ ...cedar, patients: 300 }], visibilityDelayMs: [0, 0] })
  const history = [...world.ledger(0)]
  world.advanceTo(STARTS_AT + 14 * DAY_MS)
  const lived = [...world.ledger(history.length)]
  const end = STARTS_AT + 14 * DAY_MS

  test('has the size of a practice of 300 patients and all the types the surface serves', () => {
    expect(history.length).toBeGreaterThan(12_000)
    expect(history.length).toBeLessThan(21_000)
    const served =
      'AllergyIntolerance Basic Binary CarePlan CareTeam ChargeItem Claim Condition Coverage ' +
      'Device DiagnosticReport DocumentReference Encounter FamilyMemberHistory Goal Group ' +
      'Immunization Location Media Medication MedicationAdministration MedicationDispense ' +
      'MedicationRequest Observation Organization Patient Practitioner PractitionerRole ' +
      'Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson ServiceRequest ' +
      'Specimen'
    const present = new Set(history.map(({ type }) => type))
    expect([...present].sort()).toEqual(served.split(' '))
  })

  test('no reference hangs, at the start, in the middle of days and at the end', () => {
    const hour = [0, 5, 29, 55.5, 103.2, 200, 336]
    for (const instant of hour.map((hours) => STARTS_AT + hours * HOUR_MS)) {
      const resources = all(world, instant)
      const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`))
      const hanging = resources.flatMap((resource) =>
        pointsAt(resource)
          .filter((target) => !known.has(target))
          .map((target) => `${resource.resourceType} -> ${target.split('/')[0]}`),
      )
      expect(hanging).toEqual([])
    }
  })

  test('weekdays bring 150 to 500 changes, Saturday some, Sunday few', () => {
    const counts = new Map<string, number>()
    for (const { at } of lived) {
      counts.set(localDate(at), (counts.get(localDate(at)) ?? 0) + 1)
    }
    const average = { weekday: [] as number[], saturday: [] as number[], sunday: [] as number[] }
    for (const [date, count] of counts) {
      if (date === localDate(end)) continue
      const hours = hoursOn(date)
      if (hours === undefined) average.sunday.push(count)
      else if (hours.allFacilities) average.weekday.push(count)
      else average.saturday.push(count)
    }
    const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length
    expect(mean(average.weekday)).toBeGreaterThan(150)
    expect(mean(average.weekday)).toBeLessThan(400)
    expect(Math.max(...average.weekday)).toBeLessThan(600)
    expect(mean(average.saturday)).toBeLessThan(mean(average.weekday) / 2)
    expect(mean(average.sunday)).toBeLessThan(40)
  })

  test('books, registers, calls and refers only while the clinic is open', () => {
    const calendar = createCalendar(ZONE)
    const desk = lived.filter(({ cause, kind }) => cause === 'booking' && kind === 'created')
    expect(desk.length).toBeGreaterThan(50)
    for (const { at } of desk) {
      const hours = hoursOn(calendar.date(at))
      const minute = calendar.minuteOfDay(at)
      expect(hours).toBeDefined()
      expect(minute).toBeGreaterThanOrEqual(hours?.opens ?? 0)
      expect(minute).toBeLessThanOrEqual((hours?.closes ?? 0) + 1)
    }
  })

  test('results come in the evening too, and some notes are amended days after they were locked', () => {
    const calendar = createCalendar(ZONE)
    const results = lived.filter(({ cause }) => cause === 'result')
    const evening = results.filter(({ at }) => calendar.minuteOfDay(at) >= 17 * 60)
    expect(evening.length).toBeGreaterThan(10)
    const causes = new Set(lived.map(({ cause }) => cause))
    for (const cause of [
      'registration',
      'booking',
      'check-in',
      'charting',
      'sign-off',
      'amendment',
      'telephone',
      'result',
      'demographics',
      'cancellation',
      'deletion',
      'merge',
      'referral',
    ]) {
      expect(causes).toContain(cause)
    }
  })

  test('a note goes from draft to locked and a result from registered to final', () => {
    const statuses = (entry: LedgerEntry | undefined, member: string) =>
      [...viewOf(world).versions()]
        .filter(({ type, id }) => type === entry?.type && id === entry.id)
        .map(({ resource }) => resource?.[member])
    const locked = lived.find(
      ({ cause, type, id }) =>
        cause === 'sign-off' &&
        type === 'DocumentReference' &&
        lived.some((other) => other.id === id && other.kind === 'created'),
    )
    expect(statuses(locked, 'docStatus').slice(0, 2)).toEqual(['preliminary', 'final'])
    const resulted = lived.find(
      ({ cause, type, id }) =>
        cause === 'result' &&
        type === 'DiagnosticReport' &&
        lived.some((other) => other.id === id && other.kind === 'created'),
    )
    const path = statuses(resulted, 'status')
    expect(path[0]).toBe('registered')
    expect(path).toContain('final')
  })

  test('deletions are seen only from their visible time on and leave what was there before', () => {
    const deleted = lived.filter(({ kind }) => kind === 'deleted')
    expect(deleted.length).toBeGreaterThan(2)
    for (const { type, id, visibleAt } of deleted) {
      expect(viewOf(world).get(type, id, visibleAt - 1)).toBeDefined()
      expect(viewOf(world).wasDeleted(type, id, visibleAt)).toBe(true)
      expect([...viewOf(world).list(type, visibleAt)].some((r) => r.id === id)).toBe(false)
    }
  })

  test('a merged patient is gone and everything of theirs has moved to the survivor', () => {
    const merged = lived.filter(({ kind }) => kind === 'merged')
    expect(merged.length).toBeGreaterThan(0)
    for (const { id, into } of merged) {
      expect(viewOf(world).get('Patient', id, end)).toBeUndefined()
      expect(viewOf(world).get('Patient', into ?? '', end)).toBeDefined()
      const left = all(world, end).filter((resource) =>
        JSON.stringify(resource).includes(`"Patient/${id}"`),
      )
      expect(left).toEqual([])
    }
  })

  test('versions of one resource never become visible out of order', () => {
    const last = new Map<string, number>()
    for (const { type, id, visibleAt } of [...history, ...lived]) {
      expect(visibleAt).toBeGreaterThanOrEqual(last.get(`${type}/${id}`) ?? 0)
      last.set(`${type}/${id}`, visibleAt)
    }
  })
})
