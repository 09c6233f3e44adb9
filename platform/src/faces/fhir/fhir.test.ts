// The FHIR face over a real platform: interactions, searches, media types, outcomes, and what of another
// organization can be told from nothing (it cannot).

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { organizationId, practiceId } from '../../kernel/ids.ts'
import { silentLog } from '../../kernel/log.ts'
import { systemRandom } from '../../kernel/random.ts'
import { createHttpFace } from '../http/index.ts'

let world: Tenants
let base: string

interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Body
}

/** What of the answers' many shapes is looked into. */
interface Body {
  readonly resourceType: string
  readonly type?: string
  readonly total?: number
  readonly fhirVersion?: string
  readonly meta: {
    readonly versionId: string
    readonly lastUpdated: string
    readonly extension: readonly { readonly valueInstant: string }[]
    readonly tag: readonly { readonly code: string }[]
  }
  readonly name: readonly { readonly family: string }[]
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly issue: readonly Issue[]
  readonly entry?: readonly {
    readonly fullUrl: string
    readonly resource: { readonly id: string; readonly issue: readonly Issue[] }
    readonly search: { readonly mode: string }
    readonly request: { readonly method: string }
  }[]
  readonly rest: readonly {
    readonly security: {
      readonly service: readonly { readonly coding: readonly { code: string }[] }[]
    }
    readonly resource: readonly Served[]
  }[]
}
interface Issue {
  readonly code: string
  readonly expression: readonly string[]
  readonly details: { readonly coding: readonly { readonly code: string }[] }
}
interface Served {
  readonly type: string
  readonly supportedProfile?: readonly string[]
  readonly searchInclude: readonly string[]
  readonly searchRevInclude: readonly string[]
}

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  how: {
    readonly headers?: Record<string, string>
    readonly payload?: string
    readonly key?: string
  } = {},
): Promise<Got> {
  const key = how.key ?? world.north.readKey
  const url = path.startsWith('http') ? path.slice(path.indexOf('/fhir')) : `/fhir/r4/${path}`
  const reply = await world.platform.face.inject({
    method,
    url,
    headers: { ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...how.headers },
    ...(how.payload === undefined ? {} : { payload: how.payload }),
  })
  const text = reply.body
  return {
    status: reply.statusCode,
    headers: reply.headers,
    text,
    body: text === '' ? {} : JSON.parse(text),
  }
}
const get = (path: string, headers: Record<string, string> = {}, key?: string) =>
  send('GET', path, { headers, ...(key === undefined ? {} : { key }) })
const ids = ({ body }: Got, mode = 'match'): string[] =>
  (body.entry ?? []).filter((entry) => entry.search.mode === mode).map((entry) => entry.resource.id)
const next = ({ body }: Got): string | undefined =>
  body.link.find((link) => link.relation === 'next')?.url
const codes = ({ body }: Got): string[] =>
  body.issue.flatMap((issue) => issue.details.coding.map(({ code }) => code))

