// People sign in at the vendor and are let into ours: EHR launch and standalone launch from end to end,
// what goes wrong on the way, and what becomes of the tokens. In one process on a virtual clock, and
// once over real sockets.

import { NetworkFailure } from '@chartway/platform'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PLATFORM } from '../in-process.ts'
import { fetched, LaunchVisitor, type Page, type Person } from '../launch-visitor.ts'
import {
  APP_ID,
  BASE,
  CODE,
  type LaunchWorld,
  launchWorld,
  SCOPES,
  SECRET,
} from '../launch-world.ts'
import { socketRig } from '../rig.ts'
import { signedIn } from '../signed-in.ts'

const MINUTE = 60_000

let world: LaunchWorld
beforeAll(async () => {
  world = await launchWorld()
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  world.between = undefined
  await world.rig.clock.advance(MINUTE)
})

/** Signs in by an EHR launch; gives where the browser ended and the launch as it is listed. */
async function launched(person: Person = {}, patient = world.patients[0] ?? '') {
  const browser = world.browser()
  const page = await browser.signIn(await browser.open(world.ehr(patient)), person)
  return { browser, page, launch: await latest() }
}

async function latest() {
  const { body } = await world.api('GET', '/v1/launches?practice=main&limit=1')
  return body.items[0]
}

function read(launch: string, type: string, id: string) {
  return world.api('GET', `/v1/launches/${launch}/resources/${type}/${id}?practice=main`)
}

function codeOn({ status, text }: Page) {
  return [status, /href="\/errors\/([A-Z_]+)"/.exec(text)?.[1]]
}

/** The address that a browser is sent to, before anybody has signed in. */
async function authorizeUrl(browser: LaunchVisitor, begin: string) {
  const left = await browser.once(begin)
  return new URL(left.headers.find(([name]) => name === 'location')?.[1] ?? '')
}

