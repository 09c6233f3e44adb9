// The console in a real browser over the real platform and a living practice: signing in, walking
// through its pages, what a role does not show, keys alone, and what must not leave the page.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeAt, PASSWORD, type Person } from '../signed-in.ts'
import {
  axeFindings,
  hasChromium,
  openBrowser,
  overflow,
  picture,
  SIZES,
  type Visit,
  visit,
} from './browser.ts'
import { asPerson, PRACTICE, signIn, startWorld, type World } from './console-world.ts'

const HERE = hasChromium('the console')
/** Wall ms for a world to come up on a busy machine, and for one walk through it. */
const WORLD_MS = 240_000
const WALK_MS = 120_000
/** A granted role bites within 5 s, and the page looks every 8 s. */
const GRANTED_MS = 25_000

interface Somebody {
  readonly id: string
  readonly family: string
}

let browser: Browser
let world: World
let ada: Person
let patient: Somebody

beforeAll(async () => {
  if (!HERE) return
  browser = await openBrowser()
  world = await startWorld()
  ada = await world.person('ada', ['admin', 'clinician', 'integrator', 'auditor'])
  patient = await somebody()
}, WORLD_MS)

afterAll(async () => {
  await browser?.close()
  await world?.close()
}, WORLD_MS)

/** The patient with the most visits, so that the pages have something to show. */
async function somebody(): Promise<Somebody> {
  const visits = await world.rig.all(`/v1/resources/encounters?practice=${PRACTICE}`)
  const tally = new Map<string, number>()
  for (const each of visits) {
    const id = /"Patient\/([^"]+)"/.exec(JSON.stringify(each))?.[1] ?? ''
    tally.set(id, (tally.get(id) ?? 0) + 1)
  }
  const [id = ''] = [...tally].toSorted(([, one], [, other]) => other - one)[0] ?? []
  const found = await world.rig.get(`/v1/patients/${id}?practice=${PRACTICE}`)
  return { id, family: String(Object.entries(found.name ?? {}).find(([n]) => n === 'family')?.[1]) }
}

