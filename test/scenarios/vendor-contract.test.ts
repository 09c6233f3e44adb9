// What holds between the platform and the vendor, seen on the wire between them: how it signs in, what
// becomes of the token, what it asks and leaves out, and how late the vendor shows things.

import type { Log, Network } from '@chartway/platform'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { verifies } from '../requirements.ts'
import { type RigOptions, virtualRig } from '../rig.ts'

const CODE = 'JAFJCD'
const PRACTICE = 'elm'
const MINUTE_MS = 60_000
type VirtualRig = Awaited<ReturnType<typeof virtualRig>>

let held: TestDatabase
let opened: VirtualRig | undefined
beforeEach(async () => {
  held = await testDatabase()
})
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]()
  opened = undefined
  await held.close()
})

async function start(more: Partial<RigOptions> = {}): Promise<VirtualRig> {
  opened = await virtualRig({
    seed: 6,
    preset: 'calm',
    databaseUrl: held.url,
    practices: [
      {
        code: CODE,
        practice: PRACTICE,
        sandbox: { kind: 'living', patients: 3, facilities: 1, providers: 1, lives: false },
      },
    ],
    ...more,
  })
  return opened
}

async function until(rig: VirtualRig, holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 240; looks++) {
    if (await holds()) return
    await rig.clock.advance(MINUTE_MS / 2)
  }
  throw new Error('It does not hold after two hours')
}

const synced = (rig: VirtualRig) =>
  until(rig, async () => (await rig.get('/v1/sync')).phase === 'continuing')

/** A request to the API that spends the practice's calls; time passes until it is answered. */
async function post(rig: VirtualRig, url: string, payload: object) {
  let body: string | undefined
  const headers = { authorization: `Bearer ${rig.key}` }
  const asking = Promise.resolve(
    rig.platform.face.inject({ method: 'POST', url, headers, payload }),
  ).then((reply) => {
    body = reply.body
  })
  await until(rig, async () => body !== undefined)
  await asking
  return JSON.parse(body ?? '')
}

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly code: string | null
  readonly says: string
  readonly fix: string | null
}

const doctor = async (rig: VirtualRig, practice = PRACTICE): Promise<Finding[]> =>
  (await post(rig, `/v1/practices/${practice}/check`, {})).findings

/** Notes what passes on the wire: sign-ins with their tokens, and statuses. */
function wiretap() {
  const signIns: { readonly body: string; readonly token: string; readonly at: string }[] = []
  const statuses = new Map<number, number>()
  const between = (network: Network): Network => ({
    send: async (request, options) => {
      const reply = await network.send(request, options)
      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
      if (request.method === 'POST') {
        const answer = JSON.parse(new TextDecoder().decode(reply.body))
        signIns.push({
          body: request.body ?? '',
          token: String(answer.access_token),
          at: new URL(request.url).pathname,
        })
      }
      return reply
    },
  })
  return { signIns, statuses, between }
}

/** One request to the vendor as any client could send it. */
async function ask(
  { sandbox }: VirtualRig,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
) {
  const bytes = new TextEncoder().encode(body)
  const reply = await sandbox.handle({ method, path, headers, body: bytes })
  const type = reply.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return { status: reply.status, type, text: new TextDecoder().decode(reply.body) }
}

