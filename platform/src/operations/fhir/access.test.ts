// What callers with a part of the charts see through FHIR: one patient's, some types, some elements,
// nothing restricted; in every interaction alike, and in what a search tells by finding or not.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { practiceId } from '../../kernel/ids.ts'
import type { ChartAccess, Principal } from '../../kernel/principal.ts'
import { contexts } from '../context.ts'
import { fhirOperations } from './index.ts'

let world: Tenants
let contextOf: ReturnType<typeof contexts>

const ALL: ChartAccess = { types: 'all', sensitive: true, patient: undefined }
const BASE = { practice: 'north-clinic', base: 'https://door.example/fhir/r4/north-clinic' }

beforeAll(async () => {
  world = await tenants()
  contextOf = contexts(world.platform.rooms)
  const practice = practiceId('north-clinic')
  if (practice === undefined) throw new Error('It is an id')
  const condition = (id: string, patient: string, rest = {}) => ({
    resource: {
      resourceType: 'Condition',
      id,
      subject: { reference: `Patient/${patient}` },
      code: { text: id },
      ...rest,
    },
    repairs: [],
    patientId: patient,
  })
  const listing = (askedAt: number, sightings: ReturnType<typeof condition>[]) => ({
    pathway: 'fhir',
    search: 'Condition',
    subject: 'x',
    covers: [],
    askedAt,
    complete: true,
    sightings,
  })
  const ref = { organization: world.north.organization, practice }
  const labelled = { meta: { security: [{ code: 'PSY' }] } }
  const about = { ...listing(world.askedAt, []), subject: 'asked-about', covers: ['Condition'] }
  await world.platform.mirror.apply(ref, [
    about,
    listing(world.askedAt, [
      condition('of-1', 'north-1'),
      condition('of-2', 'north-2'),
      condition('moved', 'north-2'),
      condition('closed', 'north-1'),
      condition('opened', 'north-1', labelled),
    ]),
  ])
  await world.platform.mirror.apply(ref, [
    listing(world.askedAt + 1000, [
      condition('of-1', 'north-1'),
      condition('of-2', 'north-2'),
      condition('moved', 'north-1'),
      condition('closed', 'north-1', labelled),
      condition('opened', 'north-1'),
    ]),
  ])
})
afterAll(() => world.close())

function caller(charts: Partial<ChartAccess>): Principal {
  return {
    organization: world.north.organization,
    actor: 'client:app',
    rights: ['charts'],
    charts: { ...ALL, ...charts },
    practices: undefined,
    authenticatedAt: undefined,
  }
}

