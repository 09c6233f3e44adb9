// What a person can get wrong, and what goes wrong around us: each has a code, a position and a way out.
// In one process on virtual time; programs that refuse to start are in programs.test.ts.

import { composePlatform, silentLog, systemRandom } from '@chartway/platform'
import { decodeProtectedHeader } from 'jose'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { inProcessNetwork, VENDOR } from '../in-process.ts'
import { verifies } from '../requirements.ts'
import { virtualRig } from '../rig.ts'

const CODE = 'JAFJCD'
const CLIENT_ID = 'chartway-backend'
const MINUTE_MS = 60_000

let held: TestDatabase
let rig: Awaited<ReturnType<typeof virtualRig>>

beforeEach(async () => {
  held = await testDatabase()
  rig = await virtualRig({
    seed: 5,
    preset: 'calm',
    databaseUrl: held.url,
    sweep: { chartIntervalMs: 5 * MINUTE_MS },
    practices: [
      {
        code: CODE,
        practice: 'elm',
        sandbox: { kind: 'living', patients: 4, facilities: 1, providers: 1, lives: false },
      },
    ],
  })
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await held.close()
})

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** One request at the API; time passes until it is answered. */
async function send(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  given: { readonly payload?: object; readonly key?: string } = {},
): Promise<Answer> {
  const { payload, key = rig.key } = given
  const asking = rig.platform.face.inject({
    ...{ method, url, headers: { authorization: `Bearer ${key}` } },
    ...(payload === undefined ? {} : { payload }),
  })
  const answered = Promise.resolve(asking).then((reply) => ({
    status: reply.statusCode,
    body: JSON.parse(reply.body),
  }))
  let done = false
  const noted = answered.finally(() => {
    done = true
  })
  for (let minutes = 0; minutes < 20 && !done; minutes++) await rig.clock.advance(MINUTE_MS / 4)
  return noted
}

const connection = (more: object = {}) => ({
  practice: 'oak',
  name: 'Oak',
  timeZone: 'America/New_York',
  baseUrl: `${VENDOR}/fhir/r4/${CODE}`,
  clientId: CLIENT_ID,
  ...more,
})

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly code: string | null
  readonly says: string
  readonly fix: string | null
}

/** What doctor finds wrong. */
async function wrong(practice: string): Promise<Finding[]> {
  const { body } = await send('POST', `/v1/practices/${practice}/check`, { payload: {} })
  return (body.findings as Finding[]).filter(({ ok }) => !ok)
}

async function untilSynced(): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes++) {
    if ((await rig.get('/v1/sync?practice=elm')).phase === 'continuing') return
    await rig.clock.advance(MINUTE_MS)
  }
  throw new Error('The first sync is not complete after an hour')
}

describe('an address', () => {
  test('with a slash at the end is refused where it stands, with the cure', async () => {
    const baseUrl = `${VENDOR}/fhir/r4/${CODE}/`
    const { status, body } = await send('POST', '/v1/practices', {
      payload: connection({ baseUrl }),
    })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      code: 'PATHWAY_BASE_URL_SLASH',
      position: '/body/baseUrl',
      cure: 'Leave the slash at the end out.',
    })
    expect((await rig.get('/v1/practices')).items).toHaveLength(1)
  })

  test('with a practice code nobody has is found by doctor, and mended by connecting again', async () => {
    const baseUrl = `${VENDOR}/fhir/r4/AAAAAA`
    const connected = await send('POST', '/v1/practices', { payload: connection({ baseUrl }) })
    expect(connected.status).toBe(201)
    expect(await wrong('oak')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          check: 'address',
          code: 'PATHWAY_PRACTICE_UNKNOWN',
          fix: expect.stringContaining('endpoint list'),
        }),
      ]),
    )
    const { lastCode } = await rig.get('/v1/sync?practice=oak')
    expect(lastCode).toBe('PATHWAY_PRACTICE_UNKNOWN')
    const again = await send('POST', '/v1/practices', { payload: connection() })
    expect(again).toMatchObject({
      status: 201,
      body: { practice: { practice: 'oak', baseUrl: connection().baseUrl } },
    })
    expect(await wrong('oak')).toEqual([])
    await rig.clock.advance(10 * MINUTE_MS)
    expect((await rig.get('/v1/resources/patients?practice=oak')).items).toHaveLength(4)
  })
})

describe('at the vendor', () => {
  const app = () => {
    const known = rig.sandbox.operator.app(CLIENT_ID)
    if (known === undefined) throw new Error('no app')
    return known
  }

  test('a scope that the app was not given is named', async () => {
    const { scopes } = app()
    const lacking = scopes.find((scope) => scope.includes('/Coverage.')) ?? 'none'
    rig.sandbox.operator.registerApp({
      ...app(),
      scopes: scopes.filter((scope) => scope !== lacking),
    })
    const found = await wrong('elm')
    const scope = found.find(({ check }) => check === 'scopes')
    expect(scope).toMatchObject({ code: 'PATHWAY_GRANT_REFUSED' })
    expect(scope?.says).toContain(`Refused: ${lacking}.`)
    expect(scope?.fix).toMatch(/vendor/)
  })

  test('an app that the practice has not activated is recognised, and who has to do what', async () => {
    verifies('R165')
    rig.sandbox.operator.registerApp({ ...app(), activatedFor: [] })
    const [finding, ...others] = await wrong('elm')
    expect(others).toEqual([])
    expect(finding).toMatchObject({ check: 'activation', code: 'PATHWAY_NOT_ACTIVATED' })
    expect(finding?.says).toContain('administrator of the practice')
    expect(finding?.fix).toMatch(/activation code.*Production Activation.*Activate/)
    const { lastCode, phase } = await rig.get('/v1/sync?practice=elm')
    expect({ lastCode, phase }).toEqual({ lastCode: 'PATHWAY_NOT_ACTIVATED', phase: 'first-sync' })
    rig.sandbox.operator.registerApp({ ...app(), activatedFor: [CODE] })
    await untilSynced()
    expect(await wrong('elm')).toEqual([])
  })
})

