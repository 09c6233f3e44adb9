// People sign in at the vendor and are let into ours: EHR launch and standalone launch from end to end,
// and what goes wrong on the way. In one process on a virtual clock; what becomes of the tokens stands
// beside it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PLATFORM } from '../in-process.ts'
import { codeOn, type LaunchVisitor } from '../launch-visitor.ts'
import { APP_ID, BASE, CODE, type LaunchWorld, launchWorld, SCOPES } from '../launch-world.ts'
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
      const launch = await world.latest()
      expect(launch).toMatchObject({
        ...{ kind: 'ehr', state: 'active', startedBy: null, patient, code: null },
        ...{ encounter: encounter ?? null, refreshable: true, scopes: ['launch', ...SCOPES] },
        person: expect.stringMatching(/^Practitioner\//),
      })
      const { status, body } = await world.read(launch.launch, 'Patient', patient)
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
      expect((await world.read(launch, 'Patient', patient)).status).toBe(200)
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
    expect(field('state')).toMatch(/^cwl_home_[0-9a-f]{20}_[\w-]{43}$/)
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
    const { page, launch } = await world.launched({ declines: true })
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
    const { browser, page } = await world.launched()
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
    expect(await world.latest()).toMatchObject({ state: 'ended', code: 'LAUNCH_STATE_INVALID' })
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
    const { page, launch } = await world.launched()
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
    expect((await world.read(link.launch, 'Patient', 'x')).body.code).toBe('LAUNCH_NOT_YOURS')
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
    const { page, launch } = await world.launched()
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
