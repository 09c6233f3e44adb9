// What becomes of the tokens of people who signed in at the vendor: renewed, lost, ended, counted, and
// never told. In one process on a virtual clock, and once over real sockets.

import { NetworkFailure } from '@chartway/platform'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeOn, fetched, LaunchVisitor } from '../launch-visitor.ts'
import { APP_ID, CODE, type LaunchWorld, launchWorld, SCOPES, SECRET } from '../launch-world.ts'
import { verifies } from '../requirements.ts'
import { socketRig } from '../rig.ts'

const MINUTE = 60_000

let world: LaunchWorld
beforeAll(async () => {
  world = await launchWorld()
  await world.setUp('confidential-symmetric')
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  world.between = undefined
  await world.rig.clock.advance(MINUTE)
})

describe('tokens', () => {
  const refreshes = () =>
    world.tokenCalls.filter(({ form }) => form.get('grant_type') === 'refresh_token')

  test('an expired access token is renewed, once for all who ask at once', async () => {
    const { launch } = await world.launched()
    const [patient = ''] = world.patients
    const before = refreshes().length
    await world.rig.clock.advance(59.5 * MINUTE)
    const all = await Promise.all(
      [1, 2, 3, 4].map(() => world.read(launch.launch, 'Patient', patient)),
    )
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(refreshes().length).toBe(before + 1)
    await world.rig.clock.advance(65 * MINUTE)
    expect((await world.read(launch.launch, 'Patient', patient)).status).toBe(200)
    const [first, second] = refreshes().slice(before)
    // The second refresh shows what the first was given: the token rotates.
    expect(second?.form.get('refresh_token')).toBe(first?.answer.refresh_token)
    expect(second?.form.get('refresh_token')).not.toBe(first?.form.get('refresh_token'))
  })

  test('a refresh token that somebody else used ends the launch in words', async () => {
    const { launch } = await world.launched()
    const granted = world.tokenCalls.at(-1)?.answer
    const stolen = new URLSearchParams({
      ...{ grant_type: 'refresh_token', refresh_token: String(granted?.refresh_token) },
    })
    const basic = [APP_ID, SECRET].map(encodeURIComponent).join(':')
    const reply = await world.rig.sandbox.handle({
      ...{ method: 'POST', path: '/oauth/oauth2/token' },
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
      },
      body: new TextEncoder().encode(stolen.toString()),
    })
    expect(reply.status).toBe(200)
    await world.rig.clock.advance(61 * MINUTE)
    const { status, body } = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([status, body.code, body.details.why]).toEqual([409, 'LAUNCH_NEEDED', 'LAUNCH_REVOKED'])
    const after = await world.latest()
    expect(after).toMatchObject({ state: 'needs-launch', code: 'LAUNCH_REVOKED' })
    expect(after.says).toMatch(/launch again/i)
  })

  test('an answer to a refresh that is lost ends it too: nobody knows which token is good', async () => {
    const { launch } = await world.launched()
    await world.rig.clock.advance(61 * MINUTE)
    world.between = async (_request, pass) => {
      await pass()
      throw new NetworkFailure('unknown', 'NETWORK_RESET')
    }
    const { body } = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([body.code, body.details.why]).toEqual(['LAUNCH_NEEDED', 'LAUNCH_REFRESH_LOST'])
    world.between = undefined
    const again = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect(again.body.details.why).toBe('LAUNCH_REFRESH_LOST')
  })

  test('a refresh that never left is tried again with the same token', async () => {
    const { launch } = await world.launched()
    await world.rig.clock.advance(61 * MINUTE)
    world.between = () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE'))
    const failed = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([failed.status, failed.body.code]).toEqual([502, 'NETWORK_UNREACHABLE'])
    world.between = undefined
    await world.rig.clock.advance(MINUTE)
    expect((await world.read(launch.launch, 'Patient', world.patients[0] ?? '')).status).toBe(200)
  })

  test('a refresh whose process is gone is not waited for without end', async () => {
    const { launch } = await world.launched()
    await world.rig.clock.advance(61 * MINUTE)
    let end = (_reason: NetworkFailure) => {}
    world.between = () =>
      new Promise((_, reject) => {
        end = reject
      })
    const patient = world.patients[0] ?? ''
    // One of them asks the vendor and hears nothing; the other waits for it.
    const both = [1, 2].map(() => world.read(launch.launch, 'Patient', patient))
    const { body } = await Promise.race(both)
    expect([body.code, body.details.why]).toEqual(['LAUNCH_NEEDED', 'LAUNCH_REFRESH_LOST'])
    end(new NetworkFailure('unknown', 'NETWORK_RESET'))
    for (const answer of await Promise.all(both)) expect(answer.body.code).toBe('LAUNCH_NEEDED')
  })

  test('access that is ended at the vendor needs a new launch', async () => {
    const { launch } = await world.launched()
    world.rig.sandbox.operator.revokeTokens(APP_ID)
    const { body } = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([body.code, body.details.why]).toEqual(['LAUNCH_NEEDED', 'LAUNCH_REVOKED'])
  })

  test('without offline access the launch lasts as long as its token', async () => {
    const scopes = SCOPES.filter((scope) => scope !== 'offline_access')
    await world.setUp('confidential-symmetric', {}, { scopes })
    const { launch } = await world.launched()
    expect(launch.refreshable).toBe(false)
    await world.rig.clock.advance(61 * MINUTE)
    const { body } = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect(body.details.why).toBe('LAUNCH_EXPIRED')
    await world.setUp('confidential-symmetric')
  })

  test('the context of a patient narrows what is read to that patient, and scopes to their types', async () => {
    const { launch } = await world.launched()
    const other = await world.read(launch.launch, 'Patient', world.patients[1] ?? '')
    expect(other.status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(other.body)).not.toContain('"resource"')
    const beyond = await world.read(launch.launch, 'Goal', 'g1')
    expect([beyond.status, beyond.body.code]).toEqual([502, 'PATHWAY_SCOPE_MISSING'])
  })

  test('an ended launch reads nothing, and its tokens are gone', async () => {
    const { launch } = await world.launched()
    const ended = await world.api('DELETE', `/v1/launches/${launch.launch}?practice=main`)
    expect(ended.body).toMatchObject({ state: 'ended', refreshable: false })
    const { status, body } = await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([status, body.code]).toEqual([409, 'LAUNCH_OVER'])
    const twice = await world.api('DELETE', `/v1/launches/${launch.launch}?practice=main`)
    expect([twice.status, twice.body.code]).toEqual([409, 'LAUNCH_OVER'])
  })

  test.each([
    ['token_type', { token_type: 'mac' }],
    ['access_token', { access_token: '' }],
    ['scope', { scope: `${['launch', ...SCOPES].join(' ')} user/Patient.read` }],
    ['patient', { patient: '../Patient/1' }],
    ['encounter', { encounter: 7 }],
    ['expires_in', { expires_in: 'soon' }],
  ])('an answer with a wrong %s is not taken', async (_member, change) => {
    world.between = async (_request, pass) => {
      const reply = await pass()
      const body = { ...JSON.parse(Buffer.from(reply.body).toString()), ...change }
      return { ...reply, body: Buffer.from(JSON.stringify(body)) }
    }
    const { page } = await world.launched()
    expect(codeOn(page)).toEqual([502, 'LAUNCH_ANSWER_UNFIT'])
  })

  test('an id token for another launch, or with another signature, proves nobody', async () => {
    const earlier = world.tokenCalls.findLast(({ answer }) => answer.id_token)?.answer.id_token
    for (const wrong of [earlier, String(earlier).replace(/.{4}$/, 'AAAA'), 'x.y.z']) {
      world.between = async (_request, pass) => {
        const reply = await pass()
        const body = { ...JSON.parse(Buffer.from(reply.body).toString()), id_token: wrong }
        return { ...reply, body: Buffer.from(JSON.stringify(body)) }
      }
      expect(codeOn((await world.launched()).page)).toEqual([502, 'LAUNCH_ID_TOKEN_UNFIT'])
    }
  })
})

