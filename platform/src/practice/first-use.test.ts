// The first use of an installation, cut off after every step by files or a database that fail: the next
// start finishes it, and there is one usable key on file. Real database, files in memory.

import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { wallClock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { Files } from '../kernel/files.ts'
import { organizationId } from '../kernel/ids.ts'
import { systemRandom } from '../kernel/random.ts'
import { prepareFirstUse } from './first-use.ts'
import { createPractices } from './practices.ts'
import type { Practices } from './types.ts'

const FOLDER = '/data'
const URL_NOW = 'http://127.0.0.1:7400'

let held: TestDatabase
let practices: Practices
let kept: Map<string, string>

beforeEach(async () => {
  held = await testDatabase()
  practices = createPractices({
    database: held.database,
    clock: wallClock(),
    random: systemRandom(),
    masterKey: systemRandom().bytes(32),
  })
  kept = new Map()
})
afterEach(() => held.close())

/** Files in memory; `writesLeft` writes succeed, the next finds the disk full. */
function filesOf(writesLeft = Number.POSITIVE_INFINITY): Files {
  let left = writesLeft
  return {
    readText: async (path) => kept.get(path),
    writeText: async (path, text) => {
      if (left-- <= 0) throw new ChartwayError('DISK_FULL', { retry: 'later' })
      kept.set(path, text)
    },
    lock: async () => ({ release: async () => undefined }),
  }
}

function start(
  given: {
    readonly files?: Files
    readonly practices?: Practices
    readonly ownDatabase?: boolean
    readonly publicUrl?: string
  } = {},
) {
  return prepareFirstUse({
    practices,
    files: filesOf(),
    dataFolder: FOLDER,
    publicUrl: URL_NOW,
    ownDatabase: true,
    ...given,
  })
}

function profile(): { url: string; key: string; organization: string } {
  return JSON.parse(kept.get(join(FOLDER, 'client.json')) ?? 'null')
}

/** Everything a caller and the vendor need is there. */
async function expectUsable() {
  expect(await practices.authenticate(profile().key)).toMatchObject({
    organization: 'home',
    rights: ['charts', 'monitor', 'audit', 'settings', 'people'],
  })
  const home = organizationId('home')
  if (home === undefined) throw new Error('not an id')
  expect((await practices.jwks(home)).keys).toHaveLength(1)
  expect(await practices.organizations()).toEqual(['home'])
}

type Step = 'createOrganization' | 'rotateSigningKey' | 'createApiKey'

/** The process dies before this step is stored, or just after. */
function dyingAt(step: Step, stored: boolean): Practices {
  const dying =
    <A extends readonly unknown[]>(work: (...given: A) => Promise<unknown>) =>
    async (...given: A): Promise<never> => {
      if (stored) await work(...given)
      throw new Error('killed')
    }
  const { createOrganization, rotateSigningKey, createApiKey } = practices
  const steps = {
    createOrganization: { createOrganization: dying(createOrganization) },
    rotateSigningKey: { rotateSigningKey: dying(rotateSigningKey) },
    createApiKey: { createApiKey: dying(createApiKey) },
  }
  return { ...practices, ...steps[step] }
}

describe('the first start', () => {
  test('makes an organization, a signing key and an API key that works, once', async () => {
    await start()
    await expectUsable()
    const { key } = profile()
    await start()
    expect(profile()).toEqual({ url: URL_NOW, key, organization: 'home' })
    await expectUsable()
  })

  const steps = ['createOrganization', 'rotateSigningKey', 'createApiKey'] as const
  test.each(
    steps.flatMap((step) =>
      [true, false].flatMap((stored) =>
        [true, false].map((ownDatabase) => [step, stored, ownDatabase] as const),
      ),
    ),
  )('killed at %s (stored: %s, own database: %s), the next one finishes', async (...at) => {
    const [step, stored, ownDatabase] = at
    const dying = dyingAt(step, stored)
    await expect(start({ practices: dying, ownDatabase })).rejects.toThrow('killed')
    await start({ ownDatabase })
    await expectUsable()
  })

  test.each([0, 1])(
    'with a disk that is full at write %i says so, and can be repeated',
    async (left) => {
      await expect(start({ files: filesOf(left) })).rejects.toMatchObject({
        code: 'DISK_FULL',
        retry: 'later',
      })
      await start()
      await expectUsable()
    },
  )
})

describe('a later start', () => {
  test('under another address corrects the profile and keeps the key', async () => {
    await start()
    const { key } = profile()
    await start({ publicUrl: 'http://127.0.0.1:7500' })
    expect(profile()).toMatchObject({ url: 'http://127.0.0.1:7500', key })
  })

  test.each(['lost', 'broken'])('whose profile is %s makes a new key', async (how) => {
    await start()
    const { key } = profile()
    if (how === 'lost') kept.clear()
    else kept.set(join(FOLDER, 'client.json'), '{"url":')
    await start()
    await expectUsable()
    expect(profile().key).not.toBe(key)
  })

  test('makes no key in the folder of a second process on a shared database', async () => {
    await start({ ownDatabase: false })
    kept.clear()
    await start({ ownDatabase: false })
    expect(kept.size).toBe(0)
  })

  test('does not bring a key back that was revoked', async () => {
    await start()
    const { key } = profile()
    const caller = await practices.authenticate(key)
    if (caller === undefined) throw new Error('the key does not work')
    await practices.revokeApiKey(caller.organization, caller.actor.slice('key:'.length), 'test')
    await start()
    expect(profile().key).toBe(key)
    expect(await practices.authenticate(key)).toBeUndefined()
  })
})
