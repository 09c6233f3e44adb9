// The first administrator's link: made once, made again when it is lost or too old, kept from others.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeAt, PASSWORD } from '../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../test/tenants.ts'
import { wallClock } from '../kernel/clock.ts'
import type { Files } from '../kernel/files.ts'
import { organizationId } from '../kernel/ids.ts'
import { inviteFirstAdministrator } from './first-administrator.ts'

let world: Tenants
let now = Date.UTC(2026, 0, 5)
let kept: Map<string, { text: string; mode: number | undefined }>
beforeEach(async () => {
  world = await tenants({ clock: { ...wallClock(), now: () => now } })
  const home = organizationId('home')
  if (home === undefined) throw new Error('not an id')
  await world.platform.practices.createOrganization(home, 'Home')
  kept = new Map([['/data/client.json', { text: '{}', mode: 0o600 }]])
})
afterEach(() => world.close())

function start() {
  const files: Files = {
    readText: async (path) => kept.get(path)?.text,
    writeText: async (path, text, { mode } = {}) => {
      kept.set(path, { text, mode })
    },
    lock: async () => ({ release: async () => undefined }),
  }
  const { people, practices } = world.platform
  const publicUrl = 'https://chartway.test'
  return inviteFirstAdministrator({ people, practices, files, dataFolder: '/data', publicUrl })
}

const tokenOf = (link = '') => link.slice(link.lastIndexOf('/') + 1)

async function accept(token: string): Promise<void> {
  const { people } = world.platform
  const { totp } = await people.openInvitation(token)
  const code = codeAt(totp.secret, now)
  await people.acceptInvitation(token, { password: PASSWORD, code, source: '' })
}

test('the link is made once, kept for its owner alone, and works once', async () => {
  const link = await start()
  expect(link).toMatch(/^https:\/\/chartway\.test\/#\/invitation\/cwi_home_/)
  expect(kept.get('/data/setup.json')?.mode).toBe(0o600)
  expect(JSON.parse(kept.get('/data/setup.json')?.text ?? '').url).toBe(link)
  expect(await start()).toBeUndefined()
  await accept(tokenOf(link))
  expect(await start()).toBeUndefined()
  expect(kept.get('/data/setup.json')?.text).not.toContain('cwi_')
  await expect(accept(tokenOf(link))).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
})

test('a link that is lost or too old is replaced, and the one before is void', async () => {
  const first = await start()
  kept.delete('/data/setup.json')
  const second = await start()
  await expect(accept(tokenOf(first))).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
  now += 8 * 24 * 3_600_000
  const third = await start()
  expect(third).not.toBe(second)
  await accept(tokenOf(third))
})

test('a folder that did not begin the installation gets no link', async () => {
  kept.clear()
  expect(await start()).toBeUndefined()
})