test('every call of a launch counts in the minute as the vendor counts it', async () => {
  await world.rig.clock.advance(5 * MINUTE)
  const { clock, sandbox, platform } = world.rig
  const [ref] = (await platform.practices.organizations()).map((organization) => ({ organization }))
  if (ref === undefined) throw new Error('no organization')
  const from = Math.floor(clock.now() / MINUTE) * MINUTE
  const { launch } = await world.launched()
  await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
  const theirs = sandbox.operator
    .minutes()
    .filter(({ practice, minute }) => practice === CODE && minute >= from)
  const arrived = theirs.reduce((sum, each) => sum + each.arrived, 0)
  expect(theirs.every((each) => each.refused === 0)).toBe(true)
  const main = (await platform.practices.list(ref.organization)).find(
    (each) => each.ref.practice === 'main',
  )
  if (main === undefined) throw new Error('no practice')
  const ours = (await platform.gate.minutes(main.ref, 10)).filter(({ minute }) => minute >= from)
  const taken = ours.reduce((sum, each) => sum + each.taken, 0)
  // authorize, token and read at the least; we never count fewer than the vendor.
  expect(arrived).toBeGreaterThanOrEqual(3)
  expect(taken).toBeGreaterThanOrEqual(arrived)
})

test('no token, code, state, verifier or secret is logged, stored in the open, told or recorded', async () => {
  const { rig, logged, tokenCalls, api } = world
  const { browser, page, launch } = await world.launched()
  expect(page.url).toContain('/console/')
  await world.rig.clock.advance(61 * MINUTE)
  await world.read(launch.launch, 'Patient', world.patients[0] ?? '')
  const denied = await world.launched({ declines: true })
  const secrets = new Set<string>([SECRET])
  for (const { form, answer } of tokenCalls) {
    for (const name of ['code', 'code_verifier', 'refresh_token', 'client_assertion'])
      secrets.add(form.get(name) ?? '')
    for (const name of ['access_token', 'refresh_token', 'id_token'])
      secrets.add(String(answer[name] ?? ''))
  }
  for (const url of [...browser.visited, ...denied.browser.visited])
    for (const name of ['code', 'state', 'nonce'])
      secrets.add(new URL(url).searchParams.get(name) ?? '')
  for (const [key, value] of browser.cookies) if (key.includes('-launch')) secrets.add(value)
  secrets.delete('')
  expect(secrets.size).toBeGreaterThan(10)
  const told = await Promise.all([
    ...['/v1/audit?practice=main&limit=500', '/v1/launches?practice=main'].map(async (path) =>
      JSON.stringify((await api('GET', path)).body),
    ),
  ])
  const stored = await dumpOf(rig.databaseUrl)
  expect(stored).toContain(launch.launch)
  const places = { log: logged.join('\n'), told: told.join('\n'), stored, page: denied.page.text }
  for (const [place, text] of Object.entries(places))
    for (const secret of secrets)
      expect(text.includes(secret), `${secret.slice(0, 12)}… in ${place}`).toBe(false)
  const last = page.url
  for (const secret of secrets) expect(last.includes(secret)).toBe(false)
  // What happened is recorded all the same.
  expect(told[0]).toContain('launches.complete')
  expect(told[0]).toContain('launches.refresh')
  expect(told[0]).toContain('launches.resource')
})