beforeAll(async () => {
  world = await tenants()
  base = `north-clinic`
  const organization = organizationId('north')
  const practice = practiceId('north-clinic')
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  const { mirror } = world.platform
  const about = (patient: string) => ({ reference: `Patient/${patient}` })
  const seen = (type: string, id: string, rest: object, patientId?: string) => ({
    resource: { resourceType: type, id, ...rest },
    repairs: [],
    patientId,
  })
  const listing = (search: string, subject: string, sightings: ReturnType<typeof seen>[]) => ({
    pathway: 'fhir',
    search,
    subject,
    covers: [search],
    askedAt: world.askedAt,
    complete: true,
    sightings,
  })
  const observation = (id: string, code: string, at: string, rest = {}) =>
    seen(
      'Observation',
      id,
      {
        status: 'final',
        category: [{ coding: [{ system: 'urn:category', code: 'vital-signs' }] }],
        code: { coding: [{ system: 'http://loinc.org', code }] },
        subject: about('north-1'),
        effectiveDateTime: at,
        ...rest,
      },
      'north-1',
    )
  await mirror.apply({ organization, practice }, [
    listing('Observation', 'north-1', [
      observation('o1', '8480-6', '2026-01-05T09:00:00-05:00', {
        meta: { lastUpdated: '2026-01-06T00:00:00Z' },
      }),
      observation('o2', '8462-4', '2026-01-06'),
      observation('o3', '8480-6', '2026-02-01'),
      observation('o4', '1-1', '2026-02-02', { meta: { security: [{ code: 'R' }] } }),
    ]),
    listing('MedicationRequest', 'north-1', [
      seen(
        'MedicationRequest',
        'm1',
        {
          status: 'active',
          intent: 'order',
          subject: about('north-1'),
          medicationReference: { reference: 'Medication/med' },
        },
        'north-1',
      ),
      seen('Medication', 'med', { code: { text: 'x' } }),
      seen('Provenance', 'prov', { target: [{ reference: 'MedicationRequest/m1' }] }),
    ]),
    listing('PractitionerRole', '', [
      seen('Practitioner', 'p1', {
        name: [{ family: 'Ortiz' }],
        identifier: [{ system: 'urn:npi', value: '9' }],
      }),
      seen('Practitioner', 'p2', { name: [{ family: 'Berg' }] }),
      seen('PractitionerRole', 'r1', {
        practitioner: { reference: 'Practitioner/p1' },
        specialty: [{ coding: [{ system: 'urn:nucc', code: '207Q' }] }],
      }),
      seen('PractitionerRole', 'r2', { practitioner: { reference: 'Practitioner/p2' } }),
    ]),
  ])
})
afterAll(() => world.close())

describe('reading', () => {
  test('a resource with our version and time, and the practice’s beside it', async () => {
    const got = await get(`${base}/Observation/o1`)
    expect(got.status).toBe(200)
    expect(got.headers['content-type']).toBe('application/fhir+json; charset=utf-8')
    expect(got.headers.etag).toBe('W/"1"')
    expect(got.headers['last-modified']).toBeDefined()
    expect(got.headers['chartway-as-of']).toBe(new Date(world.askedAt).toISOString())
    expect(got.headers['chartway-provenance']).toBe('fhir; Observation')
    expect(got.body.meta.versionId).toBe('1')
    expect(got.body.meta.extension[0]?.valueInstant).toBe('2026-01-06T00:00:00.000Z')
    expect(got.body.meta.lastUpdated > '2026-02').toBe(true)
  })

  test('what has not changed is not sent again', async () => {
    const got = await get(`${base}/Observation/o1`, { 'if-none-match': 'W/"1"' })
    expect([got.status, got.text]).toEqual([304, ''])
  })

  test('a part by its elements, with what must be there, marked as a part', async () => {
    const { body } = await get(`${base}/Observation/o1?_elements=effectiveDateTime`)
    expect(Object.keys(body).sort()).toEqual([
      'code',
      'effectiveDateTime',
      'id',
      'meta',
      'resourceType',
      'status',
    ])
    expect(body.meta.tag[0]?.code).toBe('SUBSETTED')
  })

  test('each state by its number, and the history of a resource and of a type', async () => {
    const first = await get(`${base}/Patient/north-1/_history/1`)
    expect(first.body.name[0]?.family).toBe('Before')
    expect((await get(`${base}/Patient/north-1/_history/9`)).status).toBe(404)
    const { body } = await get(`${base}/Patient/north-1/_history`)
    expect(body).toMatchObject({ type: 'history', total: 2 })
    expect(body.entry?.map((entry) => entry.request.method)).toEqual(['PUT', 'POST'])
    const all = await get(`${base}/Patient/_history?_count=4`)
    expect(all.body.entry).toHaveLength(4)
    const rest = await get(next(all) ?? '')
    expect(rest.body.entry?.length).toBeGreaterThan(0)
    const none = await get(`${base}/Patient/north-1/_history?_since=2999-01-01T00:00:00Z`)
    expect([none.status, none.body.total]).toEqual([200, 0])
  })
})

