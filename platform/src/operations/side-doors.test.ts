// What stands beside records and could tell what they hide: originals of repairs, records of nobody,
// documents' contents, pages that go on, ages. Asked as callers with a part of the charts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../test/tenants.ts'
import { type PracticeRef, practiceId } from '../kernel/ids.ts'
import type { ChartAccess, Principal, Right } from '../kernel/principal.ts'
import { chartsOf, type Role } from '../people/index.ts'
import { contexts, fhirOperations, operations } from './index.ts'

let world: Tenants
let ref: PracticeRef

beforeAll(async () => {
  world = await tenants()
  const practice = practiceId('north-clinic')
  if (practice === undefined) throw new Error('It is an id')
  ref = { organization: world.north.organization, practice }
})
afterAll(() => world.close())

function caller(charts: Partial<ChartAccess>, rights: readonly Right[] = ['charts']): Principal {
  return {
    ...{ organization: ref.organization, actor: 'client:app', rights, practices: undefined },
    charts: { types: 'all', sensitive: true, patient: undefined, ...charts },
    authenticatedAt: undefined,
  }
}

function withRole(role: Role): Principal {
  return caller(chartsOf({ roles: [role], practices: undefined, sensitive: false }))
}

/** The answer's text, or the code with which it is refused. */
async function ask(principal: Principal, name: string, input: object): Promise<string> {
  const all = [...operations, ...Object.values(fhirOperations)]
  const operation = all.find((one) => one.name === name)
  if (operation === undefined) throw new Error(`There is no ${name}`)
  try {
    const context = contexts(world.platform.rooms)(principal, 'r')
    const answer: unknown = await operation.invoke(context, input)
    const { text }: { text?: unknown } = Object(answer)
    return typeof text === 'string' ? text : JSON.stringify(answer)
  } catch (error) {
    const { code }: { code?: unknown } = Object(error)
    if (typeof code !== 'string' || code === 'INTERNAL') throw error
    return code
  }
}

async function mirrored(resource: { resourceType: string; id: string }, rest: object = {}) {
  await world.platform.mirror.apply(ref, [
    {
      ...{ pathway: 'fhir', search: `${resource.resourceType}.byId`, subject: resource.id },
      ...{ covers: [], askedAt: world.askedAt, complete: true },
      sightings: [{ resource, repairs: [], patientId: undefined, ...rest }],
    },
  ])
}

describe('originals of repairs', () => {
  test('are shown of the elements that a caller sees, through reads and lists', async () => {
    const repairs = [
      { path: '/valueString', rule: 'numeric-string', original: '7.25' },
      { path: '/valueQuantity', rule: 'numeric-string', original: undefined, repaired: 7.25 },
    ]
    const result = { resourceType: 'Observation', id: 'lab', valueQuantity: { value: 7.25 } }
    await mirrored(result, { repairs, patientId: 'north-1' })
    const asked = [
      ['resources.read', { collection: 'observations', id: 'lab' }],
      ['resources.list', { collection: 'observations' }],
    ] as const
    for (const [name, input] of asked) {
      expect(await ask(withRole('clinician'), name, input)).toContain('"original":"7.25"')
      const text = await ask(withRole('integrator'), name, input)
      expect(text).toContain('"id":"lab"')
      expect(text).not.toContain('7.25')
    }
  })
})