describe('signing in', () => {
  test('is by client credentials with a signed assertion; the old form is refused and taught', async () => {
    verifies('R126')
    const { signIns, between } = wiretap()
    const rig = await start({ between })
    await rig.clock.advance(MINUTE_MS)
    const [first] = signIns
    const form = new URLSearchParams(first?.body)
    expect(first?.at).toBe('/oauth/oauth2/token')
    expect(form.get('grant_type')).toBe('client_credentials')
    expect(form.get('client_assertion_type')).toMatch(/:jwt-bearer$/)
    expect(form.get('client_secret')).toBeNull()
    expect(first?.token.length).toBeGreaterThan(20)
    const old = await ask(
      rig,
      'POST',
      '/oauth2/default/v1/token',
      { authorization: 'Basic Y2xpZW50OnNlY3JldA==' },
      'grant_type=client_credentials',
    )
    expect(old.status).toBe(404)
    expect(old.text).toMatch(/\/oauth\/oauth2\/token with a client_assertion signed with RS384/)
  })

  test('gives a token that is kept in memory, renewed before it ends, and written nowhere', async () => {
    verifies('R127')
    const { signIns, statuses, between } = wiretap()
    const logged: unknown[] = []
    const log: Log = { write: (...line) => void logged.push(line) }
    const rig = await start({ between, log, sweep: { chartIntervalMs: 2 * MINUTE_MS } })
    rig.sandbox.operator.script([{ fault: 'status-500', rate: 1, times: 3, match: 'Condition' }])
    await rig.clock.advance(16 * MINUTE_MS)
    expect(logged.length).toBeGreaterThan(0)
    const calls = [...statuses.values()].reduce((all, count) => all + count, 0)
    expect(calls).toBeGreaterThan(500)
    expect(signIns.length).toBeGreaterThanOrEqual(3)
    expect(signIns.length).toBeLessThan(8)
    expect(statuses.get(401)).toBeUndefined()
    const secrets = signIns.flatMap(({ token, body }) => [
      token,
      new URLSearchParams(body).get('client_assertion') ?? '',
    ])
    const written = [JSON.stringify(logged), await everyRow(held.url)]
    expect(written[1]).toContain(CODE)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      expect(written.filter((text) => text.includes(secret))).toEqual([])
    }
  })
})

test('a search by family and given name with a token and the FHIR media type gives a bundle', async () => {
  verifies('R128')
  const { signIns, between } = wiretap()
  const rig = await start({ between })
  await rig.clock.advance(MINUTE_MS)
  const [patient] =
    rig.sandbox.operator.world.practice(CODE)?.list('Patient', rig.clock.now()) ?? []
  if (patient === undefined) throw new Error('no patient')
  const [name] = patient.name as { family: string; given: string[] }[]
  const query = new URLSearchParams({ family: name?.family ?? '', given: name?.given[0] ?? '' })
  const path = `/fhir/r4/${CODE}/Patient?${query}`
  const accept = 'application/fhir+json'
  const found = await ask(rig, 'GET', path, {
    ...{ accept, authorization: `Bearer ${signIns[0]?.token}` },
  })
  expect(found.status).toBe(200)
  expect(found.type).toMatch(/^application\/fhir\+json/)
  const bundle = JSON.parse(found.text)
  expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'searchset' })
  expect(bundle.entry.map((entry: { resource: { id: string } }) => entry.resource.id)).toEqual([
    patient.id,
  ])
  expect((await ask(rig, 'GET', path, { accept })).status).toBe(401)
})

test('a dead token and a missing scope are two errors, each with what to do', async () => {
  verifies('R129')
  const rig = await start()
  await synced(rig)
  rig.sandbox.operator.script([{ fault: 'expired-token', rate: 1, match: 'Patient\\?' }])
  const dead = (await doctor(rig)).find(({ ok }) => !ok)
  rig.sandbox.operator.script([])
  const { baseUrl, clientId, timeZone } = (await practiceOf(rig)) ?? {}
  const overrides = { scopes: { Patient: 'system/Practitioner.read' } }
  const connection = { practice: 'narrow', name: 'Narrow', baseUrl, clientId, timeZone, overrides }
  await post(rig, '/v1/practices', connection)
  const narrow = (await doctor(rig, 'narrow')).find(({ ok }) => !ok)
  expect(dead).toMatchObject({ check: 'read', code: 'PATHWAY_UNAUTHORIZED' })
  expect(narrow).toMatchObject({ check: 'read', code: 'PATHWAY_SCOPE_MISSING' })
  expect(dead?.fix).toMatch(/still approved and its key still published/)
  expect(narrow?.fix).toMatch(/add the scope to the app/)
})