test('what is deleted is gone, is found by nothing, and keeps its history', async () => {
  const organization = organizationId('north')
  const practice = practiceId('north-clinic')
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  const how = { pathway: 'fhir', search: 'Practitioner.read' }
  const ref = { organization, practice }
  const { mirror } = world.platform
  const resource = { resourceType: 'Practitioner', id: 'gone', name: [{ family: 'Passing' }] }
  const seen = { resource, repairs: [], patientId: undefined }
  await mirror.applyRead(ref, { kind: 'found', seen, askedAt: world.askedAt }, how)
  expect(ids(await get(`${base}/Practitioner?name=passing`))).toEqual(['gone'])
  const absent = {
    kind: 'absent',
    type: 'Practitioner',
    id: 'gone',
    askedAt: world.askedAt + 1,
  } as const
  await mirror.applyRead(ref, absent, how)
  const got = await get(`${base}/Practitioner/gone`)
  expect([got.status, codes(got), got.body.issue[0]?.code]).toEqual([
    410,
    ['RESOURCE_DELETED'],
    'deleted',
  ])
  expect((await get(`${base}/Practitioner/gone/_history/2`)).status).toBe(410)
  expect((await get(`${base}/Practitioner/gone/_history/1`)).status).toBe(200)
  expect(ids(await get(`${base}/Practitioner?name=passing`))).toEqual([])
  expect(ids(await get(`${base}/Practitioner?_id=gone`))).toEqual([])
  const { body } = await get(`${base}/Practitioner/gone/_history`)
  expect(body.entry?.map(({ request }) => request.method)).toEqual(['DELETE', 'POST'])
})

