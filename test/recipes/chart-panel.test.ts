// The chart panel in a browser: built as its README says, served by its own server, and compared with
// what the sandbox has of the patient. Both colour schemes, both sizes, no serious finding of axe.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  axeFindings,
  hasChromium,
  openBrowser,
  overflow,
  picture,
  SIZES,
  visit,
} from '../browser/browser.ts'
import { freePort } from '../free-port.ts'
import { type Cooking, cook, type Kitchen, openKitchen, until } from './kitchen.ts'

const RECIPES = join(import.meta.dirname, '..', '..', 'recipes')
const BUILD_MS_MAX = 60_000

describe.skipIf(!hasChromium('the chart panel'))('the chart panel', () => {
  let kitchen: Kitchen
  let browser: Browser
  let served: Cooking
  let url: string
  beforeAll(async () => {
    const vite = join(RECIPES, 'node_modules', 'vite', 'bin', 'vite.js')
    await promisify(execFile)(process.execPath, [vite, 'build', join(RECIPES, 'chart-panel')], {
      timeout: BUILD_MS_MAX,
      env: { ...process.env, NODE_ENV: 'production' },
    })
    kitchen = await openKitchen()
    browser = await openBrowser()
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    served = cook('chart-panel', {
      environment: { ...kitchen.environment, PORT: String(port) },
      file: 'server.ts',
    })
    await until('the server listens', () => served.out().includes('the panel is at'))
  }, 180_000)
  afterAll(async () => {
    await served?.kill()
    await browser?.close()
    await kitchen?.close()
  })

  /** A patient with problems and medications, and the words the practice has of them. */
  function patient() {
    const count = (type: string, id: string) =>
      kitchen.records(type).filter((one) => JSON.stringify(one).includes(`Patient/${id}"`)).length
    const found = kitchen
      .records('Patient')
      .toSorted(
        (one, other) => count('Condition', other.id ?? '') - count('Condition', one.id ?? ''),
      )[0]
    const id = found?.id ?? ''
    const problems = kitchen
      .records('Condition')
      .filter((one) => JSON.stringify(one.subject).includes(`Patient/${id}"`))
      .filter((one) => JSON.stringify(one.category).includes('problem-list-item'))
    const family = JSON.stringify(found).match(/(?<="family":")[^"]+/)?.[0] ?? '?'
    return { id, family, problems, birthDate: String(found?.birthDate) }
  }

  /** The newest day of each kind of vital sign, as the practice has them. */
  function newestVitals(id: string): ReadonlyMap<string, string> {
    const newest = new Map<string, string>()
    for (const one of kitchen.records('Observation')) {
      const text = JSON.stringify(one)
      if (!text.includes(`Patient/${id}"`) || !text.includes('vital-signs')) continue
      const kind = /"text":"([^"]+)"/.exec(JSON.stringify(one.code))?.[1] ?? '?'
      const day = String(one.effectiveDateTime).slice(0, 10)
      if (day > (newest.get(kind) ?? '')) newest.set(kind, day)
    }
    return newest
  }

  test.each(Object.keys(SIZES).flatMap((size) => ['light', 'dark'].map((look) => [size, look])))(
    'shows who, what and how old on a %s, %s',
    async (size, look) => {
      const { id, family, problems, birthDate } = patient()
      const colorScheme = look === 'dark' ? 'dark' : 'light'
      const { page, context, complaints, hosts } = await visit(browser, {
        ...{ size: size === 'phone' ? 'phone' : 'desk', colorScheme, forAxe: true },
      })
      await page.goto(`${url}/#${id}`)
      const header = page.getByRole('heading', { level: 2 })
      await header.waitFor()
      expect(await header.textContent()).toContain(family)
      const text = (await page.textContent('main')) ?? ''
      expect(text).toContain(`Born ${birthDate}`)
      expect(text.match(/as of \d+ (min|h|days) ago/g)).toHaveLength(4)
      const rows = await page
        .getByRole('region', { name: 'Problems' })
        .getByRole('listitem')
        .count()
      expect(rows).toBe(Math.min(8, problems.length))
      for (const name of ['Medications', 'Vitals'])
        expect(
          await page.getByRole('region', { name }).getByRole('listitem').count(),
        ).toBeGreaterThan(0)
      const newest = newestVitals(id)
      const vitals = page.getByRole('region', { name: 'Vitals' }).getByRole('listitem')
      expect(await vitals.count()).toBe(newest.size)
      for (const [kind, date] of newest)
        expect(await vitals.filter({ hasText: `${kind}:` }).textContent()).toContain(date)
      expect(await axeFindings(page)).toEqual([])
      expect(await overflow(page)).toBe(0)
      expect(complaints).toEqual([])
      expect([...hosts]).toEqual([new URL(url).host])
      await picture(page, `chart-panel-${size}-${look}`)
      await context.close()
    },
  )

  test('a patient who is not there is said so, and the page asks for nothing else of the API', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${url}/#nobody`)
    expect(await page.getByRole('alert').textContent()).toContain('NOT_FOUND')
    const other = await page.evaluate(`fetch('/v1/keys').then(({ status }) => status)`)
    expect(other).toBe(404)
    await context.close()
  })
})
