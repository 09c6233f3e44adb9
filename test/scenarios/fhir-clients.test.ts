// A public FHIR client, as it comes from its registry, reads our FHIR facade over a socket: discovery,
// reading, searching in every way it has, paging, histories, and errors as it shows them.

import { Client, type FhirResource } from 'fhir-kit-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { practiceId } from '../../platform/src/kernel/ids.ts'
import { freePort } from '../free-port.ts'
import { type Tenants, tenants } from '../tenants.ts'

let world: Tenants
let client: Client
let origin: string

interface Bundle extends FhirResource {
  link: { relation: string; url: string }[]
  entry?: { resource: { id: string }; search: { mode: string } }[]
}

beforeAll(async () => {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  world = await tenants({ publicUrl: origin })
  await world.platform.face.listen({ host: '127.0.0.1', port })
  client = clientOf('north-clinic', world.north.readKey)
  const practice = practiceId('north-clinic')
  if (practice === undefined) throw new Error('It is an id')
  const subject = { reference: 'Patient/north-1' }
  const observation = (id: string, day: string) => ({
    resource: { resourceType: 'Observation', id, status: 'final', subject, effectiveDateTime: day },
    repairs: [],
    patientId: 'north-1',
  })
  await world.platform.mirror.apply({ organization: world.north.organization, practice }, [
    {
      pathway: 'fhir',
      search: 'Observation',
      subject: 'north-1',
      covers: ['Observation'],
      askedAt: world.askedAt,
      complete: true,
      sightings: ['2026-01-05', '2026-01-06', '2026-02-01'].map((day) =>
        observation(`o-${day}`, day),
      ),
    },
  ])
})
afterAll(() => world.close())

function clientOf(practice: string, key: string): Client {
  return new Client({ baseUrl: `${origin}/fhir/r4/${practice}`, bearerToken: key })
}

function isBundle(answer: unknown): answer is Bundle {
  return typeof answer === 'object' && answer !== null && 'link' in answer
}

function asBundle(answer: unknown): Bundle {
  if (!isBundle(answer)) throw new Error('The answer is no bundle')
  return answer
}

const ids = (answer: unknown) =>
  (asBundle(answer).entry ?? []).flatMap(({ resource, search }) =>
    search.mode === 'match' ? [resource.id] : [],
  )

/** As the client throws for an answer that is an error. */
function isAnswered(
  thrown: unknown,
): thrown is { response: { status: number; data: { issue: { code: string }[] } } } {
  return thrown instanceof Error && 'response' in thrown
}

async function outcomeOf(asked: Promise<unknown>) {
  const thrown: unknown = await asked.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isAnswered(thrown)) throw new Error('There was no answer that is an error')
  const { status, data } = thrown.response
  return [status, data.issue[0]?.code]
}

describe('fhir-kit-client', () => {
  test('finds the capability statement and where tokens are issued', async () => {
    const statement = await client.capabilityStatement()
    expect(statement.resourceType).toBe('CapabilityStatement')
  })

  test('reads a resource, a state of it and its history', async () => {
    const read = await client.read({ resourceType: 'Patient', id: 'north-1' })
    expect(read).toMatchObject({ resourceType: 'Patient', name: [{ family: 'Blake' }] })
    const before = await client.vread({ resourceType: 'Patient', id: 'north-1', version: '1' })
    expect(before).toMatchObject({ name: [{ family: 'Before' }] })
    const history = await client.history({ resourceType: 'Patient', id: 'north-1' })
    expect(history).toMatchObject({ type: 'history', total: 2 })
    expect(await client.history({ resourceType: 'Patient' })).toMatchObject({ type: 'history' })
  })

  test('searches by address and by form, with repeated and sorted parameters', async () => {
    const searchParams = { patient: 'north-1', date: ['ge2026-01-06', 'lt2026-02'], _sort: '-date' }
    expect(ids(await client.search({ resourceType: 'Observation', searchParams }))).toEqual([
      'o-2026-01-06',
    ])
    const posted = await client.search({
      resourceType: 'Patient',
      searchParams: { family: 'stone' },
      options: { postSearch: true },
    })
    expect(ids(posted)).toEqual(['north-2', 'north-3', 'north-4', 'north-5'])
  })

  test('follows the pages to their end', async () => {
    const found: string[] = []
    let page: unknown = await client.search({
      resourceType: 'Patient',
      searchParams: { name: 'stone', _count: '1' },
    })
    for (let pages = 0; page !== undefined && pages < 10; pages++) {
      found.push(...ids(page))
      page = await client.nextPage({ bundle: asBundle(page) })
    }
    expect(found).toEqual(['north-2', 'north-3', 'north-4', 'north-5'])
  })

  test('resolves a reference out of a resource', async () => {
    const resolved = await client.resolve({ reference: 'Patient/north-1' })
    expect(resolved).toMatchObject({ id: 'north-1' })
  })

  test('shows an outcome for what is absent, foreign, unbounded and not allowed', async () => {
    const read = (id: string) => client.read({ resourceType: 'Patient', id })
    expect(await outcomeOf(read('absent'))).toEqual([404, 'not-found'])
    expect(await outcomeOf(read('south-1'))).toEqual([404, 'not-found'])
    const unbounded = client.search({ resourceType: 'Observation', searchParams: { code: 'x' } })
    expect(await outcomeOf(unbounded)).toEqual([400, 'too-costly'])
    const body = { resourceType: 'Patient' }
    expect(await outcomeOf(client.create({ resourceType: 'Patient', body }))).toEqual([
      405,
      'not-supported',
    ])
    const stranger = clientOf('north-clinic', 'cw_north_x_y')
    expect(await outcomeOf(stranger.read({ resourceType: 'Patient', id: 'north-1' }))).toEqual([
      401,
      'login',
    ])
  })
})