describe('searching', () => {
  test.each([
    ['Observation?patient=north-1', ['o1', 'o2', 'o3']],
    ['Observation?patient=Patient/north-1&code=http://loinc.org|8480-6', ['o1', 'o3']],
    ['Observation?patient=north-1&date=ge2026-01-06&date=lt2026-02', ['o2']],
    ['Observation?patient=north-1&category=vital-signs&_sort=-date', ['o3', 'o2', 'o1']],
    ['Observation?patient.name=blake', ['o1', 'o2', 'o3']],
    ['Observation?_id=o2,o3,nothing', ['o2', 'o3']],
    ['Observation?_lastUpdated=ge2020', ['o1', 'o2', 'o3']],
    ['Observation?_lastUpdated=lt2020', []],
    ['Patient?family=blake', ['north-1']],
    ['Patient?name=stone&gender=female&_count=2', ['north-2', 'north-3']],
    ['Patient?family:contains=lak&given=canary', ['north-1']],
    ['Practitioner?identifier=urn:npi|9', ['p1']],
    ['Practitioner?name=ort', ['p1']],
    ['PractitionerRole?specialty=urn:nucc|207Q', ['r1']],
    ['PractitionerRole?practitioner=Practitioner/p2', ['r2']],
    ['PractitionerRole?practitioner.name=berg', ['r2']],
    ['PractitionerRole?practitioner.identifier=urn:npi|9', ['r1']],
    ['Practitioner?', ['p1', 'p2']],
  ])('%s', async (path, expected) => {
    const got = await get(`${base}/${path}`)
    expect([got.status, ids(got)]).toEqual([200, expected])
  })

  test('the bundle counts, links absolutely and says how old it is', async () => {
    const got = await get(`${base}/Observation?patient=north-1&_count=2`)
    expect(got.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: 3 })
    expect(got.headers['chartway-as-of']).toBe(new Date(world.askedAt).toISOString())
    expect(got.body.entry?.[0]?.fullUrl).toMatch(
      /^https?:\/\/[^/]+\/fhir\/r4\/north-clinic\/Observation\/o1$/,
    )
    const rest = await get(next(got) ?? '')
    expect([ids(rest), rest.body.total, next(rest)]).toEqual([['o3'], 3, undefined])
    const nothing = await get(`${base}/Observation?patient=nobody`)
    expect([nothing.body.total, nothing.body.entry]).toEqual([0, undefined])
  })

  test('pages go on by rows too, and their address shows nothing of the question', async () => {
    const first = await get(`${base}/Patient?name=stone&_count=3`)
    expect([ids(first), first.body.total]).toEqual([['north-2', 'north-3', 'north-4'], undefined])
    expect(next(first)).not.toContain('stone')
    const rest = await get(next(first) ?? '')
    expect(ids(rest)).toEqual(['north-5'])
    const counted = await get(`${base}/Patient?name=stone&_count=1&_total=accurate`)
    expect(counted.body.total).toBe(4)
    expect((await get(`${base}/Patient?name=stone&_summary=count`)).body).toMatchObject({
      total: 4,
    })
  })

  test('a place is not taken from another practice, type or hand', async () => {
    const first = await get(`${base}/Patient?name=stone&_count=1`)
    const place = new URL(next(first) ?? '').search
    expect(codes(await get(`${base}/Practitioner${place}`))).toEqual(['CURSOR_INVALID'])
    expect(codes(await get(`south-clinic/Patient${place}`, {}, world.south.readKey))).toEqual([
      'CURSOR_INVALID',
    ])
    expect(codes(await get(`${base}/Patient?_page=AAAA`))).toEqual(['CURSOR_INVALID'])
  })

  test('by a form, which leaves the question out of the address', async () => {
    const got = await send('POST', `${base}/Patient/_search`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'family=blake&_format=json',
    })
    expect([got.status, ids(got)]).toEqual([200, ['north-1']])
    const other = await send('POST', `${base}/Patient/_search`, {
      headers: { 'content-type': 'application/json' },
      payload: '{}',
    })
    expect([other.status, codes(other)]).toEqual([415, ['MEDIA_TYPE_UNSUPPORTED']])
  })

  test('with what stands beside it', async () => {
    const got = await get(
      `${base}/MedicationRequest?patient=north-1&_include=MedicationRequest:medication&_revinclude=Provenance:target`,
    )
    expect([ids(got), ids(got, 'include')]).toEqual([['m1'], ['med', 'prov']])
    expect(got.body.total).toBe(1)
  })

  test('unknown parameters are ignored and named, or refused when strictness is asked for', async () => {
    const lenient = await get(`${base}/Patient?family=blake&shoe-size=9`)
    expect(ids(lenient)).toEqual(['north-1'])
    const outcome = lenient.body.entry?.at(-1)
    expect(outcome?.search.mode).toBe('outcome')
    expect(outcome?.resource.issue[0]?.expression).toEqual(['http.shoe-size'])
    expect(lenient.body.link[0]?.url).toMatch(/Patient\?family=blake$/)
    const strict = await get(`${base}/Patient?family=blake&shoe-size=9`, {
      prefer: 'handling=strict',
    })
    expect([strict.status, codes(strict)]).toEqual([400, ['SEARCH_PARAMETER_UNKNOWN']])
  })

  test('everything that is wrong is said at once, without the values', async () => {
    const got = await get(
      `${base}/Patient?birthdate=sometime&_has:Observation:patient:code=1&name:in=x`,
    )
    expect([got.status, codes(got)]).toEqual([
      400,
      ['SEARCH_VALUE_INVALID', 'SEARCH_HAS_NOT_SERVED', 'SEARCH_MODIFIER_NOT_SERVED'],
    ])
    expect(got.text).not.toContain('sometime')
  })

  test.each(['Observation?code=8480-6', 'Condition?clinical-status=active', 'Patient?language=en'])(
    '%s has no bound',
    async (path) => {
      const got = await get(`${base}/${path}`)
      expect([got.status, codes(got), got.body.issue[0]?.code]).toEqual([
        400,
        ['SEARCH_TOO_COSTLY'],
        'too-costly',
      ])
    },
  )
})

