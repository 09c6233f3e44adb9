// The pages of our authorization server in a real browser: an application of another site leads there, a
// person signs in, chooses a patient, agrees, and is led back. The second time no sign-in is asked for.

import { createServer, type Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pkce } from '../oauth-client.ts'
import { codeAt, type Person, signedIn } from '../signed-in.ts'
import { type Tenants, tenants } from '../tenants.ts'
import {
  axeFindings,
  freePort,
  hasChromium,
  openBrowser,
  overflow,
  picture,
  visit,
} from './browser.ts'

const found = hasChromium('the consent pages')
let browser: Browser
let world: Tenants
let app: Server
/** Another site than the installation: a cookie of one is not sent with what the other starts. */
let appUrl: string
let publicUrl: string
let person: Person
let start: string

beforeAll(async () => {
  if (!found) return
  browser = await openBrowser()
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  world = await tenants({ publicUrl })
  await world.platform.face.listen({ host: '127.0.0.1', port })
  // One step behind, so that the step of now is left for the page.
  const around = { platform: world.platform, publicUrl, at: Date.now() - 30_000 }
  const wanted = { name: 'grey@north', displayName: 'Dr. Grey', roles: ['clinician'] as const }
  person = await signedIn(around, world.north.organization, wanted)
  const appPort = await freePort()
  appUrl = `http://localhost:${appPort}`
  const redirectUri = `${appUrl}/back`
  const { client } = await world.platform.people.oauth.createClient(
    world.north.organization,
    {
      ...{ name: 'Tide charts', kind: 'public', redirectUris: [redirectUri], sensitive: false },
      ...{ scopes: ['launch/patient', 'patient/*.rs'], practices: undefined },
      ...{ jwks: undefined, jwksUri: undefined },
    },
    'test',
  )
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: client.clientId, redirect_uri: redirectUri },
    ...{ state: 's1', scope: 'launch/patient patient/*.rs' },
    aud: `${publicUrl}/fhir/r4/north-clinic`,
    ...{ code_challenge: pkce().challenge, code_challenge_method: 'S256' },
  })
  start = `${publicUrl}/oauth/authorize?${query}`
  app = createServer((request, reply) => {
    reply.setHeader('content-type', 'text/html')
    reply.end(
      request.url?.startsWith('/back')
        ? '<title>Back</title><h1>Back</h1>'
        : `<title>App</title><a href="${start.replaceAll('&', '&amp;')}">Connect</a>`,
    )
  })
  await new Promise<void>((resolve) => app.listen(appPort, 'localhost', resolve))
}, 60_000)
afterAll(async () => {
  if (!found) return
  await browser.close()
  await new Promise((resolve) => app.close(resolve))
  await world.close()
})

describe.skipIf(!found)('an application of another site', () => {
  test('is let in by a person who signs in, chooses and agrees', { timeout: 60_000 }, async () => {
    const { page, complaints, hosts } = await visit(browser)
    await page.goto(appUrl)
    await page.getByRole('link', { name: 'Connect' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await picture(page, 'consent-sign-in')
    await page.getByLabel('Name').fill(person.name)
    await page.getByLabel('Password').fill(person.password)
    await page.getByLabel('Code').fill(codeAt(person.secret, Date.now()))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Dr. Grey').waitFor()
    await page.getByLabel('Name begins with').fill('Blake')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('radio').check()
    await picture(page, 'consent-choose')
    expect(page.url()).not.toContain('Blake')
    await page.getByRole('button', { name: 'Agree', exact: true }).click()
    await page.waitForURL(`${appUrl}/back*`)
    const back = new URL(page.url()).searchParams
    expect(back.get('code')).toMatch(/^cwg_north_/)
    expect([back.get('state'), back.get('iss')]).toEqual(['s1', publicUrl])

    // The session is there now; it comes along although another site leads here.
    await page.goto(appUrl)
    await page.getByRole('link', { name: 'Connect' }).click()
    await page.getByText('Dr. Grey').waitFor()
    await page.getByRole('button', { name: 'Do not agree' }).click()
    await page.waitForURL(`${appUrl}/back*`)
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied')
    expect(complaints.filter((line) => !line.includes('favicon'))).toEqual([])
    expect([...hosts].sort()).toEqual([new URL(publicUrl).host, new URL(appUrl).host].sort())
  })

  test.each(['desk', 'phone'] as const)('asks on a page that all can use (%s)', async (size) => {
    const { page } = await visit(browser, { size, forAxe: true })
    await page.goto(start)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
  })
})
