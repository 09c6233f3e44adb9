// A headless Chromium for the tests of our pages: found where systems keep it, started once per file,
// with an eye on what a page must not do. It installs nothing.

import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const PLACES = [
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const START_MS = 20_000
const STEP_MS = 10_000

/** Where a Chromium is: `CHROMIUM` in the environment, or a usual place; undefined when nowhere. */
export function chromiumPath(): string | undefined {
  const given = process.env.CHROMIUM
  return [...(given === undefined ? [] : [given]), ...PLACES].find((path) => existsSync(path))
}

/** True when browser tests can run here; otherwise it prints why `what` is left out. */
export function hasChromium(what: string): boolean {
  if (chromiumPath() !== undefined) return true
  console.log(`left out: ${what}: no chromium found (set CHROMIUM to its path)`)
  return false
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (executablePath === undefined) throw new Error('no chromium found')
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
  return await chromium.launch({ executablePath, args, timeout: START_MS })
}

export const SIZES = {
  desk: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of scripts, refused by policy, and failed requests, as the browser tells them. */
  readonly complaints: string[]
  /** Hosts that were asked for anything. */
  readonly hosts: Set<string>
}

/** A fresh window. Nothing of an earlier one is left in it. */
export async function visit(
  browser: Browser,
  options: {
    readonly size?: keyof typeof SIZES
    readonly colorScheme?: 'light' | 'dark'
    /** Lets axe in past the page's policy; not for a test of that policy. */
    readonly forAxe?: boolean
  } = {},
): Promise<Visit> {
  const { size = 'desk', colorScheme = 'light' } = options
  const viewport = SIZES[size]
  const bypassCSP = options.forAxe === true
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-US', bypassCSP })
  context.setDefaultTimeout(STEP_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text())
  })
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  return { page, context, complaints, hosts }
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Serious and critical findings of axe on the page as it is, each as `rule: where`. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE })
  const found: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`,
  )
  if (!Array.isArray(found)) throw new Error('axe gave no list')
  return found.map(String)
}

/** Writes a picture of the whole page to the folder that `SCREENSHOTS` names, if it does. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** Pixels by which the page is wider than its window: 0 when nothing has to be scrolled sideways. */
export async function overflow(page: Page): Promise<number> {
  const wide: unknown = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  return Number(wide)
}

/** A port of this machine that was free a moment ago; taken here without starting any other program. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
