// Every operation against every kind of caller that must not get through: printed from the table of
// operations, so that a new one without a probe here fails.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idOf, mirrorRecords } from '../../../../test/chart-records.ts'
import { codeAt } from '../../../../test/signed-in.ts'
import { type Tenant, type Tenants, tenants } from '../../../../test/tenants.ts'
import { practiceId } from '../../kernel/ids.ts'
import { type Need, OBJECTS, operations } from '../../operations/index.ts'
import { pathFields, ROUTES } from './routes.ts'

type Fields = Readonly<Record<string, unknown>>

/** A right input for every operation, by a tenant; absent for what needs a world of its own. */
const RIGHT: Readonly<Record<string, (tenant: Tenant) => Fields>> = {
  ...Object.fromEntries(
    OBJECTS.flatMap((object) => [
      [`${object}.list`, ({ practice }: Tenant) => ({ practice })],
      ...['read', 'history'].map((act) => [
        `${object}.${act}`,
        ({ organization, practice }: Tenant) => ({ practice, id: idOf(organization, object) }),
      ]),
    ]),
  ),
  'changes.stream': ({ practice }) => ({ practice }),
  'documents.content': ({ organization, practice }) => ({
    ...{ practice, id: idOf(organization, 'documents') },
  }),
  'practices.list': () => ({}),
  'practices.connect': ({ organization }) => ({
    practice: `${organization}-second`,
    name: 'Second',
    timeZone: 'America/Chicago',
    baseUrl: 'https://second.test/fhir/r4/JAFJCD',
    clientId: 'second',
  }),
  'practices.check': ({ practice }) => ({ practice }),
  'practices.pause': ({ practice }) => ({ practice }),
  'practices.resume': ({ practice }) => ({ practice }),
  'practices.retention': ({ practice }) => ({ practice }),
  'practices.retain': ({ practice }) => ({ practice, mode: 'full' }),
  'resources.list': ({ practice }) => ({ collection: 'patients', practice }),
  'resources.read': ({ practice, patient }) => ({ collection: 'patients', practice, id: patient }),
  'counts.read': ({ practice }) => ({ practice }),
  'changes.list': ({ practice }) => ({ practice }),
  'freshness.list': ({ practice }) => ({ practice }),
  'budget.read': ({ practice }) => ({ practice }),
  'calls.list': ({ practice }) => ({ practice }),
  'patients.search': ({ practice }) => ({ practice }),
  'sync.read': ({ practice }) => ({ practice }),
  'sync.problems': ({ practice }) => ({ practice }),
  'launches.start': ({ practice }) => ({ practice }),
  'launches.list': ({ practice }) => ({ practice }),
  'launches.read': ({ organization, practice }) => ({ practice, launch: launched[organization] }),
  'launches.resource': ({ organization, practice, patient }) => ({
    ...{ practice, launch: launched[organization], type: 'Patient', id: patient },
  }),
  'launches.end': ({ organization, practice }) => ({ practice, launch: launched[organization] }),
  'launches.set-secret': ({ practice }) => ({ practice, secret: 'of a test' }),
  'sessions.create': ({ organization, person: { name, password, secret } }) => ({
    ...{ organization, name, password },
    // The step of now was used to enrol; a telephone may be one ahead.
    code: codeAt(secret, Date.now() + 30_000),
  }),
  'sessions.read': () => ({}),
  'sessions.list': () => ({}),
  'sessions.delete': () => ({}),
  'sessions.revoke': ({ person }) => ({ sessionId: person.sessionId }),
  'sessions.confirm': () => ({ password: 'wrong', code: '000000' }),
  'users.create': ({ organization }) => ({
    ...{ name: `another@${organization}`, displayName: 'Another', roles: ['biller'] },
  }),
  'users.list': () => ({}),
  'users.update': ({ person }) => ({ user: person.userId, roles: ['biller'] }),
  'users.disable': ({ person }) => ({ user: person.userId }),
  'users.enable': ({ person }) => ({ user: person.userId }),
  'users.reset': ({ person }) => ({ user: person.userId }),
  'users.open-invitation': ({ invitation: token }) => ({ token }),
  'users.accept-invitation': ({ invitation: token }) => ({ token, password: 'p', code: '000000' }),
  'users.change-password': () => ({ password: 'wrong', code: '000000', next: 'wrong' }),
  'audit.list': ({ practice }) => ({ practice }),
  'clients.create': () => ({
    ...{ name: 'made in a test', kind: 'public', scopes: ['user/*.rs'] },
    redirectUris: ['https://app.test/back'],
  }),
  'clients.list': () => ({}),
  'clients.revoke': ({ client: clientId }) => ({ clientId }),
  'keys.list': () => ({}),
  'keys.create': () => ({ name: 'made in a test', scopes: ['read'] }),
  'keys.revoke': ({ readKey }) => ({ keyId: readKey.split('_')[2] }),
  'signing-keys.rotate': () => ({}),
  'jwks.read': ({ organization }) => ({ organization }),
  'errors.read': () => ({ code: 'NOT_FOUND' }),
  'outbound.release': () => ({ confirm: 'the old installation is off' }),
  'health.read': () => ({}),
  'health.live': () => ({}),
  'health.ready': () => ({}),
}
/** Fields that name something of a tenant. */
const NAMES = ['practice', 'id', 'keyId', 'user', 'sessionId', 'clientId', 'launch'] as const
const ABSENT: Fields = {
  ...{ practice: 'absent-clinic', id: 'absent-1', keyId: '0123456789abcdef' },
  ...{ user: '0123456789abcdef0123', sessionId: '0123456789abcdef0123' },
  ...{ clientId: 'south.0123456789abcdef0123', launch: '0123456789abcdef0123' },
}
/** What a key cannot do, or what needs a world of its own: tested beside the sessions. */
const NOT_BY_KEY = [
  ...['sessions.delete', 'sessions.revoke', 'sessions.confirm'],
  ...['users.accept-invitation', 'users.change-password'],
  // Asks the vendor: tested where there is one.
  'launches.resource',
]

