// Whose record it is: merges by hand and in the practice's life, merges undone, records moved. The
// ledger must tell each with both ids, and nothing may hang afterwards.

import type { Resource } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import { createWorld } from './index.ts'
import { patientOf } from './store.ts'
import type { LivingPractice, PracticeView, World } from './types.ts'

const CODE = 'JAFJCD'
const STARTS_AT = Date.parse('2026-03-03T07:00:00-05:00')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const cedar: LivingPractice = {
  kind: 'living',
  code: CODE,
  name: 'Cedar Family Care',
  timeZone: 'America/New_York',
  patients: 40,
  facilities: 2,
  providers: 4,
  lives: true,
}

function start(options: Partial<LivingPractice> = {}): World {
  return createWorld({
    seed: 7,
    startsAt: STARTS_AT,
    practices: [{ ...cedar, ...options }],
    visibilityDelayMs: [0, 0],
  }).world
}

function viewOf(world: World): PracticeView {
  const view = world.practice(CODE)
  if (view === undefined) throw new Error('no such practice')
  return view
}

function everything(world: World, instant: number): Resource[] {
  const types = new Set([...world.ledger(0)].map(({ type }) => type))
  return [...types].flatMap((type) => [...viewOf(world).list(type, instant)])
}

function hanging(world: World, instant: number): string[] {
  const all = everything(world, instant)
  const known = new Set(all.map(({ resourceType, id }) => `${resourceType}/${id}`))
  return all.flatMap((each) =>
    [...JSON.stringify(each).matchAll(/"reference":"([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)"/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !known.has(target)),
  )
}

/** Two patients with something in their charts. */
function pairOf(world: World): [string, string] {
  const [first, second] = [...viewOf(world).list('Patient', STARTS_AT)]
  if (first?.id === undefined || second?.id === undefined) throw new Error('too few patients')
  return [first.id, second.id]
}

function chartOf(world: World, patient: string, instant: number): string[] {
  return everything(world, instant)
    .filter((each) => each.resourceType !== 'Patient' && patientOf(each) === patient)
    .map(({ resourceType, id }) => `${resourceType}/${id}`)
    .sort()
}

describe('a merge by hand', () => {
  test('moves every record, tells both ids of each, and can be undone to what it was', () => {
    const world = start({ lives: false })
    const [from, into] = pairOf(world)
    const before = { from: chartOf(world, from, STARTS_AT), into: chartOf(world, into, STARTS_AT) }
    const told = [...world.ledger(0)].length
    expect(world.merge(CODE, from, into)).toMatchObject({ kind: 'merged', id: from, into })
    const merges = [...world.ledger(told)]
    const moved = merges.filter(({ patient }) => patient !== undefined)
    expect(moved).toHaveLength(before.from.length)
    for (const { patient, cause } of moved) {
      expect(patient).toEqual({ from, to: into })
      expect(cause).toBe('merge')
    }
    expect(viewOf(world).get('Patient', from, STARTS_AT)).toBeUndefined()
    expect(chartOf(world, from, STARTS_AT)).toEqual([])
    expect(chartOf(world, into, STARTS_AT)).toEqual([...before.from, ...before.into].sort())
    expect(hanging(world, STARTS_AT)).toEqual([])

    const back = world.unmerge(CODE, from)
    expect(back).toMatchObject({ kind: 'unmerged', id: from, outOf: into, cause: 'unmerge' })
    expect(chartOf(world, from, STARTS_AT)).toEqual(before.from)
    expect(chartOf(world, into, STARTS_AT)).toEqual(before.into)
    expect(() => world.unmerge(CODE, from)).toThrow(RangeError)
    expect(() => world.merge(CODE, from, from)).toThrow(RangeError)
    expect(() => world.merge(CODE, from, 'nobody')).toThrow(RangeError)
  })

  test('in a practice that goes on leaves no reference hanging in the days after', () => {
    const world = start()
    const [from, into] = pairOf(world)
    world.advanceTo(STARTS_AT + 4 * HOUR_MS)
    world.merge(CODE, from, into)
    for (const days of [0.3, 2, 6]) {
      world.advanceTo(STARTS_AT + days * DAY_MS)
      expect(hanging(world, STARTS_AT + days * DAY_MS)).toEqual([])
    }
    const end = STARTS_AT + 6 * DAY_MS
    expect(chartOf(world, from, end)).toEqual([])
    world.unmerge(CODE, from)
    expect(viewOf(world).get('Patient', from, end)?.id).toBe(from)
    world.advanceTo(end + DAY_MS)
    expect(hanging(world, end + DAY_MS)).toEqual([])
  })
})

test('a record moved by hand belongs to the other patient and names no visit of the old one', () => {
  const world = start({ lives: false })
  const [from, to] = pairOf(world)
  const isOfVisit = (each: Resource) => each.encounter !== undefined
  const [record] = [...viewOf(world).listOfPatient('Observation', from, STARTS_AT)].filter(
    isOfVisit,
  )
  const key = { type: 'Observation', id: record?.id ?? '' }
  expect(world.move(CODE, key, to)).toMatchObject({ cause: 'move', patient: { from, to } })
  const now = viewOf(world).get('Observation', key.id, STARTS_AT)
  expect(now?.encounter).toBeUndefined()
  expect(now === undefined ? undefined : patientOf(now)).toBe(to)
  expect(now?.code).toEqual(record?.code)
  const [provider] = viewOf(world).list('Practitioner', STARTS_AT)
  expect(() => world.move(CODE, { type: 'Practitioner', id: provider?.id ?? '' }, to)).toThrow()
  expect(() => world.move(CODE, key, 'nobody')).toThrow(RangeError)
})

test('a practice with all mix-ups undoes merges, puts records right, changes offices; nothing hangs', () => {
  const world = start({ mixups: 'all', patients: 250, seed: 3 })
  const told = [...world.ledger(0)].length
  for (let day = 1; day <= 21; day++) {
    world.advanceTo(STARTS_AT + day * DAY_MS)
    if (day % 7 === 0) expect(hanging(world, STARTS_AT + day * DAY_MS)).toEqual([])
  }
  const lived = [...world.ledger(told)]
  const unmerged = lived.filter(({ kind }) => kind === 'unmerged')
  expect(unmerged.length).toBeGreaterThan(0)
  for (const { id, outOf } of unmerged) {
    expect(
      lived.some((each) => each.kind === 'merged' && each.id === id && each.into === outOf),
    ).toBe(true)
  }
  const moves = lived.filter(({ cause }) => cause === 'move')
  expect(moves.some(({ patient }) => patient !== undefined)).toBe(true)
  expect(moves.some(({ type, patient }) => type === 'Patient' && patient === undefined)).toBe(true)
})