describe('who may see what', () => {
  test('a restricted record is as if it were not there, and is there for who may see it', async () => {
    expect((await get(`${base}/Observation/o4`)).text).toBe(
      (await get(`${base}/Observation/o9`)).text,
    )
    expect((await get(`${base}/Observation/o4/_history`)).status).toBe(404)
    expect((await get(`${base}/Observation/o4/_history/1`)).status).toBe(404)
    const history = await get(`${base}/Observation/_history`)
    expect(history.text).not.toContain('"o4"')
  })

  test('foreign and absent practices and resources are the same to the byte', async () => {
    const foreign = [
      get('south-clinic/Patient/south-1'),
      get('nowhere/Patient/south-1'),
      get(`${base}/Patient/south-1`),
      get(`${base}/Patient/absent`),
      get(`${base}/Patient/_mal-formed`),
      get('Not-A-Practice/Patient/x'),
      get('south-clinic/Patient?name=a'),
      get('nowhere/Patient?name=a'),
    ]
    const answers = (await Promise.all(foreign)).map(({ status, text }) => [status, text])
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(answers[0]?.[0]).toBe(404)
    const south = await get(`${base}/Observation?patient=south-1`)
    const absent = await get(`${base}/Observation?patient=absent1`)
    expect(south.text.replaceAll('south-1', 'absent1')).toBe(absent.text)
  })

  test('nobody comes in without a key, except to the capability statement', async () => {
    const got = await get(`${base}/Patient/north-1`, {}, '')
    expect([got.status, codes(got), got.body.issue[0]?.code]).toEqual([
      401,
      ['KEY_MISSING'],
      'login',
    ])
    expect(got.headers['www-authenticate']).toBe('Bearer')
    const metadata = await get('nowhere/metadata', {}, '')
    expect([metadata.status, metadata.body.fhirVersion]).toEqual([200, '4.0.1'])
  })

  test('every answer is in the ledger, by names and never by values', async () => {
    await get(`${base}/Patient?family=blake&given=ann`)
    await get(`${base}/Observation?patient=north-1`)
    const [second, first] = await world.accesses(world.north.organization)
    expect([first?.action, first?.subject]).toEqual(['fhir.search', 'Patient?family,given'])
    expect(second?.details).toMatchObject({ patient: 'north-1', count: 3 })
  })
})

describe('forms of an answer', () => {
  test.each([
    [{ accept: 'application/fhir+xml' }, '', 406],
    [{}, '?_format=xml', 406],
    [{ accept: 'application/json' }, '', 200],
    [{ accept: 'text/html, */*;q=0.1' }, '', 200],
    [{ accept: 'application/fhir+xml' }, '?_format=json', 200],
  ])('%j%s: %d', async (headers, query, status) => {
    const got = await get(`${base}/Patient/north-1${query}`, headers)
    expect(got.status).toBe(status)
    if (status === 406) expect(codes(got)).toEqual(['FHIR_FORMAT_NOT_SERVED'])
  })

  test('writing is refused without asking who writes', async () => {
    expect((await send('DELETE', `${base}/Patient/north-1`, { key: '' })).status).toBe(405)
  })

  test('writing and other addresses are refused as outcomes', async () => {
    const put = await send('PUT', `${base}/Patient/north-1`, {
      headers: { 'content-type': 'application/fhir+json' },
      payload: '{}',
    })
    expect([put.status, codes(put)]).toEqual([405, ['FHIR_INTERACTION_NOT_SERVED']])
    const made = await send('POST', `${base}/Patient`, { payload: '{}' })
    expect(made.status).toBe(405)
    expect((await get(`${base}/Nonsense?x=1`)).body.issue[0]?.code).toBe('not-supported')
    expect((await get(`${base}/Patient/a/b/c/d`)).status).toBe(404)
  })

  test('the capability statement says what is served, and no profile of which a part is missed', async () => {
    const { body } = await get(`${base}/metadata`)
    const [rest] = body.rest
    const of = (type: string) => rest?.resource.find((one) => one.type === type)
    expect(of('Patient')?.supportedProfile).toContain(
      'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|6.1.0',
    )
    expect(of('DiagnosticReport')?.supportedProfile).toBeUndefined()
    expect(of('MedicationRequest')?.searchInclude).toContain('MedicationRequest:medication')
    expect(of('MedicationRequest')?.searchRevInclude).toEqual(['Provenance:target'])
    expect(rest?.security.service[0]?.coding[0]?.code).toBe('SMART-on-FHIR')
  })
})

test('who asks too often is told when to ask again, in the form of the face', async () => {
  const face = createHttpFace({
    ...world.platform.rooms,
    ...{ log: silentLog, random: systemRandom(), publicUrl: 'https://chartway.test' },
    ...{ requestsAMinute: 1, wallNow: () => 0 },
  })
  const ask = () =>
    face.inject({
      method: 'GET',
      url: `/fhir/r4/${base}/Patient/north-1`,
      headers: { authorization: `Bearer ${world.north.readKey}` },
    })
  const first = await ask()
  expect([first.statusCode, first.headers.ratelimit]).toEqual([200, '"caller";r=0;t=60'])
  const second = await ask()
  expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '60'])
  expect(JSON.parse(second.body)).toMatchObject({
    resourceType: 'OperationOutcome',
    issue: [{ code: 'throttled' }],
  })
  await face.close()
})