test('a revoked API key is refused at once where it was revoked, and within 5 s elsewhere', async () => {
  const made = await send('POST', '/v1/keys', { payload: { name: 'short', scopes: ['read'] } })
  const { keyId, text: key } = made.body as { keyId: string; text: string }
  const { database } = held
  const elsewhere = composePlatform({
    database,
    network: inProcessNetwork(rig.clock, () => rig.sandbox),
    clock: rig.clock,
    random: systemRandom(),
    log: silentLog,
    masterKey: systemRandom().bytes(32),
    instance: 'elsewhere',
    publicUrl: 'http://127.0.0.1:7400',
  })
  const there = async () => {
    const headers = { authorization: `Bearer ${key}` }
    return (await elsewhere.face.inject({ method: 'GET', url: '/v1/practices', headers }))
      .statusCode
  }
  expect(await there()).toBe(200)
  expect((await send('GET', '/v1/practices', { key })).status).toBe(200)
  expect(await there()).toBe(200)
  const revoked = rig.platform.face.inject({
    method: 'DELETE',
    url: `/v1/keys/${keyId}`,
    headers: { authorization: `Bearer ${rig.key}` },
  })
  expect((await revoked).statusCode).toBe(200)
  expect(await send('GET', '/v1/practices', { key })).toMatchObject({
    status: 401,
    body: { code: 'KEY_INVALID', cure: expect.any(String) },
  })
  await rig.clock.advance(5_000)
  expect(await there()).toBe(401)
  await elsewhere.face.close()
})

describe('a signing key', () => {
  const kids = async () => {
    const reply = await rig.platform.face.inject('/jwks/home.json')
    return (JSON.parse(reply.body).keys as { kid: string }[]).map(({ kid }) => kid)
  }
  const signing = async () => {
    const [practice] = await rig.platform.practices.list(await home())
    if (practice === undefined) throw new Error('no practice')
    const signed = rig.platform.practices.sign(practice.ref.organization, {}, 'RS384')
    return decodeProtectedHeader(await signed).kid
  }
  const home = async () => {
    const [organization] = await rig.platform.practices.organizations()
    if (organization === undefined) throw new Error('no organization')
    return organization
  }
  const rotate = () => send('POST', '/v1/signing-keys/rotate', { payload: {} })

  test('is rotated while a sync goes on: published before it signs, and no sign-in is refused', async () => {
    const [first] = await kids()
    await rig.clock.advance(MINUTE_MS)
    const { kid: next } = (await rotate()).body
    expect(await kids()).toEqual([first, next])
    expect(await signing()).toBe(first)
    await rig.clock.advance(6 * MINUTE_MS)
    expect((await rotate()).body.kid).toBe(next)
    expect(await signing()).toBe(next)
    expect((await kids()).toSorted()).toEqual([first, next].toSorted())
    await rig.clock.advance(12 * MINUTE_MS)
    expect(await kids()).toEqual([next])
    const calls = Object.entries(rig.sandbox.operator.calls())
    const signIns = calls.filter(([kind]) => /token/i.test(kind))
    expect(signIns).toMatchObject([[expect.stringMatching(/ 200$/), expect.any(Number)]])
    expect(signIns[0]?.[1]).toBeGreaterThan(2)
    expect(calls.filter(([kind]) => / 40[13]$/.test(kind))).toEqual([])
    expect((await rig.get('/v1/resources/patients?practice=elm')).items).toHaveLength(4)
  })
})

describe('a full disk', () => {
  // The database refuses rows as it does without room (53100). What a disk does that is full below a
  // running server, down to its own log, is not simulated.
  const FULL = `
    CREATE FUNCTION chartway.no_room() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON chartway.mirror_resources
      EXECUTE FUNCTION chartway.no_room();
    CREATE TRIGGER no_room BEFORE INSERT ON chartway.api_keys
      EXECUTE FUNCTION chartway.no_room()`
  const ROOM = 'DROP FUNCTION chartway.no_room() CASCADE'

  async function owner(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: held.url })
    await client.connect()
    await client.query(sql)
    await client.end()
  }

  test('is said to callers by code, stops nothing for good, and loses nothing', async () => {
    await owner(FULL)
    const payload = { name: 'n', scopes: ['read'] }
    expect(await send('POST', '/v1/keys', { payload })).toMatchObject({
      status: 503,
      body: { code: 'DATABASE_FULL', cure: expect.stringContaining('Free space') },
    })
    await rig.clock.advance(3 * MINUTE_MS)
    expect((await rig.get('/v1/counts?practice=elm')).counts ?? {}).toEqual({})
    expect((await rig.get('/v1/sync?practice=elm')).phase).toBe('first-sync')
    await owner(ROOM)
    await untilSynced()
    expect((await rig.get('/v1/resources/patients?practice=elm')).items).toHaveLength(4)
    const { items, last } = await rig.get('/v1/changes?practice=elm&limit=500')
    const sequences = (items as { sequence: number }[]).map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.map((_, i) => i + 1))
    expect(Number(last)).toBeGreaterThan(0)
  })
})