describe('what does not say whose it is', () => {
  const open = { resourceType: 'Binary', id: 'open', contentType: 'text/plain', data: 'T3Blbg==' }
  const closed = { ...open, id: 'closed', data: 'Q2xvc2Vk' }
  const another = { ...open, id: 'another', data: 'QW5vdGhlcg==' }
  const document = (id: string, patient: string, holds: string, rest: object = {}) => ({
    ...{ resourceType: 'DocumentReference', id, subject: { reference: `Patient/${patient}` } },
    content: [{ attachment: { url: `Binary/${holds}` } }],
    ...rest,
  })
  const restricted = { meta: { security: [{ code: 'PSY' }] } }
  let unflagged: Principal
  let ofOne: Principal
  const base = 'https://door.example/fhir/r4/north-clinic'
  const fhir = { practice: 'north-clinic', type: 'Binary', base, query: '' }
  const strict = { ...fhir, handling: 'strict' }

  beforeAll(async () => {
    unflagged = caller({ sensitive: false })
    ofOne = caller({ patient: 'north-1' })
    for (const one of [open, closed, another]) await mirrored(one)
    await mirrored(document('d1', 'north-1', 'open'), { patientId: 'north-1' })
    await mirrored(document('d2', 'north-1', 'closed', restricted), { patientId: 'north-1' })
    await mirrored(document('d3', 'north-2', 'another'), { patientId: 'north-2' })
    const member = [{ entity: { reference: 'Patient/north-2' } }]
    await mirrored({ resourceType: 'Group', id: 'all', ...{ member } })
    await mirrored({ resourceType: 'Provenance', id: 'of-d3', ...{ recorded: '2026' } })
    await mirrored({ resourceType: 'Practitioner', id: 'dr' })
  })

  test('a content is read by whoever sees its record, and nobody sees through it what is restricted', async () => {
    const seen = async (principal: Principal) => {
      const all: string[] = []
      for (const { id, data } of [open, closed, another]) {
        const byFhir = await ask(principal, 'fhir.read', { ...fhir, id })
        const byRest = await ask(principal, 'resources.read', { collection: 'binaries', id })
        expect(byRest.includes(data)).toBe(byFhir.includes(data))
        if (byFhir.includes(data)) all.push(id)
        else expect([byFhir, byRest]).toEqual(['NOT_FOUND', 'NOT_FOUND'])
      }
      return all
    }
    expect(await seen(caller({}))).toEqual(['open', 'closed', 'another'])
    expect(await seen(unflagged)).toEqual(['open', 'another'])
    expect(await seen(ofOne)).toEqual(['open', 'closed'])
    expect(await seen(caller({ patient: 'north-1', sensitive: false }))).toEqual(['open'])
    expect(
      await seen(caller({ types: new Map([['Binary', 'whole']]), patient: 'north-1' })),
    ).toEqual([])
  })

  test('lists and the feed show contents to who sees all patients, but those of restricted records', async () => {
    for (const [name, input] of [
      ['resources.list', { collection: 'binaries' }],
      ['changes.list', { after: 0, limit: 100 }],
    ] as const) {
      const text = await ask(unflagged, name, input)
      expect(text).toContain(another.data)
      expect(text).not.toContain(closed.data)
      expect(await ask(ofOne, name, input)).not.toMatch(/Q2xvc2Vk|QW5vdGhlcg/)
    }
  })

  test('searches and histories show contents to who sees all alone', async () => {
    const asked = [
      ['fhir.search', strict],
      ['fhir.history', fhir],
      ['fhir.history', { ...fhir, id: 'closed' }],
      ['fhir.vread', { ...fhir, id: 'closed', version: '1' }],
    ] as const
    for (const [name, input] of asked) {
      expect(await ask(caller({}), name, input)).toContain(closed.data)
      for (const principal of [unflagged, ofOne])
        expect(await ask(principal, name, input)).not.toMatch(/Q2xvc2Vk|QW5vdGhlcg/)
    }
    expect(await ask(caller({}), 'counts.read', {})).toContain('"Binary":3')
    expect(await ask(unflagged, 'counts.read', {})).toContain('"Binary":2')
    expect(await ask(ofOne, 'counts.read', {})).not.toContain('Binary')
  })

  test('a document shows its content to whoever sees the document', async () => {
    const content = (principal: Principal, id: string) =>
      ask(principal, 'documents.content', { id })
    expect(await content(ofOne, 'd1')).toContain(open.data)
    expect(await content(unflagged, 'd1')).toContain(open.data)
    expect(await content(unflagged, 'd2')).toBe('NOT_FOUND')
    expect(await content(ofOne, 'd3')).toBe('NOT_FOUND')
  })

  test('who sees one patient sees no group, no provenance of nobody, and who works there', async () => {
    const search = (type: string) => ask(ofOne, 'fhir.search', { ...strict, type })
    for (const type of ['Group', 'Provenance']) expect(await search(type)).toContain('"total":0')
    expect(await search('Practitioner')).toContain('"total":1')
    expect(await ask(ofOne, 'resources.list', { collection: 'groups' })).not.toContain('north-2')
    expect(await ask(ofOne, 'changes.list', { after: 0, limit: 100 })).not.toMatch(/north-2|of-d3/)
    const counts = await ask(ofOne, 'counts.read', {})
    expect(counts).not.toMatch(/Group|Provenance/)
    expect(counts).toContain('"Practitioner":1')
  })

  test('who sees one patient gets full pages of it, and no cursor that names another', async () => {
    const text = await ask(ofOne, 'resources.list', { collection: 'patients', limit: 1 })
    expect(JSON.parse(text)).toMatchObject({ items: [{ resource: { id: 'north-1' } }], next: null })
  })
})