describe.each(['public', 'confidential-symmetric', 'confidential-asymmetric'] as const)(
  'a %s app',
  (kind) => {
    beforeAll(async () => {
      expect((await world.setUp(kind)).status).toBe(201)
    })

    test('is launched from the EHR, with the chart and the visit that are open there', async () => {
      const [patient = ''] = world.patients
      const encounter = [
        ...(world.rig.sandbox.operator.world
          .practice(CODE)
          ?.list('Encounter', world.rig.clock.now()) ?? []),
      ].find((each) => JSON.stringify(each).includes(`Patient/${patient}"`))?.id
      const browser = world.browser()
      const begun = await browser.open(world.ehr(patient, encounter ? { encounter } : {}))
      const page = await browser.signIn(begun)
      expect(page.url).toBe(`${PLATFORM}/console/p/main/patients/${patient}`)
      const launch = await latest()
      expect(launch).toMatchObject({
        ...{ kind: 'ehr', state: 'active', startedBy: null, patient, code: null },
        ...{ encounter: encounter ?? null, refreshable: true, scopes: ['launch', ...SCOPES] },
        person: expect.stringMatching(/^Practitioner\//),
      })
      const { status, body } = await read(launch.launch, 'Patient', patient)
      expect([status, body.resource.id, body.patient]).toEqual([200, patient, patient])
    })

    test('signs somebody in standalone, who chooses the chart', async () => {
      const [, patient = ''] = world.patients
      const { launch, url } = await world.standalone()
      const browser = world.browser()
      const page = await browser.signIn(await browser.open(url), { patient })
      expect(page.url).toBe(`${PLATFORM}/console/p/main/patients/${patient}`)
      const { body } = await world.api('GET', `/v1/launches/${launch}?practice=main`)
      expect(body).toMatchObject({ kind: 'standalone', state: 'active', patient })
      expect(body.startedBy).toMatch(/^key:/)
      expect((await read(launch, 'Patient', patient)).status).toBe(200)
    })
  },
)

describe('on the way', () => {
  beforeAll(async () => {
    await world.setUp('public')
  })

  test('the browser is sent with PKCE, state, nonce, aud without a slash and the exact redirect', async () => {
    const browser = world.browser()
    const asked = await authorizeUrl(browser, world.ehr(world.patients[0] ?? ''))
    const field = (name: string) => asked.searchParams.get(name)
    expect(field('aud')).toBe(BASE)
    expect(field('redirect_uri')).toBe(`${PLATFORM}/launch/callback`)
    expect(field('code_challenge_method')).toBe('S256')
    expect(field('code_challenge')).toMatch(/^[\w-]{43}$/)
    expect(field('state')?.split('_').at(-1)).toMatch(/^[\w-]{43}$/)
    expect(field('nonce')).toMatch(/^[\w-]{43}$/)
    expect(field('scope')).toBe(['launch', ...SCOPES].join(' '))
    expect(asked.searchParams.has('practice_code')).toBe(false)
    const again = await authorizeUrl(browser, world.ehr(world.patients[0] ?? ''))
    for (const fresh of ['state', 'nonce', 'code_challenge'])
      expect(again.searchParams.get(fresh)).not.toBe(field(fresh))
  })

  test('the cookie that binds a launch to its browser is short-lived, HttpOnly and Lax', async () => {
    const left = await world.browser().once(world.ehr(world.patients[0] ?? ''))
    const cookie = left.headers.find(([name]) => name === 'set-cookie')?.[1]
    expect(cookie).toMatch(/-launch=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax/)
    expect(left.headers.find(([name]) => name === 'referrer-policy')?.[1]).toBe('no-referrer')
  })

  test('the vendor is told its practice code where the settings say so', async () => {
    await world.setUp('public', {}, { practiceCode: true })
    const asked = await authorizeUrl(world.browser(), (await world.standalone()).url)
    expect(asked.searchParams.get('practice_code')).toBe(CODE)
    await world.setUp('public')
  })

  test('aud with a slash, which we never send, is refused by the vendor', async () => {
    const browser = world.browser()
    const asked = await authorizeUrl(browser, (await world.standalone()).url)
    asked.searchParams.set('aud', `${BASE}/`)
    expect((await browser.open(asked.href)).status).toBe(403)
  })

  test('iss is taken with or without a slash at its end, and every other is the same stranger', async () => {
    const start = (iss: string, organization = 'home') =>
      world
        .browser()
        .once(`${PLATFORM}/launch/${organization}?${new URLSearchParams({ iss, launch: 'x' })}`)
    expect((await start(`${BASE}/`)).status).toBe(302)
    const pages = [
      await start(`${BASE}//`),
      await start(BASE.replace(CODE, 'AAAAAA')),
      await start('https://elsewhere.test/fhir/r4/JAFJCD'),
      await start(BASE, 'nobody'),
      await start(BASE, 'not an id!'.replaceAll(' ', '%20')),
      await start(''),
    ]
    for (const page of pages) expect(codeOn(page)).toEqual([404, 'LAUNCH_PRACTICE_UNKNOWN'])
    const texts = pages.map(({ text }) => text.replace(/request [\w-]+/, ''))
    expect(new Set(texts).size).toBe(1)
  })

  test('a person who declines sees code, cause and cure, and nothing of the vendor’s words', async () => {
    const { page, launch } = await launched({ declines: true })
    expect(codeOn(page)).toEqual([403, 'LAUNCH_DENIED'])
    expect(page.text).not.toContain('the person declined')
    expect(launch).toMatchObject({ state: 'ended', code: 'LAUNCH_DENIED', person: null })
  })

  test.each([
    ['invalid_scope', 502, 'LAUNCH_SCOPE_REFUSED'],
    ['server_error', 502, 'LAUNCH_VENDOR_FAILED'],
    ['temporarily_unavailable', 502, 'LAUNCH_VENDOR_FAILED'],
    ['invalid_request', 502, 'LAUNCH_REQUEST_REFUSED'],
    ['<script>canary</script>', 502, 'LAUNCH_REQUEST_REFUSED'],
  ])('the vendor’s error %s becomes a page of ours', async (error, status, code) => {
    const browser = world.browser()
    const asked = await authorizeUrl(browser, (await world.standalone()).url)
    const state = asked.searchParams.get('state') ?? ''
    const answer = new URLSearchParams({ state, error, error_description: 'canary words' })
    const page = await browser.open(`${PLATFORM}/launch/callback?${answer}`)
    expect(codeOn(page)).toEqual([status, code])
    expect(page.text).not.toMatch(/canary/)
  })

  test('an altered state, one of nobody, and an answer without one are refused', async () => {
    const browser = world.browser()
    const asked = await authorizeUrl(browser, (await world.standalone()).url)
    const state = asked.searchParams.get('state') ?? ''
    const altered = state.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const wrong of [altered, 'x', '', `${state}&state=${state}`]) {
      const page = await browser.open(`${PLATFORM}/launch/callback?code=c&state=${wrong}`)
      expect(codeOn(page)[1]).toMatch(/LAUNCH_(STATE_INVALID|ANSWER_UNFIT)/)
    }
    expect(world.tokenCalls.some(({ form }) => form.get('code') === 'c')).toBe(false)
  })

  test('an answer is good once', async () => {
    const { browser, page } = await launched()
    expect(page.url).toContain('/console/')
    const callback = browser.visited.findLast((url) => url.includes('/launch/callback')) ?? ''
    const before = world.tokenCalls.length
    expect(codeOn(await browser.open(callback))).toEqual([400, 'LAUNCH_STATE_INVALID'])
    expect(world.tokenCalls.length).toBe(before)
  })

  test('an answer in another browser is refused, and still good in its own', async () => {
    const browser = world.browser()
    const begun = await browser.open(world.ehr(world.patients[0] ?? ''))
    const cookies = new Map(browser.cookies)
    for (const key of browser.cookies.keys())
      if (key.startsWith(PLATFORM)) browser.cookies.delete(key)
    const page = await browser.signIn(begun)
    expect(codeOn(page)).toEqual([403, 'LAUNCH_OTHER_BROWSER'])
    const callback = browser.visited.at(-1) ?? ''
    const other = world.browser()
    await other.once(world.ehr(world.patients[0] ?? ''))
    expect(codeOn(await other.open(callback))).toEqual([403, 'LAUNCH_OTHER_BROWSER'])
    for (const [key, value] of cookies) browser.cookies.set(key, value)
    expect((await browser.open(callback)).url).toContain('/console/')
  })

  test('an answer that takes longer than ten minutes is too late', async () => {
    const browser = world.browser()
    const begun = await browser.open(world.ehr(world.patients[0] ?? ''))
    await world.rig.clock.advance(10 * MINUTE)
    expect(codeOn(await browser.signIn(begun))).toEqual([400, 'LAUNCH_STATE_INVALID'])
    expect(await latest()).toMatchObject({ state: 'ended', code: 'LAUNCH_STATE_INVALID' })
  })

  test('a redirect address that is not registered, or changed before the exchange, leads nowhere', async () => {
    await world.setUp('public', { redirectUris: [`${PLATFORM}/launch/callback/`] })
    const browser = world.browser()
    expect((await browser.open(world.ehr(world.patients[0] ?? ''))).status).toBe(403)
    await world.setUp('public')
    world.between = async (request, pass) => {
      if (request.body?.includes('authorization_code'))
        Object.assign(request, { body: changed(request.body) })
      return pass()
    }
    const changed = (body: string) => body.replace('callback', 'elsewhere')
    const { page, launch } = await launched()
    expect(codeOn(page)).toEqual([502, 'LAUNCH_GRANT_REFUSED'])
    expect(launch).toMatchObject({ state: 'ended', code: 'LAUNCH_GRANT_REFUSED' })
  })

  test('a link of a standalone launch is good once, and a person’s in that person’s browser alone', async () => {
    const { url } = await world.standalone()
    const browser = world.browser()
    expect((await browser.once(url)).status).toBe(302)
    expect(codeOn(await browser.once(url))).toEqual([400, 'LAUNCH_STATE_INVALID'])
    const { platform } = world.rig
    const [home] = await platform.practices.organizations()
    if (home === undefined) throw new Error('no organization')
    const around = { platform, publicUrl: PLATFORM, at: world.rig.clock.now() }
    const person = await signedIn(around, home, { name: 'doctor', roles: ['clinician'] })
    const started = await world.act(
      Promise.resolve(
        platform.face.inject({
          ...{ method: 'POST', url: '/v1/launches', payload: { practice: 'main' } },
          headers: person.headers,
        }),
      ),
    )
    expect(started.statusCode).toBe(201)
    const link = JSON.parse(started.body)
    expect(codeOn(await world.browser().once(link.url))).toEqual([403, 'LAUNCH_OTHER_BROWSER'])
    const own = world.browser()
    // The name that the cookie has away from loopback.
    own.cookies.set(`${PLATFORM} __Host-chartway`, person.cookie.split('=')[1] ?? '')
    expect((await own.once(link.url)).status).toBe(302)
    // What one person signs in for is not another caller's to use.
    expect((await read(link.launch, 'Patient', 'x')).body.code).toBe('LAUNCH_NOT_YOURS')
  })

  test('no more than thirty launches are begun at a practice within a minute', async () => {
    await world.rig.clock.advance(MINUTE)
    const statuses: unknown[] = []
    for (let number = 0; number < 32; number++) {
      const query = new URLSearchParams({ iss: BASE, launch: `x${number}` })
      const page = await world.browser().once(`${PLATFORM}/launch/home?${query}`)
      statuses.push(page.status === 302 ? 302 : codeOn(page)[1])
    }
    expect(statuses.filter((status) => status === 302).length).toBeLessThanOrEqual(30)
    expect(statuses.at(-1)).toBe('LAUNCHES_TOO_MANY')
  })
})

