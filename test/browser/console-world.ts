// A practice with its platform, the console built, and people with roles who can sign in: what the tests
// of the console walk through. Real sockets, real database, nothing faked.

import type { BrowserContext, Page } from 'playwright-core'
import { organizationId } from '../../platform/src/kernel/ids.ts'
import type { Role } from '../../platform/src/people/index.ts'
import { buildConsole } from '../../scripts/start/console-build.ts'
import { type Rig, socketRig } from '../rig.ts'
import { codeAt, type Person, signedIn } from '../signed-in.ts'

/** 2026-11-20 10:40 in New York, a Friday. */
const START = Date.UTC(2026, 10, 20, 15, 40)
const FIRST_SYNC_MS = 120_000
/** A code's step; the step that was used is not taken again. */
const STEP_MS = 30_000
export const PRACTICE = 'riverside'

export interface World {
  readonly rig: Rig
  readonly url: string
  /** An account with these roles, with which nobody has signed in by a page yet. */
  person(name: string, roles: readonly Role[]): Promise<Person>
  /** The token of an invitation that nobody has opened. */
  invitation(name: string, roles: readonly Role[]): Promise<string>
  close(): Promise<void>
}

export async function startWorld(): Promise<World> {
  await buildConsole()
  const rig = await socketRig({
    ...{ seed: 11, preset: 'calm', timeScale: 60, startsAt: START, console: true },
    practices: [
      {
        ...{ code: 'EFDCBA', practice: PRACTICE },
        sandbox: { kind: 'living', patients: 30, facilities: 2, providers: 4, lives: true },
      },
    ],
  })
  await rig.firstSync(PRACTICE, FIRST_SYNC_MS)
  const home = organizationId('home')
  if (home === undefined) throw new Error('home is an organization id')
  return {
    rig,
    url: rig.url,
    person: (name, roles) =>
      signedIn({ platform: rig.platform, publicUrl: rig.url, at: Date.now() }, home, {
        name,
        displayName: name,
        roles,
      }),
    async invitation(name, roles) {
      const user = { name, displayName: name, roles, practices: undefined, sensitive: false }
      const made = await rig.platform.people.createUser(home, user, 'test')
      return made.invitation.token
    },
    async close() {
      await rig[Symbol.asyncDispose]()
    },
  }
}

/** Gives a window the session that the person already has. */
export async function asPerson(context: BrowserContext, { url }: World, { cookie }: Person) {
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url }])
}

/** Signs in through the page, as a person does: name and password, then the code. */
export async function signIn(page: Page, { url }: World, person: Person): Promise<void> {
  await page.goto(`${url}/console/`)
  await page.getByLabel('Name', { exact: true }).fill(person.name)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Go on' }).click()
  // The code of now was used to enrol; a telephone may be one step ahead.
  await page
    .getByLabel('Code of your authenticator')
    .fill(codeAt(person.secret, Date.now() + STEP_MS))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Your account' }).waitFor({ state: 'attached' })
}