test('what the practice’s statement does not declare is left out of the plan, and doctor says so', async () => {
  verifies('R125')
  const { between, left } = withoutTypes(['Goal', 'Immunization'])
  const rig = await start({ between })
  await synced(rig)
  expect(left()).toBeGreaterThan(20)
  const metadata = (await doctor(rig)).find(({ check }) => check === 'metadata')
  expect(metadata).toMatchObject({ ok: true })
  expect(metadata?.says).toContain(`The server declares ${left()} types.`)
  const named = /Not served, and left out: (.*)\./.exec(metadata?.says ?? '')?.[1]?.split(', ')
  expect(named?.toSorted()).toEqual(expect.arrayContaining(['Goal', 'Immunization']))
  const kinds = Object.keys(rig.sandbox.operator.calls())
  expect(kinds.filter((kind) => /^GET (Goal|Immunization)\b/.test(kind))).toEqual([])
  expect(kinds.filter((kind) => /^GET CarePlan\b/.test(kind))).not.toEqual([])
  expect((await rig.get('/v1/sync')).lastCode).toBeNull()
})

test('on a tuesday a change shows five to ten minutes after it happened, and is learnt then', async () => {
  verifies('R64')
  const rig = await start({ preset: 'tuesday', sweep: { chartIntervalMs: MINUTE_MS } })
  await synced(rig)
  const { world } = rig.sandbox.operator
  const read = async (id: unknown) =>
    JSON.stringify((await rig.get(`/v1/resources/conditions/${String(id)}`)).resource)
  const [condition] = world.practice(CODE)?.list('Condition', rig.clock.now()) ?? []
  if (condition === undefined) throw new Error('no condition')
  const put = world.put(CODE, { ...condition, code: { text: 'Just now' } }, 'operator')
  const lag = put.visibleAt - put.at
  expect(lag).toBeGreaterThanOrEqual(5 * MINUTE_MS)
  expect(lag).toBeLessThanOrEqual(10 * MINUTE_MS)
  while (rig.clock.now() < put.visibleAt) {
    expect(await read(condition.id)).not.toContain('Just now')
    await rig.clock.advance(Math.min(MINUTE_MS, put.visibleAt - rig.clock.now()))
  }
  await until(rig, async () => (await read(condition.id)).includes('Just now'))
  const { items } = await rig.get('/v1/changes?limit=500')
  const learnt = (items as { kind: string; id: string; askedAt: string }[]).filter(
    ({ kind, id }) => kind === 'updated' && id === condition.id,
  )
  expect(learnt).toHaveLength(1)
  expect(Date.parse(learnt[0]?.askedAt ?? '')).toBeGreaterThan(put.at + 4 * MINUTE_MS)
})

async function practiceOf({ platform }: VirtualRig) {
  const [organization] = await platform.practices.organizations()
  if (organization === undefined) throw new Error('no organization')
  return (await platform.practices.list(organization))[0]
}

/** Takes types out of the capability statement on its way. */
function withoutTypes(types: readonly string[]) {
  let declared = 0
  const between = (network: Network): Network => ({
    send: async (request, options) => {
      const reply = await network.send(request, options)
      if (!request.url.endsWith('/metadata')) return reply
      const statement = JSON.parse(new TextDecoder().decode(reply.body))
      const [server] = statement.rest
      server.resource = server.resource.filter(
        ({ type }: { type: string }) => !types.includes(type),
      )
      declared = server.resource.length
      return { ...reply, body: new TextEncoder().encode(JSON.stringify(statement)) }
    },
  })
  return { between, left: () => declared }
}

/** Every row of every table of ours, as text. */
async function everyRow(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = await client.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'chartway' ORDER BY tablename`,
    )
    const rows: string[] = []
    for (const { tablename } of tables.rows) {
      const found = await client.query(`SELECT t::text AS row FROM chartway.${tablename} AS t`)
      rows.push(...found.rows.map(({ row }) => String(row)))
    }
    return rows.join('\n')
  } finally {
    await client.end()
  }
}