describe('how old things are', () => {
  beforeAll(async () => {
    for (const subject of ['north-1', 'north-2'])
      await world.platform.mirror.apply(ref, [
        {
          ...{ pathway: 'fhir', search: 'Goal.of', subject, covers: ['Goal'], sightings: [] },
          ...{ askedAt: world.askedAt, complete: true },
        },
      ])
  })

  test('is told of others to nobody who sees one patient', async () => {
    const rights = ['charts', 'monitor'] as const
    const ofOne = caller({ patient: 'north-1' }, rights)
    expect(await ask(caller({}, rights), 'freshness.list', {})).toContain('north-2')
    const own = await ask(ofOne, 'freshness.list', {})
    expect(own).toContain('"subject":"north-1"')
    expect(own).not.toContain('north-2')
    expect(await ask(ofOne, 'freshness.list', { patient: 'north-2' })).toBe('NOT_FOUND')
    expect(await ask(ofOne, 'freshness.list', { patient: 'north-9' })).toBe('NOT_FOUND')
    for (const [name, input] of [
      ['resources.list', { collection: 'goals', patient: 'north-2' }],
      ['goals.list', { patient: 'north-2' }],
    ] as const)
      expect(await ask(ofOne, name, input)).toContain('"freshness":{"asOf":null')
  })

  test('is told of a patient whose record is restricted as of one who is not there', async () => {
    const resource = { resourceType: 'Patient', id: 'vip', meta: { security: [{ code: 'VIP' }] } }
    await mirrored(resource, { patientId: 'vip' })
    await world.platform.mirror.apply(ref, [
      {
        ...{ pathway: 'fhir', search: 'Goal.of', subject: 'vip', covers: ['Goal'], sightings: [] },
        ...{ askedAt: world.askedAt, complete: true },
      },
    ])
    const rights = ['charts', 'monitor'] as const
    const flagged = caller({}, rights)
    const unflagged = caller({ sensitive: false }, rights)
    expect(await ask(flagged, 'freshness.list', { patient: 'vip' })).toContain('"subject":"vip"')
    expect(await ask(unflagged, 'freshness.list', { patient: 'vip' })).toBe('NOT_FOUND')
  })
})