async function ask(
  charts: Partial<ChartAccess>,
  operation: keyof typeof fhirOperations,
  input: object,
): Promise<unknown> {
  const context = contextOf(caller(charts), 'request')
  try {
    const answer = await fhirOperations[operation].invoke(context, { ...BASE, query: '', ...input })
    return JSON.parse((answer as { text: string }).text)
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

/** How old an empty answer is said to be. */
async function asOf(charts: Partial<ChartAccess>, query: string): Promise<number | undefined> {
  const context = contextOf(caller(charts), 'request')
  const input = { ...BASE, type: 'Condition', query, handling: 'strict' }
  return ((await fhirOperations.search.invoke(context, input)) as { asOf?: number }).asOf
}

async function found(charts: Partial<ChartAccess>, type: string, query: string): Promise<unknown> {
  const bundle = await ask(charts, 'search', { type, query, handling: 'lenient' })
  const { entry = [] } = bundle as { entry?: { resource: { id: string } }[] }
  return typeof bundle === 'string' ? bundle : entry.map(({ resource }) => resource.id)
}

describe('a caller of one patient', () => {
  const one = { patient: 'north-1', sensitive: false }

  test('finds that one’s records, with and without naming the patient', async () => {
    const theirs = ['moved', 'of-1', 'opened']
    expect(await found(one, 'Condition', 'patient=north-1')).toEqual(theirs)
    expect(await found(one, 'Condition', 'code:text=of')).toEqual(['of-1'])
    expect(await found(one, 'Condition', '')).toEqual(theirs)
    expect(await found(one, 'Patient', 'name=stone')).toEqual([])
    expect(await found(one, 'Patient', '')).toEqual(['north-1'])
  })

  test('finds nothing of others, by no way', async () => {
    expect(await found(one, 'Condition', 'patient=north-2')).toEqual([])
    expect(await found(one, 'Condition', '_id=of-2')).toEqual([])
    expect(await found(one, 'Condition', 'patient.name=stone')).toEqual([])
    expect(await found(one, 'Condition', '_lastUpdated=ge2000')).toEqual([
      'moved',
      'of-1',
      'opened',
    ])
    expect(await ask(one, 'read', { type: 'Condition', id: 'of-2' })).toBe('NOT_FOUND')
    expect(await ask(one, 'history', { type: 'Condition', id: 'of-2' })).toBe('NOT_FOUND')
  })

  test('is not told how old the records of others are', async () => {
    const nothing = 'code=none&patient='
    const theirs = await asOf({}, `${nothing}asked-about`)
    expect(theirs).toBe(world.askedAt)
    expect(await asOf(one, `${nothing}asked-about`)).toBeUndefined()
  })

  test('sees no state of a record in which it was another’s', async () => {
    expect(await ask(one, 'vread', { type: 'Condition', id: 'moved', version: '1' })).toBe(
      'NOT_FOUND',
    )
    expect(await ask(one, 'vread', { type: 'Condition', id: 'moved', version: '2' })).toMatchObject(
      {
        id: 'moved',
      },
    )
    const two = { patient: 'north-2' }
    expect(await ask(two, 'vread', { type: 'Condition', id: 'moved', version: '1' })).toBe(
      'NOT_FOUND',
    )
  })
})

describe('a label', () => {
  const open = { sensitive: false }

  test('that was put on closes the states before, too', async () => {
    expect(await ask(open, 'vread', { type: 'Condition', id: 'closed', version: '1' })).toBe(
      'NOT_FOUND',
    )
    expect(await ask(open, 'history', { type: 'Condition', id: 'closed' })).toBe('NOT_FOUND')
    expect(await ask({}, 'history', { type: 'Condition', id: 'closed' })).toMatchObject({
      total: 2,
    })
  })

  test('keeps what is not shown out of the count in the ledger', async () => {
    await ask(open, 'vread', { type: 'Condition', id: 'closed', version: '1' })
    await ask(open, 'history', { type: 'Condition', id: 'opened' })
    const [history, vread] = await world.accesses(world.north.organization)
    expect([vread?.subject, vread?.details]).toEqual([
      'Condition/closed/_history/1',
      expect.objectContaining({ count: 0 }),
    ])
    expect(history?.details).toMatchObject({ count: 1 })
  })

  test('that was taken off leaves the states closed that had it', async () => {
    expect(await ask(open, 'vread', { type: 'Condition', id: 'opened', version: '1' })).toBe(
      'NOT_FOUND',
    )
    expect(await ask(open, 'history', { type: 'Condition', id: 'opened' })).toMatchObject({
      total: 1,
    })
  })
})

describe('a caller of some types and elements', () => {
  const some = { types: new Map<string, 'whole' | readonly string[]>([['Patient', ['gender']]]) }

  test('finds nothing of other types, as if there were none', async () => {
    expect(await found(some, 'Condition', 'patient=north-1')).toEqual([])
    expect(await ask(some, 'read', { type: 'Condition', id: 'of-1' })).toBe('NOT_FOUND')
    expect(await found(some, 'Condition', 'patient.name=blake')).toEqual([])
  })

  test('sees the elements that are granted, marked as a part', async () => {
    const shown = await ask(some, 'read', { type: 'Patient', id: 'north-1' })
    expect(shown).toMatchObject({ gender: 'female', meta: { tag: [{ code: 'SUBSETTED' }] } })
    expect(shown).not.toHaveProperty('name')
  })

  test('cannot learn of the others by searching or sorting by them', async () => {
    expect(await found(some, 'Patient', 'name=blake')).toEqual([])
    expect(await found(some, 'Patient', '_id=north-1&family=blake')).toEqual([])
    expect(await found(some, 'Patient', '_id=north-1&gender=female')).toEqual(['north-1'])
    expect(await found(some, 'Patient', 'gender=female&_sort=-family&_count=2')).toEqual([
      'north-1',
      'north-2',
    ])
  })
})

test('without the right to charts nothing is answered, and the refusal is recorded', async () => {
  const principal: Principal = { ...caller({}), rights: ['monitor'] }
  const context = contextOf(principal, 'request')
  const asked = fhirOperations.read.invoke(context, {
    ...BASE,
    query: '',
    type: 'Patient',
    id: 'x',
  })
  await expect(asked).rejects.toMatchObject({ code: 'RIGHT_MISSING' })
  const [newest] = await world.accesses(world.north.organization)
  expect(newest).toMatchObject({ action: 'fhir.read', outcome: 'refused' })
})