let world: Tenants
/** A launch that the organization's reading key started. */
const launched: Record<string, string> = {}

async function launch({ organization, practice, readKey }: Tenant): Promise<string> {
  const { practices, rooms } = world.platform
  const ref = { organization, practice: practiceId(practice) ?? raise(practice) }
  const known = (await practices.get(ref)) ?? raise(practice)
  const app = { clientId: 'app', kind: 'public', scopes: ['patient/Patient.read'] }
  const settings = { ...known, practice: ref.practice, overrides: { app } }
  await practices.connect(organization, settings, 'test')
  const started = await rooms.launches.start(ref, `key:${readKey.split('_')[2]}`)
  return started?.launchId ?? raise('launch')
}

beforeAll(async () => {
  world = await tenants()
  for (const { organization, practice } of [world.north, world.south]) {
    const ref = { organization, practice: practiceId(practice) ?? raise(practice) }
    await mirrorRecords(world.platform, ref, world.askedAt)
  }
  for (const tenant of [world.north, world.south])
    launched[tenant.organization] = await launch(tenant)
})
afterAll(() => world.close())

function raise(what: string): never {
  throw new Error(`${what} does not fit`)
}

async function ask(name: string, fields: Fields, key: string | undefined) {
  const { method, path } = routeOf(name)
  const inPath = pathFields(path)
  const left = Object.entries(fields).filter(([field]) => !inPath.includes(field))
  const url = path.replace(/:([A-Za-z]+)/g, (_whole, field: string) =>
    encodeURIComponent(String(fields[field])),
  )
  const query = new URLSearchParams()
  for (const [field, value] of left) query.set(field, String(value))
  const reply = await world.platform.face.inject({
    method,
    url: method === 'POST' ? url : `${url}?${query}`,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(method === 'POST' && left.length > 0 && { payload: Object.fromEntries(left) }),
  })
  return { status: reply.statusCode, body: reply.body }
}

function routeOf(name: string) {
  const route = ROUTES[name]
  if (route === undefined) throw new Error(`${name} has no route`)
  return route
}