describe('settings of an app', () => {
  test.each([
    ['overrides/app.kind', { kind: 'backend' }],
    ['overrides/app.clientId', { clientId: '' }],
    ['overrides/app.scopes.0', { scopes: ['system/Patient.read'] }],
    ['overrides/app.scopes', { scopes: [] }],
    ['overrides/app.scopes', { scopes: ['openid', 'openid'] }],
    ['overrides/app', { secret: 'in the open' }],
  ])('that are wrong are refused with their position %s', async (position, change) => {
    const { status, body } = await world.setUp('public', {}, change)
    expect([status, body.code]).toEqual([400, 'PATHWAY_SETTINGS_INVALID'])
    expect(body.position).toBe(`/body/${position}`)
  })

  test('without a secret a symmetric app is not launched', async () => {
    await world.api('POST', '/v1/practices', {
      ...{ practice: 'second', name: 'second', timeZone: 'America/New_York' },
      ...{ baseUrl: BASE.replace(CODE, 'FEIGCD'), clientId: 'chartway-backend' },
      overrides: { app: { clientId: APP_ID, kind: 'confidential-symmetric', scopes: SCOPES } },
    })
    const started = await world.api('POST', '/v1/launches', { practice: 'second' })
    expect([started.status, started.body.code]).toEqual([409, 'LAUNCH_SECRET_MISSING'])
  })

  test('a wrong secret is the vendor’s to refuse, and the page says what to compare', async () => {
    await world.setUp('confidential-symmetric', { secret: 'another' })
    const { page, launch } = await launched()
    expect(codeOn(page)).toEqual([502, 'LAUNCH_CLIENT_REFUSED'])
    expect(launch).toMatchObject({ state: 'ended', code: 'LAUNCH_CLIENT_REFUSED' })
  })

  test('a paused practice is not launched from', async () => {
    await world.setUp('public')
    await world.api('POST', '/v1/practices/main/pause')
    const page = await world.browser().open(world.ehr(world.patients[0] ?? ''))
    expect(codeOn(page)).toEqual([404, 'LAUNCH_PRACTICE_UNKNOWN'])
    expect((await world.api('POST', '/v1/launches', { practice: 'main' })).status).toBe(409)
    await world.api('POST', '/v1/practices/main/resume')
  })
})

