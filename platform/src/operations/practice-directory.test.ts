// The short memory of an organization's practices: how long it is believed, also by a clock that turns.

import { expect, test } from 'vitest'
import { refOf } from '../../../test/mirror-samples.ts'
import { wallClock } from '../kernel/clock.ts'
import type { Practice } from '../practice/index.ts'
import { PracticeDirectory } from './practice-directory.ts'

const ref = refOf('north', 'elm')
const elm: Practice = {
  ref,
  name: 'Elm',
  timeZone: 'America/New_York',
  dialect: 'eclinicalworks',
  baseUrl: 'https://fhir.test/r4/ELMELM',
  clientId: 'c',
  overrides: {},
  state: 'connected',
  createdAt: 0,
}

test.each([
  [4_999, 1],
  [5_000, 2],
  [-1, 2],
])('%i ms later the practices have been asked for %i times', async (later, times) => {
  let now = 1_000_000
  let asked = 0
  const list = async () => {
    asked += 1
    return [elm]
  }
  const directory = new PracticeDirectory({ list }, { ...wallClock(), now: () => now })
  expect(await directory.choose(ref.organization, 'elm')).toEqual(ref)
  now += later
  expect(await directory.choose(ref.organization, undefined)).toEqual(ref)
  expect(asked).toBe(times)
})
