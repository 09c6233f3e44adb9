// Backups by themselves, on a virtual clock and a real database: when they are taken, which are kept, and
// what happens when one fails.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { diskStreams } from '../kernel/file-streams.ts'
import { systemRandom } from '../kernel/random.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { keepBackups, newestBackup } from './index.ts'

const START = Date.parse('2026-03-02T15:00:00Z')
const HOUR_MS = 3_600_000
let clock: VirtualClock
let held: TestDatabase
let folder: string
let events: string[]

beforeEach(async () => {
  clock = new VirtualClock(START)
  held = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'chartway-keeping-'))
  events = []
})
afterEach(async () => {
  await held.close()
  await rm(folder, { recursive: true })
})

async function kept(ms: number, files = diskStreams): Promise<readonly string[]> {
  const random = systemRandom()
  const ports = {
    ...{ url: held.url, clock, random, files, version: '0', masterKey: random.bytes(32) },
    log: { write: (_level: string, event: string) => void events.push(event) },
  }
  const stop = new AbortController()
  // Files are no port of the clock's, so it is told of each.
  const write = files.write
  const during = {
    ...files,
    write: (...given: Parameters<typeof write>) => clock.during(write(...given)),
  }
  const keeping = { folder, everyMs: HOUR_MS, keep: 3 }
  const running = keepBackups({ ...ports, files: during }, keeping, stop.signal)
  for (let passed = 0; passed < ms; passed += HOUR_MS / 4) {
    await clock.advance(HOUR_MS / 4)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  stop.abort(new Error('enough'))
  await Promise.all([running, clock.advance(1)])
  return (await readdir(folder)).sort()
}

test('one is taken at once and one each hour, and the newest three are kept', async () => {
  await writeFile(join(folder, 'somebody-else.txt'), '')
  const names = await kept(4 * HOUR_MS + 1)
  expect(names).toHaveLength(4)
  expect(names).toContain('somebody-else.txt')
  const newest = await newestBackup(diskStreams, folder)
  expect(newest).toBeGreaterThanOrEqual(START + 3 * HOUR_MS)
})

test('after a restart the next one is due an hour after the last', async () => {
  await kept(HOUR_MS / 4)
  const before = await readdir(folder)
  await kept(HOUR_MS / 4)
  expect(await readdir(folder)).toEqual(before)
})

test('one that fails is said aloud and tried again soon, and leaves the old ones', async () => {
  await kept(HOUR_MS / 4)
  const [old] = await readdir(folder)
  let failures = 2
  const failing = {
    ...diskStreams,
    write: (...given: Parameters<typeof diskStreams.write>) =>
      failures-- > 0 ? Promise.reject(new Error('no')) : diskStreams.write(...given),
  }
  const names = await kept(2 * HOUR_MS, failing)
  expect(events).toContain('backup.failed')
  expect(names).toContain(old)
  expect(names.length).toBeGreaterThan(1)
})

test('what a kill has cut short is removed before the next one, and nothing of others', async () => {
  const cut = 'chartway-20260302T140000Z.backup.part'
  await writeFile(join(folder, cut), 'half')
  await writeFile(join(folder, 'photo.part'), 'half')
  const names = await kept(HOUR_MS / 4)
  expect(names).not.toContain(cut)
  expect(names).toContain('photo.part')
})

test('there is no newest one where there are none', async () => {
  expect(await newestBackup(diskStreams, join(folder, 'nowhere'))).toBeUndefined()
})