async function opened(person: Person, options: Parameters<typeof visit>[1] = {}): Promise<Visit> {
  const window = await visit(browser, options)
  await asPerson(window.context, world, person)
  return window
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const at = (path: string) => `${world.url}/console${path}`

const PAGES: Readonly<Record<string, () => string>> = {
  overview: () => '/',
  patients: () => `/p/${PRACTICE}/patients`,
  chart: () => `/p/${PRACTICE}/patients/${patient.id}`,
  record: () => `/p/${PRACTICE}/records/patients/${patient.id}`,
  schedule: () => `/p/${PRACTICE}/schedule`,
  changes: () => `/p/${PRACTICE}/changes`,
  calls: () => `/p/${PRACTICE}/calls`,
  practices: () => '/settings/practices',
  keys: () => '/settings/keys',
  people: () => '/settings/people',
  ledger: () => '/ledger',
  account: () => '/account',
}

describe.skipIf(!HERE)('the console', () => {
  test(
    'a person signs in, finds a patient, and learns of a record why it is here',
    async () => {
      const { page, context, complaints, hosts } = await visit(browser)
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      const grace = await world.person('grace', ['admin', 'clinician', 'integrator'])
      await signIn(page, world, grace)
      await page.getByText('Kept fresh').waitFor()
      await page.getByText('Calls in a minute').waitFor()

      const search = page.getByLabel('Find a patient by name, birth date or identifier')
      await search.fill(patient.family)
      await search.press('Enter')
      const found = page.getByRole('link', { name: new RegExp(patient.family, 'i') })
      await found.first().waitFor()
      await page.goto(at(`/p/${PRACTICE}/patients/${patient.id}`))
      await page.getByRole('heading', { name: new RegExp(patient.family, 'i') }).waitFor()
      await page.getByText('By problem', { exact: true }).click()
      await page.getByRole('link', { name: 'Record and history' }).click()
      await page.getByRole('heading', { name: 'Why is this here' }).waitFor()
      await page.locator('.feed .kind').filter({ hasText: 'Version 1' }).waitFor()

      await page.locator('.age').first().hover()
      await exactInstant(page)
      await page.getByRole('link', { name: /^Schedule/ }).click()
      await page.getByText('in America/New_York').waitFor()
      await page.getByRole('link', { name: /^Practices/ }).click()
      await page.getByRole('button', { name: 'Check the connection' }).click()
      await page.getByText('The connection is right.').waitFor()

      // Nothing of a patient in an address, a title or the browser's storage; nobody else is asked.
      const family = patient.family.toLowerCase()
      expect(asked.filter((url) => decodeURIComponent(url).toLowerCase().includes(family))).toEqual(
        [],
      )
      expect(await page.title()).toBe('Practices · Chartway')
      const kept: unknown = await page.evaluate(
        'JSON.stringify({ ...localStorage, ...sessionStorage })',
      )
      expect(String(kept).toLowerCase()).not.toContain(family)
      expect([...hosts]).toEqual([new URL(world.url).host])
      // The page asks once who is there before anybody is.
      expect(complaints.filter((line) => !line.includes('401'))).toEqual([])
      await context.close()
    },
    WALK_MS,
  )

  test(
    'signing out ends access at once, in the page and at the API',
    async () => {
      const hana = await world.person('hana', ['clinician'])
      const { page, context } = await opened(hana)
      await page.goto(at(`/p/${PRACTICE}/patients/${patient.id}`))
      await heading(page).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.goto(at(`/p/${PRACTICE}/patients/${patient.id}`))
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      expect(await page.content()).not.toContain(patient.family)
      const answer = await fetch(`${world.url}/v1/session`, { headers: { cookie: hana.cookie } })
      expect(answer.status).toBe(401)
      await context.close()
    },
    WALK_MS,
  )

  test(
    'an invitation is completed with a password and a code, and its link is in no address after',
    async () => {
      const { page, context } = await visit(browser)
      const token = await world.invitation('ines', ['clinician'])
      await page.goto(`${world.url}/#/invitation/${token}`)
      await page.getByRole('heading', { name: 'Welcome, ines' }).waitFor()
      expect(page.url()).not.toContain(token)
      const secret = (await page.locator('code.secret').first().innerText()).replace(/\s/g, '')
      await page.getByLabel('A password').fill(PASSWORD)
      await page.getByLabel('The code it shows now').fill(codeAt(secret, Date.now()))
      await page.getByRole('button', { name: 'Complete the account' }).click()
      await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor()
      await page.getByLabel('I have put them where I will find them').check()
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      await context.close()
    },
    WALK_MS,
  )

  test(
    'what a role does not show is not offered, and a deep link says so plainly',
    async () => {
      const desk = await world.person('desk', ['front-desk'])
      const { page, context } = await opened(desk)
      await page.goto(at(`/p/${PRACTICE}/patients/${patient.id}`))
      await page.getByRole('heading', { name: new RegExp(patient.family, 'i') }).waitFor()
      expect(await page.getByRole('heading', { name: 'Medications' }).count()).toBe(0)
      expect(await page.getByRole('link', { name: /^API keys/ }).count()).toBe(0)
      await page.goto(at('/settings/keys'))
      await page.getByRole('heading', { name: 'Your role does not show this page' }).waitFor()
      const boss = await world.person('boss', ['admin'])
      const other = await opened(boss)
      await other.page.goto(at(`/p/${PRACTICE}/patients/${patient.id}`))
      await other.page.getByRole('heading', { name: 'Your role does not show this page' }).waitFor()
      expect(await other.page.content()).not.toContain(patient.family)

      // A role that is given opens the page without another sign-in.
      await other.page.getByRole('link', { name: /^People/ }).click()
      await other.page.getByRole('button', { name: 'Roles of boss' }).click()
      await other.page.getByLabel('Clinician', { exact: true }).check()
      await other.page.getByRole('button', { name: 'Save' }).click()
      const offered = other.page.getByRole('link', { name: /^Patients/ })
      await offered.waitFor({ timeout: GRANTED_MS })
      await other.context.close()
      await context.close()
    },
    WALK_MS,
  )

  test(
    'everything is reached by keys alone, and the focus is always seen',
    async () => {
      const { page, context, complaints } = await opened(ada)
      await page.goto(at('/'))
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      await page.keyboard.press('Tab')
      expect(await focused(page)).toMatchObject({ text: 'Skip to the page', seen: true })
      await page.keyboard.press('Enter')
      await page.keyboard.press('g')
      await page.keyboard.press('p')
      await page.getByRole('heading', { name: 'Patients' }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type(patient.family)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Found' }).waitFor()
      await page
        .getByRole('link', { name: new RegExp(patient.family, 'i') })
        .first()
        .waitFor()
      await tabTo(page, new RegExp(patient.family, 'i'))
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Timeline' }).waitFor()
      await tabTo(page, /ago$/)
      await exactInstant(page)
      await page.keyboard.press('?')
      await page.getByRole('dialog').getByText('Find a patient').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      for (const [key, title] of [
        ...([
          ['s', /, 20\d\d$/],
          ['e', 'Calls and errors'],
          ['a', 'Your account'],
        ] as const),
      ]) {
        await page.keyboard.press('g')
        await page.keyboard.press(key)
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
      }
      expect(complaints).toEqual([])
      await context.close()
    },
    WALK_MS,
  )

  test(
    'an error says its code, what to do and the id of the request',
    async () => {
      const { page, context } = await opened(ada)
      await page.goto(at(`/p/${PRACTICE}/records/patients/nobody`))
      const fault = page.getByRole('alert')
      await fault.getByText('What to do:').waitFor()
      expect(await fault.innerText()).toMatch(/NOT_FOUND[\s\S]*request [\w-]+/)
      await context.close()
    },
    WALK_MS,
  )

  test('the policy lets no script run that is not a file from here', async () => {
    const page = await fetch(at('/'))
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe')
    const text = await page.text()
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/)
    const script = /src="([^"]+\.js)"/.exec(text)?.[1] ?? ''
    const kept = await fetch(new URL(script, world.url))
    expect(kept.headers.get('cache-control')).toContain('immutable')
  })

  describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
    test.each(Object.keys(SIZES))(
      'on the %s no page has a serious finding of axe or is wider than its window',
      async (name) => {
        const size = name === 'desk' ? 'desk' : 'phone'
        const { page, context, complaints } = await opened(ada, { size, colorScheme, forAxe: true })
        const findings: Record<string, unknown> = {}
        for (const [title, path] of Object.entries(PAGES)) {
          await page.goto(at(path()))
          await heading(page).waitFor()
          await page.waitForFunction('!document.querySelector(".skeleton")')
          await picture(page, `console-${title}-${name}-${colorScheme}`)
          const found = await axeFindings(page)
          const wide = await overflow(page)
          if (found.length > 0 || wide > 0) findings[title] = { found, wide }
        }
        expect(findings).toEqual({})
        expect(complaints).toEqual([])
        await context.close()
      },
      WALK_MS,
    )
  })

  test('the page before sign-in has no serious finding either', async () => {
    const { page, context } = await visit(browser, { forAxe: true })
    await page.goto(at('/'))
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await picture(page, 'console-sign-in')
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })
})

/** The exact time of an age, in the practice's own zone. */
async function exactInstant(page: Page): Promise<void> {
  await page
    .getByRole('tooltip')
    .filter({ hasText: /E[SD]T/ })
    .waitFor()
}

/** What has the focus, and whether it is shown. */
async function focused(page: Page): Promise<{ readonly text: string; readonly seen: boolean }> {
  const told: unknown = await page.evaluate(`(() => {
    const element = document.activeElement
    const outlined = (one) => one !== null && getComputedStyle(one).outlineStyle !== 'none'
    // A hidden radio shows its focus at its label.
    const seen = outlined(element) || outlined(element.nextElementSibling)
    return JSON.stringify({ text: element.innerText || element.outerHTML.slice(0, 200), seen })
  })()`)
  return JSON.parse(String(told))
}

/** Presses Tab until something with such a text has the focus; each stop on the way must be seen. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  for (let stop = 0; stop < 60; stop++) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    if (!now.seen) throw new Error(`the focus is not seen at ${now.text}`)
    if (text.test(now.text)) return
  }
  throw new Error(`${text} is not reached by Tab`)
}
