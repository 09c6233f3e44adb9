// Whatever a stranger sends to the authorize endpoint and the sign-in form, over sockets and without:
// no redirect to where no app is, no exception, no name before a sign-in.

import fc from 'fast-check'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { startListeners } from '../listener.ts'
import { CODE, type Keys, loaded, makeKeys, manualClock, rig, START } from '../rig.ts'
import { createSandbox } from '../sandbox.ts'
import { APP, asking, REDIRECT, redeeming, visitor } from '../visitor.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const RESOURCES = [
  { resourceType: 'Practitioner', id: 'dr1', name: [{ given: ['Ada'], family: 'Stone' }] },
  { resourceType: 'Patient', id: 'p1', name: [{ given: ['Bo'], family: 'Brown' }] },
]
const UNLIMITED = { 'rate-limit': 'counted-only' }
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const FIELDS = [
  ...['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'aud', 'code_challenge'],
  ...['code_challenge_method', 'launch', 'practice_code', 'nonce'],
]
const URIS = [
  ...[`${REDIRECT}.evil.test`, 'https://evil.test/', `${REDIRECT}?x=1`, `${REDIRECT}#x`, '//evil'],
  ...['javascript:alert(1)', REDIRECT.toUpperCase(), `${REDIRECT}\r\nLocation: https://evil.test`],
]
const word = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(...URIS, APP.clientId, REDIRECT, 'code', 'S256', 'launch', '"><script>'),
)

test('no authorize request leads anywhere but to a registered redirect URI', async () => {
  const { sandbox } = rig({
    keys,
    resources: RESOURCES,
    more: { apps: [APP], switches: UNLIMITED },
  })
  const change = fc.dictionary(fc.constantFrom(...FIELDS), fc.option(word, { nil: undefined }))
  const met = new Set<number>()
  const how = fc.constantFrom('body-and-redirect', 'redirect', 'body')
  await fc.assert(
    fc.asyncProperty(change, how, async (changes, value) => {
      sandbox.operator.setSwitch('authorize-errors', value)
      const { status, location, html } = await visitor(sandbox).authorize(changes)
      expect([200, 302, 403]).toContain(status)
      met.add(status)
      const uri = changes.redirect_uri ?? ('redirect_uri' in changes ? undefined : REDIRECT)
      if (location !== undefined) {
        expect(uri).toBe(REDIRECT)
        expect(`${location.origin}${location.pathname}`).toBe(REDIRECT)
      }
      expect(html).not.toMatch(/<script|Brown|Stone/)
    }),
    { numRuns: 300 },
  )
  expect([...met].toSorted()).toEqual([200, 302, 403])
})

test('no form moves a sign-in on by surprise', async () => {
  const { sandbox } = rig({
    keys,
    resources: RESOURCES,
    more: { apps: [APP], switches: UNLIMITED },
  })
  const names = ['request', 'csrf', 'step', 'act', 'patient', 'username', 'pwd', 'wanted']
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), word), async (fields) => {
      const person = visitor(sandbox)
      const login = await person.authorize()
      const seen = await person.press(login, fields)
      expect([200, 302, 400, 401, 403]).toContain(seen.status)
      expect(seen.location?.searchParams.get('code') ?? undefined).toBeUndefined()
      expect(seen.html).not.toMatch(/<script|Brown|Stone/)
    }),
    { numRuns: 100 },
  )
})

test('an app gets its chart over sockets, with the cookies and headers a browser sees', async () => {
  const clock = manualClock(START)
  const sandbox = createSandbox({
    ...{ clock, seed: 1, publicUrl: 'http://vendor.test', practices: [loaded(RESOURCES)] },
    ...{ apps: [APP], fetchJwks: async () => ({ status: 0, body: '' }) },
  })
  const where = { host: '127.0.0.1', port: 0, operatorPort: 0, operatorSecret: 'x' }
  const { port, close } = await startListeners({ sandbox, clock, ...where })
  closing.push(close)
  const at = `http://127.0.0.1:${port}`
  const first = await fetch(`${at}/oauth/oauth2/authorize?${asking()}`)
  const cookie = first.headers
    .getSetCookie()
    .map((each) => each.split(';')[0] ?? '')
    .join('; ')
  expect(first.headers.getSetCookie().join()).toMatch(/pretend_portal=.*HttpOnly; SameSite=Lax/)
  let html = await first.text()
  let location: string | null = null
  for (const typed of [
    { username: 'provider', pwd: 'sandbox', act: 'sign-in' },
    { patient: 'p1' },
    { act: 'continue' },
    { act: 'approve' },
  ]) {
    const fields = [...html.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)]
    const hidden = Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]))
    const body = new URLSearchParams(Object.entries({ ...hidden, ...typed }))
    const init = { method: 'POST', body, headers: { cookie }, redirect: 'manual' } as const
    const next = await fetch(`${at}/oauth/sign-in`, init)
    location = next.headers.get('location')
    html = await next.text()
  }
  const code = new URL(location ?? '').searchParams.get('code') ?? ''
  const body = new URLSearchParams(redeeming(code))
  const granted = await fetch(`${at}/oauth/oauth2/token`, { method: 'POST', body })
  const tokens: { access_token: string; patient: string } = JSON.parse(await granted.text())
  expect(tokens.patient).toBe('p1')
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  const chart = await fetch(`${at}/fhir/r4/${CODE}/Patient/p1`, { headers })
  expect(chart.status).toBe(200)
})
