// Where the practice's clock goes on from: a first start, a second one, and a file that is broken.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startingTime, weekdayMorning } from './clock-file.ts'
import { type Settings, settingsFrom } from './settings.ts'

let folder: string
let settings: Settings
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chartway-clock-'))
  path = join(folder, 'clock.json')
  settings = settled({})
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function settled(env: Readonly<Record<string, string>>): Settings {
  const made = settingsFrom({ CHARTWAY_DATA: folder, ...env })
  if (typeof made === 'string') throw new Error(made)
  return made
}

test('a first start begins on the morning of a working day', async () => {
  const { worldStartsAt, epochMs, wallEpochMs } = await startingTime(settings)
  expect(epochMs).toBe(worldStartsAt)
  expect(worldStartsAt).toBe(weekdayMorning(wallEpochMs, settings.timeZone))
})

test('a second start goes on where the first one stood', async () => {
  const first = await startingTime(settings)
  await first.keep()[Symbol.asyncDispose]()
  const { shows } = JSON.parse(await readFile(path, 'utf8'))
  expect(shows).toBeGreaterThanOrEqual(first.epochMs)
  const second = await startingTime(settings)
  expect(second).toMatchObject({ worldStartsAt: first.worldStartsAt, epochMs: shows })
})

test('a folder with a practice of another size or seed is refused with its numbers', async () => {
  await (await startingTime(settings)).keep()[Symbol.asyncDispose]()
  await expect(startingTime(settled({ CHARTWAY_PATIENTS: '20' }))).rejects.toThrow(
    /holds a practice of 300 patients from seed 1/,
  )
  await expect(startingTime(settled({ CHARTWAY_SEED: '2' }))).rejects.toThrow(/seed 1/)
})

test.each([
  '',
  '{"worldStartsAt":1',
  'null',
  '[]',
  '{}',
  '{"worldStartsAt":1,"shows":"2","seed":1,"patients":300}',
  '{"worldStartsAt":1,"shows":null,"seed":1,"patients":300}',
])('a broken file (%j) is an error that says what to do, and stays as it is', async (text) => {
  await writeFile(path, text)
  await expect(startingTime(settings)).rejects.toThrow(/clock\.json is broken.*Delete its folder/)
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a file that cannot be read is not taken for a first start', async () => {
  await rm(folder, { recursive: true })
  await writeFile(folder, 'no folder')
  await expect(startingTime(settings)).rejects.toThrow()
})
