// The documentation as built: no dead link, a page for every operation, error code and type, nothing
// from another host, found without a server, and pleasant for a reader with a keyboard or a telephone.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import errorCodes from '../../platform/src/kernel/error-codes.json' with { type: 'json' }
import { operations } from '../../platform/src/operations/index.ts'
import {
  axeFindings,
  hasChromium,
  openBrowser,
  overflow,
  picture,
  visit,
} from '../../test/browser/browser.ts'
import { relative } from './layout.ts'
import { readApi } from './openapi.ts'
import { buildSite } from './site.ts'

let files: ReadonlyMap<string, string>
beforeAll(async () => {
  files = await buildSite()
})

const pages = () => [...files].filter(([path]) => path.endsWith('.html'))

/** Links and sources of a page that lead nowhere. */
function deadIn(path: string, html: string, known: ReadonlyMap<string, string>): string[] {
  const targets = [...html.matchAll(/\b(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? '')
  return targets.flatMap((target) => {
    if (target === 'data:,' || /^https?:/.test(target)) return []
    const [name = '', fragment] = target.split('#')
    const file = name === '' ? path : posix.join(posix.dirname(path), name)
    const there = known.get(file)
    const dead =
      there === undefined || (fragment !== undefined && !there.includes(`id="${fragment}"`))
    return dead ? [`${path}: ${target}`] : []
  })
}

test('no link is dead, and a dead one would be seen', () => {
  expect(pages().length).toBeGreaterThan(200)
  expect(pages().flatMap(([path, html]) => deadIn(path, html, files))).toEqual([])
  const planted = '<a href="../api/gone.html"></a><a href="index.html#gone"></a>'
  expect(deadIn('errors/x.html', planted, files)).toHaveLength(2)
})

test('every operation, every type and every error code has a page', () => {
  const wanted = [
    ...operations.map(({ name }) => `api/${name}.html`),
    ...[...readApi().types.keys()].map((name) => `types/${name}.html`),
    ...Object.keys(errorCodes).map((code) => `errors/${code}.html`),
  ]
  expect(wanted.filter((path) => !files.has(path))).toEqual([])
})

test('a page says right, fields, answer and errors of its operation, with cause and cure of each', () => {
  const page = files.get('api/appointments.list.html') ?? ''
  for (const words of ['/v1/appointments', 'GET /appointments', 'updatedAfter', 'front-desk'])
    expect(page).toContain(words)
  expect(page).toContain('<a href="../errors/CURSOR_INVALID.html">')
  const { cause, cure } = errorCodes.CURSOR_INVALID
  const error = files.get('errors/CURSOR_INVALID.html') ?? ''
  expect([cause, cure].filter((words) => !error.includes(words))).toEqual([])
})

test('settings, switches, tools, commands and FHIR types are the ones of the code', () => {
  expect(files.get('settings/index.html')).toContain('CHARTWAY_REQUESTS_A_MINUTE')
  expect(files.get('sandbox/switches.html')).toContain('authorize-aud')
  expect(files.get('mcp/index.html')).toContain('patients_list')
  expect(files.get('cli/index.html')).toContain('chartway keys create')
  expect(files.get('fhir/index.html')).toContain('us-core-patient')
})

test('a page loads nothing from another host and has no script of its own', () => {
  for (const [path, html] of pages()) {
    const loaded = [...html.matchAll(/<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="([^"]*)"/g)]
    expect([path, loaded.filter(([, target = '']) => /^(https?:)?\/\//.test(target))]).toEqual([
      path,
      [],
    ])
    expect([path, /<script(?![^>]*\bsrc=)/.test(html) || / on[a-z]+="/.test(html)]).toEqual([
      path,
      false,
    ])
  }
})

test('links are relative to where a page stands', () => {
  expect(relative('<a href="/errors/X.html#a">', 'api/y.html')).toBe(
    '<a href="../errors/X.html#a">',
  )
  expect(relative('<a href="/index.html">', 'index.html')).toBe('<a href="index.html">')
})

describe.skipIf(!hasChromium('the documentation in a browser'))(
  'in a browser, from a folder',
  () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'chartway-docs-'))
      for (const [path, text] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    test('a page is found by its words with the keyboard alone', async () => {
      const browser = await openBrowser()
      const { page, complaints } = await visit(browser)
      await page.goto(pathToFileURL(join(folder, 'guides', 'freshness.html')).href)
      await page.keyboard.press('/')
      await page.keyboard.type('cursor_inv')
      await page.getByRole('option').first().waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'CURSOR_INVALID' }).waitFor()
      await page.getByLabel('Search').fill('zzzz')
      await page.getByText('Nothing found').waitFor()
      expect(complaints).toEqual([])
      await browser.close()
    })

    test.each([
      ['desk', 'light', 'index.html'],
      ['phone', 'dark', 'index.html'],
      ['desk', 'dark', 'api/appointments.list.html'],
      ['phone', 'light', 'api/appointments.list.html'],
      ['desk', 'light', 'guides/access.html'],
      ['desk', 'light', 'sandbox/switches.html'],
      ['phone', 'dark', 'errors/CURSOR_INVALID.html'],
      ['desk', 'dark', 'recipes/critical-lab-alert.html'],
    ] as const)('on a %s, %s: %s is readable', async (size, colorScheme, path) => {
      const browser = await openBrowser()
      const { page, complaints } = await visit(browser, { size, colorScheme, forAxe: true })
      await page.goto(pathToFileURL(join(folder, path)).href)
      // Before axe, which asks for the style itself, and may not from a folder.
      expect(complaints).toEqual([])
      expect(await axeFindings(page)).toEqual([])
      expect(await overflow(page)).toBe(0)
      await picture(page, `docs-${path.replace(/\W/g, '-')}-${size}-${colorScheme}`)
      await browser.close()
    })
  },
)
