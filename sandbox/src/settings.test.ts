// Practices as they are written down, and several of them in one process: each its own minute, its own
// apps, one app for two where a vendor has that.

import { beforeAll, describe, expect, test } from 'vitest'
import { CLIENT_ID, type Keys, makeKeys, rig } from './rig.ts'
import { practiceOf, settingsFrom } from './settings.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const none = () => []

describe('settings', () => {
  test('become practices, with the usual for what is left out', () => {
    const [first, second, third] = settingsFrom({
      practices: [
        { code: 'JAFJCD' },
        {
          ...{ code: 'IFDECD', name: 'Hill', zone: 'America/Denver', seed: 9, patients: 20 },
          ...{ editions: ['general', 'dental', 'vision'], mixups: 'all', build: '12.0.2' },
        },
        { code: 'FFBJCD', load: 'folder', multiply: 50 },
      ],
    }).map((each) => practiceOf(each, () => [{ name: 'a.ndjson', text: '' }]))
    expect(first).toEqual({
      ...{ kind: 'living', code: 'JAFJCD', name: 'Riverside Family Practice' },
      ...{ timeZone: 'America/New_York', patients: 300, providers: 5, facilities: 2, lives: true },
    })
    expect(second).toMatchObject({ timeZone: 'America/Denver', facilities: 3, seed: 9 })
    expect(third).toMatchObject({ kind: 'loaded', multiply: 50, files: [{ name: 'a.ndjson' }] })
  })

  test('that multiply a made-up practice let it rest', () => {
    const [settings] = settingsFrom({ practices: [{ code: 'JAFJCD', multiply: 3 }] })
    expect(settings && practiceOf(settings, none)).toMatchObject({ lives: false, multiply: 3 })
  })

  test.each<[unknown, RegExp]>([
    [[], /settings: an object/],
    [{}, /settings.practices: a list/],
    [{ practices: [] }, /1 to 1000/],
    [{ practices: [{ code: 'JAFJCD' }], presets: 1 }, /settings.presets: there is no such/],
    [{ practices: [{}] }, /practices\[0\].code/],
    [{ practices: [{ code: 'no' }] }, /practices\[0\].code: a practice code/],
    [{ practices: [{ code: 'JAFJCD' }, { code: 'JAFJCD' }] }, /two practices/],
    [{ practices: [{ code: 'JAFJCD', zone: 'Mars/Olympus' }] }, /no IANA zone/],
    [{ practices: [{ code: 'JAFJCD', patients: -1 }] }, /patients: a whole number/],
    [{ practices: [{ code: 'JAFJCD', editions: ['vet'] }] }, /editions: one of general/],
    [{ practices: [{ code: 'JAFJCD', visitsElsewhere: 2 }] }, /0 to 1/],
    [{ practices: [{ code: 'JAFJCD', toString: 1 }] }, /no such setting/],
    [{ practices: [{ code: 'JAFJCD', lives: 'yes' }] }, /true or false/],
  ])('%j are refused in words', (value, words) => {
    expect(() => settingsFrom(value)).toThrow(words)
  })
})

test('two practices side by side have their own worlds, minutes and activations, and may share an app', async () => {
  const practices = settingsFrom({
    practices: [
      { code: 'JAFJCD', patients: 5 },
      { code: 'IFDECD', patients: 5, zone: 'America/Denver' },
      { code: 'FFBJCD', patients: 5 },
    ],
  }).map((each) => practiceOf(each, none))
  const one = rig({ keys, more: { practices } })
  const { operator } = one.sandbox
  const app = operator.app(CLIENT_ID)
  if (app === undefined) throw new Error('no app')
  operator.registerApp({ ...app, activatedFor: ['JAFJCD', 'IFDECD'] })
  const headers = { authorization: `Bearer ${await one.token()}` }
  const found = async (code: string) => await one.get(`/fhir/r4/${code}/Patient?name=a`, headers)
  const [first, second, third] = [
    await found('JAFJCD'),
    await found('IFDECD'),
    await found('FFBJCD'),
  ]
  expect([first.status, second.status, third.status]).toEqual([200, 200, 403])
  const idsOf = (code: string) =>
    [...(operator.world.practice(code)?.list('Patient', one.clock.now()) ?? [])].map(({ id }) => id)
  expect(idsOf('JAFJCD').filter((id) => idsOf('IFDECD').includes(id))).toEqual([])
  for (let i = 0; i < 260; i++) await one.get('/fhir/r4/JAFJCD/metadata')
  expect((await found('JAFJCD')).status).toBe(429)
  expect((await found('IFDECD')).status).toBe(200)
})