describe('tokens', () => {
  beforeAll(async () => {
    await world.setUp('confidential-symmetric')
  })

  const refreshes = () =>
    world.tokenCalls.filter(({ form }) => form.get('grant_type') === 'refresh_token')

  test('an expired access token is renewed, once for all who ask at once', async () => {
    const { launch } = await launched()
    const [patient = ''] = world.patients
    const before = refreshes().length
    await world.rig.clock.advance(59.5 * MINUTE)
    const all = await Promise.all([1, 2, 3, 4].map(() => read(launch.launch, 'Patient', patient)))
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(refreshes().length).toBe(before + 1)
    await world.rig.clock.advance(65 * MINUTE)
    expect((await read(launch.launch, 'Patient', patient)).status).toBe(200)
    const [first, second] = refreshes().slice(before)
    // The second refresh shows what the first was given: the token rotates.
    expect(second?.form.get('refresh_token')).toBe(first?.answer.refresh_token)
    expect(second?.form.get('refresh_token')).not.toBe(first?.form.get('refresh_token'))
  })

  test('a refresh token that somebody else used ends the launch in words', async () => {
    const { launch } = await launched()
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
    const { status, body } = await read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([status, body.code, body.details.why]).toEqual([409, 'LAUNCH_NEEDED', 'LAUNCH_REVOKED'])
    const after = await latest()
    expect(after).toMatchObject({ state: 'needs-launch', code: 'LAUNCH_REVOKED' })
    expect(after.says).toMatch(/launch again/i)
  })

  test('an answer to a refresh that is lost ends it too: nobody knows which token is good', async () => {
    const { launch } = await launched()
    await world.rig.clock.advance(61 * MINUTE)
    world.between = async (_request, pass) => {
      await pass()
      throw new NetworkFailure('unknown', 'NETWORK_RESET')
    }
    const { body } = await read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([body.code, body.details.why]).toEqual(['LAUNCH_NEEDED', 'LAUNCH_REFRESH_LOST'])
    world.between = undefined
    const again = await read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect(again.body.details.why).toBe('LAUNCH_REFRESH_LOST')
  })

  test('a refresh that never left is tried again with the same token', async () => {
    const { launch } = await launched()
    await world.rig.clock.advance(61 * MINUTE)
    world.between = () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE'))
    const failed = await read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([failed.status, failed.body.code]).toEqual([502, 'NETWORK_UNREACHABLE'])
    world.between = undefined
    await world.rig.clock.advance(MINUTE)
    expect((await read(launch.launch, 'Patient', world.patients[0] ?? '')).status).toBe(200)
  })

  test('access that is ended at the vendor needs a new launch', async () => {
    const { launch } = await launched()
    world.rig.sandbox.operator.revokeTokens(APP_ID)
    const { body } = await read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect([body.code, body.details.why]).toEqual(['LAUNCH_NEEDED', 'LAUNCH_REVOKED'])
  })

  test('without offline access the launch lasts as long as its token', async () => {
    const scopes = SCOPES.filter((scope) => scope !== 'offline_access')
    await world.setUp('confidential-symmetric', {}, { scopes })
    const { launch } = await launched()
    expect(launch.refreshable).toBe(false)
    await world.rig.clock.advance(61 * MINUTE)
    const { body } = await read(launch.launch, 'Patient', world.patients[0] ?? '')
    expect(body.details.why).toBe('LAUNCH_EXPIRED')
    await world.setUp('confidential-symmetric')
  })

  test('the context of a patient narrows what is read to that patient, and scopes to their types', async () => {
    const { launch } = await launched()
    const other = await read(launch.launch, 'Patient', world.patients[1] ?? '')
    expect(other.status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(other.body)).not.toContain('"resource"')
    const beyond = await read(launch.launch, 'Goal', 'g1')
    expect([beyond.status, beyond.body.code]).toEqual([502, 'PATHWAY_SCOPE_MISSING'])
  })

  test('an ended launch reads nothing, and its tokens are gone', async () => {
    const { launch } = await launched()
    const ended = await world.api('DELETE', `/v1/launches/${launch.launch}?practice=main`)
    expect(ended.body).toMatchObject({ state: 'ended', refreshable: false })
    const { status, body } = await read(launch.launch, 'Patient', world.patients[0] ?? '')
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
    const { page } = await launched()
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
      expect(codeOn((await launched()).page)).toEqual([502, 'LAUNCH_ID_TOKEN_UNFIT'])
    }
  })
})

test('every call of a launch counts in the minute as the vendor counts it', async () => {
  await world.rig.clock.advance(5 * MINUTE)
  const { clock, sandbox, platform } = world.rig
  const [ref] = (await platform.practices.organizations()).map((organization) => ({ organization }))
  if (ref === undefined) throw new Error('no organization')
  const from = Math.floor(clock.now() / MINUTE) * MINUTE
  const { launch } = await launched()
  await read(launch.launch, 'Patient', world.patients[0] ?? '')
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
  const { browser, page, launch } = await launched()
  expect(page.url).toContain('/console/')
  await world.rig.clock.advance(61 * MINUTE)
  await read(launch.launch, 'Patient', world.patients[0] ?? '')
  const denied = await launched({ declines: true })
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
}, 60_000)