function right(name: string, tenant: Tenant): Fields {
  const fields = RIGHT[name]
  if (fields === undefined) throw new Error(`${name} has no probe: add a right input for it above`)
  return fields(tenant)
}

function withoutRequestId(body: string): string {
  return body.replace(/"requestId":"[^"]{21}"/, '')
}

const keyed = operations.filter(({ need }) => need !== 'none')
/** Rights that a key of the scope `read` has. */
const READS: readonly Need[] = ['charts', 'monitor', 'any']

describe.each(keyed.map(({ name, need }) => [name, need] as const))('%s (%s)', (name, need) => {
  const reads = READS.includes(need)

  test('without a key is refused', async () => {
    const { status, body } = await ask(name, right(name, world.north), undefined)
    expect([status, JSON.parse(body).code]).toEqual([401, 'KEY_MISSING'])
  })

  test('with a key that is wrong in any part is refused, always alike', async () => {
    const [, , keyId = '', secret = ''] = world.north.adminKey.split('_')
    const wrong = [
      'nonsense',
      `cw_north_${keyId}_${secret.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `cw_north_0123456789abcdef_${secret}`,
      `cw_south_${keyId}_${secret}`,
      `cw_nobody_${keyId}_${secret}`,
    ]
    const answers = new Set<string>()
    for (const key of wrong) {
      const { status, body } = await ask(name, right(name, world.north), key)
      answers.add(`${status} ${withoutRequestId(body)}`)
    }
    expect(answers.size).toBe(1)
    expect([...answers][0]).toMatch(/^401 .*"KEY_INVALID"/)
  })

  test.skipIf(need === 'monitor' || need === 'any')(
    'with a key without the right is refused',
    async () => {
      const key = reads ? world.north.adminKey : world.north.readKey
      const { status, body } = await ask(name, right(name, world.north), key)
      expect(status).toBe(403)
      expect(JSON.parse(body)).toMatchObject({ code: 'RIGHT_MISSING', details: { right: need } })
    },
  )

  test('cannot tell what belongs to somebody else from what does not exist', async () => {
    const key = reads ? world.south.readKey : world.south.adminKey
    const theirs = right(name, world.north)
    for (const field of NAMES.filter((candidate) => candidate in theirs)) {
      if (name === 'practices.connect') continue
      // The vendor's own ids, at a launch of one's own: nothing of a tenant is named.
      if (name === 'launches.resource' && field === 'id') continue
      const own = right(name, world.south)
      const foreign = await ask(name, { ...own, [field]: theirs[field] }, key)
      const absent = await ask(name, { ...own, [field]: ABSENT[field] }, key)
      expect([foreign.status, foreign.body.length]).toEqual([404, absent.body.length])
      expect(withoutRequestId(foreign.body)).toBe(withoutRequestId(absent.body))
    }
  })

  test('does not take what it does not know', async () => {
    const key = reads ? world.north.readKey : world.north.adminKey
    const { status, body } = await ask(name, { ...right(name, world.north), unknown: 1 }, key)
    expect([status, JSON.parse(body).code]).toEqual([400, 'INPUT_INVALID'])
  })
})

/** Last: these act. */
const ORDER = (name: string) => (/^(keys|users|clients)\.|^practices\.connect$/.test(name) ? 1 : 0)
/** A stream does not end: tested by itself. */
const acting = operations
  .filter(({ name }) => !NOT_BY_KEY.includes(name) && ROUTES[name]?.streamed !== true)
  .sort((a, b) => ORDER(a.name) - ORDER(b.name))

test.each(acting.map((operation) => [operation.name, operation] as const))(
  '%s answers its own tenant as it describes, and with nothing of the other',
  async (name, operation) => {
    const key =
      READS.includes(operation.need) || operation.need === 'none'
        ? world.south.readKey
        : world.south.adminKey
    const { status, body } = await ask(name, right(name, world.south), key)
    expect(status).toBe(routeOf(name).status ?? 200)
    expect(operation.output.safeParse(JSON.parse(body)).error).toBeUndefined()
    // What one asked for oneself, above, is in one's own ledger.
    expect(body.replaceAll('Patient/north-1', '')).not.toMatch(/north/i)
  },
)
