// The unified objects of a practice with two facilities, as programs read them: in one process on
// virtual time, judged by the table of `prove views`. What the vendor does not show is not asked for.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { type Item, isItem, type Value } from '../prove/judge/compare.ts'
import { chartOf, JUDGED_OBJECTS, judgeViews, type ViewsJudged } from '../prove/judge/views.ts'
import { verifies } from '../requirements.ts'
import { type ApiBody, everything, virtualRig } from '../rig.ts'

const CODE = 'JAFJCD'
const PRACTICE = 'elm'
const TIME_ZONE = 'America/New_York'
const MINUTE_MS = 60_000

let held: TestDatabase
let rig: Awaited<ReturnType<typeof virtualRig>>
const served: Record<string, readonly Item[]> = {}
let judged: ViewsJudged

beforeAll(async () => {
  held = await testDatabase()
  rig = await virtualRig({
    seed: 9,
    preset: 'calm',
    databaseUrl: held.url,
    practices: [
      {
        code: CODE,
        practice: PRACTICE,
        sandbox: { kind: 'living', patients: 10, facilities: 2, providers: 3, lives: false },
      },
    ],
  })
  await firstSync()
  for (const object of JUDGED_OBJECTS)
    served[object] = itemsIn(await rig.get(`/v1/${object}?practice=${PRACTICE}&limit=200`))
  const raw = new Set((await everything(rig, PRACTICE)).map(nameOf))
  const input = truth().filter((one) => raw.has(`${one.resourceType}/${one.id}`))
  judged = judgeViews(PRACTICE, chartOf(input, TIME_ZONE), served)
})
afterAll(async () => {
  await rig[Symbol.asyncDispose]()
  await held.close()
})

async function firstSync(): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes++) {
    await rig.clock.advance(MINUTE_MS)
    if ((await rig.get(`/v1/sync?practice=${PRACTICE}`)).phase === 'continuing') return
  }
  throw new Error('The first sync is not complete after an hour')
}

function itemsIn(body: ApiBody): readonly Item[] {
  const { items } = JSON.parse(JSON.stringify(body))
  return Array.isArray(items) ? items.filter(isItem) : []
}

function nameOf({ resource }: ApiBody): string {
  const plain: Value = JSON.parse(JSON.stringify(resource))
  return isItem(plain) ? `${plain.resourceType}/${plain.id}` : ''
}

function truth(): Item[] {
  const practice = rig.sandbox.operator.world.practice(CODE)
  if (practice === undefined) throw new Error('The practice is missing')
  const types = new Set([...practice.versions()].map(({ type }) => type))
  return [...types].flatMap((type) => {
    const all: Value[] = JSON.parse(JSON.stringify([...practice.list(type, rig.sandbox.now())]))
    return all.filter(isItem)
  })
}

function compared(object: string, ...fields: readonly string[]): void {
  const counts = judged.compared[object] ?? {}
  for (const field of ['objects', ...fields]) expect(counts[field] ?? 0, field).toBeGreaterThan(0)
}

test('no value of any object is wrong, made up or lost', () => {
  const { compared: _counts, ...faults } = judged
  expect(faults).toEqual({
    ...{ wrong: [], invented: [], lost: [], missing: [], extra: [], strange: [] },
  })
})

test('patients come with demographics, identifiers by kind, and the places they go to', () => {
  verifies('R8')
  verifies('R34')
  compared('patients', 'name', 'birthDate', 'gender', 'identifiers', 'contacts', 'facilities')
  const [patient] = served.patients ?? []
  const kinds = (Array.isArray(patient?.identifiers) ? patient.identifiers : []).map((one) =>
    isItem(one) ? one.kind : null,
  )
  expect(kinds).toEqual(['fhir-id', 'account-number'])
})

test('providers, staff and facilities are listed with roles and places', () => {
  verifies('R9')
  compared('providers', 'name', 'npi', 'roles', 'facility')
  compared('facilities', 'name', 'address')
})

test('prescriptions, laboratory orders and results are listed, results as exact numbers', () => {
  verifies('R12')
  compared('prescriptions', 'medication', 'dosages', 'refills')
  compared('lab-orders', 'code', 'orderStatus')
  compared('lab-results', 'code', 'value', 'orders')
})

describe('the day of a provider', () => {
  test('is asked for by provider and day, and holds that provider’s visits of that day alone', async () => {
    const all = served.appointments ?? []
    const some = all.find(({ day, provider }) => typeof day === 'string' && isItem(provider))
    const provider = isItem(some?.provider) ? String(some.provider.id) : ''
    const day = String(some?.day)
    const path = `/appointments?practice=${PRACTICE}&provider=${provider}&from=${day}&to=${day}`
    const found = itemsIn(await rig.get(path))
    const wanted = all.filter(
      (one) => one.day === day && isItem(one.provider) && one.provider.id === provider,
    )
    expect(found.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
    expect(found.length).toBeGreaterThan(0)
    for (const { status, facility, source } of found) {
      expect(['booked', 'arrived', 'in-progress', 'finished', 'cancelled']).toContain(status)
      expect([source, isItem(facility) && typeof facility.id]).toEqual(['encounter', 'string'])
    }
  })

  test('visits with notes say whether those are signed, and that a lock is not shown', () => {
    compared('encounters', 'notes', 'diagnoses', 'provider', 'facility')
    const notes = (served.encounters ?? []).flatMap((one) =>
      Array.isArray(one.notes) ? one.notes.filter(isItem) : [],
    )
    const states = new Set(notes.map(({ sign }) => (isItem(sign) ? sign.state : null)))
    expect(states.has('signed')).toBe(true)
    for (const { lock } of notes)
      expect(lock).toEqual({ state: 'unknown', reason: 'not-shown-by-vendor' })
  })
})

test('objects of one facility are those whose own visit, or encounter, was there', async () => {
  const facility = String(served.facilities?.[0]?.id)
  for (const object of ['appointments', 'problems', 'vitals', 'patients']) {
    const path = `/v1/${object}?practice=${PRACTICE}&facility=${facility}&limit=200`
    const found = itemsIn(await rig.get(path)).map(({ id }) => id)
    const wanted = (served[object] ?? []).filter((one) =>
      object === 'patients'
        ? JSON.stringify(one.facilities).includes(`"${facility}"`)
        : isItem(one.facility) && one.facility.id === facility,
    )
    expect(found, object).toEqual(wanted.map(({ id }) => id))
  }
})

test('the content of a document is read by itself', async () => {
  const [document] = served.documents ?? []
  const content = await rig.get(`/v1/documents/${document?.id}/content?practice=${PRACTICE}`)
  const text = Buffer.from(String(content.data), 'base64').toString()
  expect(text.length).toBeGreaterThan(0)
  expect(String(content.source)).toMatch(/^(DocumentReference|Binary)\//)
})
