// The sandbox's pages in a real browser over real sockets: the operator's desk, and app launches a
// person walks through. The platform has no part in it.

import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import {
  createSandbox,
  type Listeners,
  type Sandbox,
  scaledClock,
  startListeners,
} from 'chartway-sandbox'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  axeFindings,
  freePort,
  hasChromium,
  openBrowser,
  overflow,
  picture,
  visit,
} from './browser.ts'

const SECRET = 'operator-secret'
const CODE = 'JAFJCD'
/** 2026-11-20 10:40 in New York, a Friday. */
const START = Date.UTC(2026, 10, 20, 15, 40)
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

let browser: Browser
let sandbox: Sandbox
let listeners: Listeners
let app: Server
let appUrl: string
let publicUrl: string
let desk: string

beforeAll(async () => {
  if (!hasChromium('the sandbox page')) return
  browser = await openBrowser()
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  const clock = scaledClock({ epochMs: START, wallEpochMs: Date.now(), factor: 60 })
  sandbox = createSandbox({
    ...{ clock, seed: 7, publicUrl, startsAt: START - 3_600_000 },
    practices: [
      {
        ...{ kind: 'living', code: CODE, name: 'Riverside Family Practice' },
        ...{ timeZone: 'America/New_York', patients: 600, facilities: 1, providers: 4 },
        lives: true,
      },
    ],
    fetchJwks: async () => ({ status: 0, body: '' }),
    switches: { 'local-launch-url': 'allowed' },
  })
  const where = { host: '127.0.0.1', port, operatorPort: 0, operatorSecret: SECRET }
  listeners = await startListeners({ sandbox, clock, ...where })
  desk = `http://127.0.0.1:${listeners.operatorPort}/`
  await startApp()
  sandbox.operator.registerApp({
    ...{ clientId: 'viewer', name: 'Chart Viewer', client: 'public' },
    ...{ jwksUrl: '', jwksAllowed: false, activatedFor: [CODE] },
    redirectUris: [`${appUrl}/callback`],
    launchUrl: `${appUrl}/launch`,
    scopes: ['launch', 'launch/patient', 'openid', 'fhirUser', 'patient/Patient.read'],
  })
  await makeCalls()
})

afterAll(async () => {
  await browser?.close()
  await listeners?.close()
  app?.close()
})

/** An app as small as can be: it redirects to authorize, and shows what it got for its code. */
async function startApp(): Promise<void> {
  app = createServer((request, response) => {
    const url = new URL(request.url ?? '/', appUrl)
    if (url.pathname === '/callback') {
      redeem(url).then(
        (text) => response.end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
      return
    }
    const launch = url.searchParams.get('launch')
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'viewer', state: 'state-1' },
      redirect_uri: `${appUrl}/callback`,
      aud: `${publicUrl}/fhir/r4/${CODE}`,
      scope: `${launch === null ? 'launch/patient' : 'launch'} openid fhirUser patient/Patient.read`,
      ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      ...(launch === null ? {} : { launch }),
    })
    response.writeHead(302, { Location: `${publicUrl}/oauth/oauth2/authorize?${query}` }).end()
  })
  const port = await freePort()
  appUrl = `http://127.0.0.1:${port}`
  await new Promise<void>((resolve) => app.listen(port, '127.0.0.1', resolve))
}

async function redeem({ searchParams }: URL): Promise<string> {
  const failed = searchParams.get('error')
  if (failed !== null) return `refused: ${failed}, state ${searchParams.get('state')}`
  const form = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: 'viewer', code_verifier: VERIFIER },
    ...{ code: searchParams.get('code') ?? '', redirect_uri: `${appUrl}/callback` },
  })
  const granted = await fetch(`${publicUrl}/oauth/oauth2/token`, { method: 'POST', body: form })
  const tokens: { access_token: string; patient: string } = JSON.parse(await granted.text())
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  const at = `${publicUrl}/fhir/r4/${CODE}/Patient/${tokens.patient}`
  const chart = await fetch(at, { headers })
  const encounter = 'encounter' in tokens ? 'with a visit' : 'without a visit'
  return `state ${searchParams.get('state')}, chart ${chart.status}, ${encounter}`
}