describe('a history of a type', () => {
  const base = 'https://door.example/fhir/r4/north-clinic'
  const history = { practice: 'north-clinic', type: 'CarePlan', base }
  interface Bundle {
    readonly entry?: readonly { readonly resource: { readonly id: string } }[]
    readonly link: readonly { readonly relation: string; readonly url: string }[]
    readonly total?: number
  }

  beforeAll(async () => {
    const labelled = { meta: { security: [{ code: 'PSY' }] } }
    for (const [id, patientId, rest] of [
      ['shown-1', 'north-1', {}],
      ['hidden-1', 'north-1', labelled],
      ['hidden-2', 'north-2', labelled],
      ['shown-2', 'north-1', {}],
      ['hidden-3', 'north-2', labelled],
    ] as const)
      await mirrored({ resourceType: 'CarePlan', id, ...rest }, { patientId })
  })

  async function pages(
    principal: Principal,
    count: number,
  ): Promise<readonly (readonly string[])[]> {
    const found: string[][] = []
    for (let query = `_count=${count}`; query !== '' && found.length < 20; ) {
      const bundle: Bundle = JSON.parse(await ask(principal, 'fhir.history', { ...history, query }))
      found.push((bundle.entry ?? []).map(({ resource }) => resource.id))
      query = bundle.link.find(({ relation }) => relation === 'next')?.url.split('?')[1] ?? ''
    }
    return found
  }

  test.each([
    ['a label', { sensitive: false }],
    ['another patient, and a label', { sensitive: false, patient: 'north-1' }],
  ])('has pages that are full and end where what is hidden by %s begins', async (_by, charts) => {
    const principal = caller(charts)
    expect(await pages(principal, 1)).toEqual([['shown-2'], ['shown-1']])
    expect(await pages(principal, 2)).toEqual([['shown-2', 'shown-1']])
    expect((await pages(caller({}), 1)).flat()).toHaveLength(5)
  })

  test('is empty of a type that is not seen', async () => {
    expect(await pages(withRole('front-desk'), 1)).toEqual([[]])
  })
})

test('a reverse inclusion tells nothing by an element that is not seen', async () => {
  const participant = [{ individual: { reference: 'Practitioner/dr' } }]
  await mirrored({ resourceType: 'Practitioner', id: 'dr' })
  await mirrored(
    { resourceType: 'Encounter', id: 'visit', ...{ participant } },
    { patientId: 'north-1' },
  )
  const input = {
    ...{ practice: 'north-clinic', base: 'https://door.example/fhir/r4/north-clinic' },
    ...{ type: 'Practitioner', handling: 'strict' },
    query: '_id=dr&_revinclude=Encounter:practitioner',
  }
  expect(await ask(withRole('clinician'), 'fhir.search', input)).toContain('Encounter/visit')
  expect(await ask(withRole('integrator'), 'fhir.search', input)).not.toContain('Encounter/visit')
})

test('who sees one patient sees no state in which a record was another’s', async () => {
  const goal = (patient: string, text: string) => ({
    ...{ resourceType: 'Goal', id: 'moved', subject: { reference: `Patient/${patient}` } },
    description: { text },
  })
  await mirrored(goal('north-2', 'Theirs'), { patientId: 'north-2' })
  await mirrored(goal('north-1', 'Mine'), { patientId: 'north-1' })
  const states = (patient: string | undefined) =>
    ask(caller({ patient }), 'goals.history', { id: 'moved' })
  expect(await states(undefined)).toContain('Theirs')
  expect(await states('north-1')).toContain('"version":2')
  expect(await states('north-1')).not.toContain('Theirs')
})

test('the history of an object has every state that is seen, however many stand on a page', async () => {
  for (const [state, label] of [
    ['one', 'N'],
    ['two', 'PSY'],
    ['three', 'PSY'],
    ['four', 'N'],
    ['five', 'N'],
  ] as const) {
    const resource = { resourceType: 'Goal', id: 'long', description: { text: state } }
    const meta = { security: [{ code: label }] }
    await mirrored({ ...resource, ...{ meta } }, { patientId: 'north-1' })
  }
  const versions = async (principal: Principal, limit: number) => {
    const found: number[] = []
    for (let before: object = {}; ; ) {
      const text = await ask(principal, 'goals.history', { id: 'long', limit, ...before })
      const { items, next }: { items: readonly { version: number }[]; next: number | null } =
        JSON.parse(text)
      found.push(...items.map(({ version }) => version))
      if (next === null || found.length > 10) return found
      before = { before: next }
    }
  }
  for (const limit of [1, 2, 3, 20]) {
    expect(await versions(caller({}), limit)).toEqual([5, 4, 3, 2, 1])
    expect(await versions(caller({ sensitive: false }), limit)).toEqual([5, 4, 1])
  }
})
