// What can be set for `npm start`, and what its platform is not told of the shell it was started from.

import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { settingsFrom, withoutOthers } from './settings.ts'

const NAMES = [
  'CHARTWAY_DATA',
  'CHARTWAY_PORT',
  'CHARTWAY_SANDBOX_PORT',
  'CHARTWAY_OPERATOR_PORT',
  'CHARTWAY_TIME_SCALE',
  'CHARTWAY_PATIENTS',
  'CHARTWAY_SEED',
  'CHARTWAY_PRESET',
]

test('nothing set is the usual practice in the usual folder', () => {
  expect(settingsFrom({})).toMatchObject({
    folder: resolve('.chartway'),
    host: '127.0.0.1',
    port: 7400,
    patients: 300,
    timeScale: 60,
    preset: 'calm',
  })
})

test('an empty variable counts as absent', () => {
  expect(settingsFrom(Object.fromEntries(NAMES.map((name) => [name, ''])))).toEqual(
    settingsFrom({}),
  )
})

test.each([
  ['CHARTWAY_PORT', '80.5'],
  ['CHARTWAY_PORT', '0'],
  ['CHARTWAY_PORT', '65536'],
  ['CHARTWAY_SANDBOX_PORT', '1e3'],
  ['CHARTWAY_OPERATOR_PORT', '0x50'],
  ['CHARTWAY_PATIENTS', '2.5'],
  ['CHARTWAY_PATIENTS', ' '],
  ['CHARTWAY_SEED', '-1'],
  ['CHARTWAY_SEED', '1.5'],
  ['CHARTWAY_TIME_SCALE', '0.5'],
  ['CHARTWAY_TIME_SCALE', 'fast'],
  ['CHARTWAY_PRESET', 'stormy'],
])('%s=%s is refused by its name', (name, text) => {
  expect(settingsFrom({ [name]: text })).toMatch(new RegExp(`^CONFIG_INVALID: ${name} must be`))
})

test('time may run at a broken multiple', () => {
  expect(settingsFrom({ CHARTWAY_TIME_SCALE: '1.5' })).toMatchObject({ timeScale: 1.5 })
})

test('a database, key, log or address named in the shell does not reach the platform', () => {
  const others = {
    DATABASE_URL: 'postgresql://somebody.test/real',
    CHARTWAY_PUBLIC_URL: 'https://real.test',
    CHARTWAY_MASTER_KEY: 'k',
    CHARTWAY_LOG: 'info:/var/log/real',
    CHARTWAY_HOST: '0.0.0.0',
  }
  const kept = { PATH: '/bin', CHARTWAY_SWEEP_MINUTES: '5' }
  expect(withoutOthers({ ...others, ...kept, database_url: 'postgresql://x' })).toEqual(kept)
})