/** More calls in one instant than two minutes allow, for the chart of calls. */
async function makeCalls(): Promise<void> {
  const path = `/fhir/r4/${CODE}/metadata`
  const request = { method: 'GET', path, headers: {}, body: new Uint8Array() }
  await Promise.all(Array.from({ length: 520 }, () => sandbox.handle(request)))
}

async function openDesk(page: Page, secret = SECRET): Promise<void> {
  await page.goto(desk)
  await page.getByLabel('Operator secret').fill(secret)
  await page.getByRole('button', { name: 'Open the desk' }).click()
}

const canRun = hasChromium('browser tests of the sandbox page')

describe.skipIf(!canRun)('the sandbox page', () => {
  test('shows nothing until the secret is right, and keeps it in this tab alone', async () => {
    const { page, context, complaints } = await visit(browser)
    await openDesk(page, 'wrong')
    await page.getByText('That is not the secret.').waitFor()
    expect(await page.content()).not.toContain('Riverside')
    await openDesk(page)
    await page.getByRole('heading', { name: 'Riverside Family Practice' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Riverside Family Practice' }).waitFor()
    const other = await context.newPage()
    await other.goto(desk)
    await other.getByLabel('Operator secret').waitFor()
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0)
    await page.getByRole('button', { name: 'Lock' }).click()
    await page.getByLabel('Operator secret').waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([])
    await context.close()
  })

  test('shows the practice as it lives: time, schedule, events and calls', async () => {
    const { page, context, complaints, hosts } = await visit(browser)
    await openDesk(page)
    await page.getByText('Friday, November 20, 2026').waitFor()
    await page.getByText(/runs (5[5-9]|6[0-5]) times as fast/).waitFor()
    expect(await page.locator('.provider').count()).toBeGreaterThan(1)
    expect(await page.locator('.visit').count()).toBeGreaterThan(8)
    await expect
      .poll(async () => await page.locator('#events li').count(), { timeout: 15_000 })
      .toBeGreaterThan(5)
    const { world } = sandbox.operator
    const [patient] = world.practice(CODE)?.list('Patient', Number.MAX_SAFE_INTEGER) ?? []
    if (patient === undefined) throw new Error('no patient')
    world.put(CODE, { ...patient, gender: 'other' }, 'operator')
    await page.locator('#events li', { hasText: 'operator' }).waitFor()
    await page.getByText(/520 calls, [1-9]\d* refused/).waitFor()
    expect(await page.locator('rect.refused').count()).toBeGreaterThan(0)
    expect([...hosts]).toEqual([new URL(desk).host])
    expect(complaints).toEqual([])
    await context.close()
  })

  test('moves the levers: preset, single faults, switches', async () => {
    const { page, context, complaints } = await visit(browser)
    await openDesk(page)
    await page.getByLabel('tuesday').check()
    await expect.poll(() => sandbox.operator.preset()).toBe('tuesday')
    await page.getByLabel('calm').check()
    await expect.poll(() => sandbox.operator.preset()).toBe('calm')
    await page.getByText('Single faults').click()
    await page.getByLabel('reset').selectOption('0.1')
    await expect.poll(() => sandbox.operator.rules()).toEqual([{ fault: 'reset', rate: 0.1 }])
    await page.getByText('(1 on)').waitFor()
    await page.getByLabel('reset').selectOption('0')
    await expect.poll(() => sandbox.operator.rules()).toEqual([])
    await page.getByLabel('Find').fill('refresh')
    await page.getByLabel('refresh-rotation').selectOption('fixed')
    await page.getByText('refresh-rotation is now fixed.').waitFor()
    expect(sandbox.operator.switches()['refresh-rotation']).toBe('fixed')
    expect(await page.locator('.switches li:visible').count()).toBeLessThan(10)
    await page.getByLabel('refresh-rotation').selectOption('rotates')
    expect(await page.getByText(/Fixed at the start:/).count()).toBe(1)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('starts an EHR launch that ends in the app with the chart open', async () => {
    const { page, context, complaints } = await visit(browser)
    await openDesk(page)
    await page.getByLabel('Visit that is open').selectOption({ index: 1 })
    const opened = context.waitForEvent('page')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('link', { name: 'Open the app' }).click()
    const portal = await opened
    await portal.getByRole('button', { name: 'Continue' }).click()
    await portal.getByRole('button', { name: 'Approve' }).click()
    await portal.getByText('state state-1, chart 200, with a visit').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('can be used with the keyboard alone', async () => {
    const { page, context } = await visit(browser)
    await page.goto(desk)
    await page.getByLabel('Operator secret').waitFor()
    await page.keyboard.type(SECRET)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Riverside Family Practice' }).waitFor()
    await page.locator('body').press('Tab')
    const reached: string[] = []
    for (let i = 0; i < 60; i++) {
      const where: unknown = await page.evaluate(
        '(document.activeElement.id || document.activeElement.textContent.trim()).slice(0, 40)',
      )
      reached.push(String(where))
      await page.keyboard.press('Tab')
    }
    for (const id of ['lock', 'events', 'pause', 'launch-name', 'find']) {
      expect(reached).toContain(id)
    }
    await context.close()
  })
})

describe.skipIf(!canRun)('a person in front of the sign-in pages', () => {
  test('signs in, chooses a chart and allows; or does not', async () => {
    const { page, context, complaints } = await visit(browser)
    await page.goto(`${appUrl}/`)
    await page.locator('#username').fill('provider')
    await page.locator('#pwd').fill('wrong')
    await page.locator('#btnLoginSubmit').click()
    await page.getByRole('alert').waitFor()
    await page.locator('#pwd').fill('sandbox')
    await page.locator('#btnLoginSubmit').click()
    await page.locator('.choices button').first().click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('state state-1, chart 200, without a visit').waitFor()
    await page.goto(`${appUrl}/`)
    await page.getByRole('button', { name: 'Back to Chart Viewer' }).click()
    await page.getByText('refused: access_denied, state state-1').waitFor()
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([])
    await context.close()
  })
})

describe.skipIf(!canRun).each([
  ['desk', 'light'],
  ['desk', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
] as const)('at %s size in %s', (size, colorScheme) => {
  const look = async (page: Page, name: string) => {
    expect(await overflow(page)).toBe(0)
    await picture(page, `${name}-${size}-${colorScheme}`)
    expect(await axeFindings(page)).toEqual([])
  }
  const open = () => visit(browser, { size, colorScheme, forAxe: true })

  test('the desk fits and has no serious finding', async () => {
    const { page, context } = await open()
    await page.goto(desk)
    await page.getByLabel('Operator secret').waitFor()
    await picture(page, `gate-${size}-${colorScheme}`)
    await openDesk(page)
    await page.locator('.visit').first().waitFor()
    await page.getByText(/times as fast/).waitFor()
    await look(page, 'desk')
    await page.getByText('Single faults').click()
    await page.getByText('As a table').click()
    await look(page, 'desk-open')
    await context.close()
  })

  test('the sign-in pages fit and have no serious finding', async () => {
    const { page, context } = await open()
    await page.goto(`${appUrl}/`)
    await page.locator('#username').fill('provider')
    await look(page, 'sign-in')
    await page.locator('#pwd').fill('sandbox')
    await page.locator('#btnLoginSubmit').click()
    await page.locator('.choices button').first().waitFor()
    await look(page, 'charts')
    await page.locator('.choices button').first().click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await look(page, 'consent')
    await context.close()
  })
})
