// Where the command takes its address and key from.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { profileOf } from './profile.ts'

const folder = mkdtempSync(join(tmpdir(), 'chartway-profile-'))
const saved = { url: 'http://door.test:7400', key: 'cw_saved' }
for (const place of ['.chartway', 'elsewhere']) {
  mkdirSync(join(folder, place))
  const url = place === 'elsewhere' ? 'http://other.test' : saved.url
  writeFileSync(join(folder, place, 'client.json'), JSON.stringify({ ...saved, url }))
}
afterAll(() => rmSync(folder, { recursive: true }))

test('a key from the environment goes to the saved address when none is named', () => {
  const environment = { CHARTWAY_KEY: 'cw_mine' }
  expect(profileOf({ environment, folder }, {})).toEqual({ url: saved.url, key: 'cw_mine' })
})

test('the profile of another data folder is found by the variable that names the folder', () => {
  const environment = { CHARTWAY_DATA: join(folder, 'elsewhere') }
  expect(profileOf({ environment, folder }, {})).toEqual({
    url: 'http://other.test',
    key: 'cw_saved',
  })
})

test('a saved key goes to no other address', () => {
  const given = { url: 'http://stranger.test' }
  expect(() => profileOf({ environment: {}, folder }, given)).toThrow('PROFILE_MISSING')
})
