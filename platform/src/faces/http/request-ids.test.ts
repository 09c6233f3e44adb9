// Ids of requests: one length, so that no answer's length tells anything, and no two alike.

import { expect, test } from 'vitest'
import { seededRandom } from '../../kernel/random.ts'
import { requestIds } from './request-ids.ts'

test('ids of a process differ and have one length', () => {
  const next = requestIds(seededRandom('a'))
  const ids = Array.from({ length: 1000 }, next)
  expect(new Set(ids).size).toBe(1000)
  expect(new Set(ids.map((id) => id.length))).toEqual(new Set([21]))
})

test('two processes do not give the same ids', () => {
  expect(requestIds(seededRandom('a'))()).not.toBe(requestIds(seededRandom('b'))())
})