/** Every row of every table as text. */
async function dumpOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'chartway'::regnamespace AND relkind = 'r'",
    )
    const texts: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query(`SELECT t::text AS row FROM chartway.${name} t`)
      for (const { row } of rows) texts.push(row, inTheOpen(row))
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}

/** Bytes as the text that they might be. */
function inTheOpen(row: string): string {
  const bytes = [...row.matchAll(/\\x([0-9a-f]{2,})/g)].map(([, hex = '']) => hex)
  return bytes.map((hex) => Buffer.from(hex, 'hex').toString('latin1')).join(' ')
}

test('over real sockets somebody is launched, and what is read is the vendor’s', async () => {
  await using rig = await socketRig({
    ...{ seed: 5, preset: 'calm', timeScale: 1 },
    switches: { 'local-launch-url': 'allowed' },
    practices: [
      {
        ...{ code: CODE, practice: 'main' },
        sandbox: { kind: 'living', patients: 3, facilities: 1, providers: 1, lives: false },
      },
    ],
  })
  const { operator } = rig.sandbox
  const callback = `${rig.url}/launch/callback`
  operator.registerApp({
    ...{ clientId: APP_ID, name: 'People', client: 'confidential-symmetric', secret: SECRET },
    ...{ jwksUrl: '', jwksAllowed: false, activatedFor: [CODE], redirectUris: [callback] },
    scopes: ['launch', 'launch/patient', ...SCOPES],
    launchUrl: `${rig.url}/launch/home`,
  })
  const send = (path: string, body: object) =>
    fetch(`${rig.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const { items } = await rig.get('/v1/practices')
  const [practice] = Array.isArray(items) ? items : []
  const app = { clientId: APP_ID, kind: 'confidential-symmetric', scopes: SCOPES }
  const { state: _state, createdAt: _createdAt, ...settings } = practice
  await send('/v1/practices', { ...settings, overrides: { app } })
  await send('/v1/practices/main/app-secret', { secret: SECRET })
  const [patient = ''] = [
    ...(operator.world.practice(CODE)?.list('Patient', rig.clock.now()) ?? []),
  ].map(({ id }) => id)
  const browser = new LaunchVisitor(fetched, (url) => url.includes('/console/'))
  const { url } = operator.startLaunch({ clientId: APP_ID, practice: CODE, patient })
  const page = await browser.signIn(await browser.open(url))
  expect(page.url).toBe(`${rig.url}/console/p/main/patients/${patient}`)
  const launches = await rig.get('/v1/launches')
  const [launch] = Array.isArray(launches.items) ? launches.items : []
  const answer = await rig.get(`/v1/launches/${launch.launch}/resources/Patient/${patient}`)
  expect(answer).toMatchObject({ id: patient, resource: { resourceType: 'Patient', id: patient } })
  // The other way to speak SMART, at the same practice: a service by its own credentials.
  verifies('R109')
  const checked: unknown = await (await send('/v1/practices/main/check', {})).json()
  const token = expect.objectContaining({ check: 'token', ok: true })
  expect(checked).toMatchObject({ findings: expect.arrayContaining([token]) })
}, 60_000)
