// What the gate remembers of the latest calls, and that it forgets the oldest.

import { expect, test } from 'vitest'
import { RecentCalls } from './recent-calls.ts'

const call = (at: number, status: number | undefined) => ({
  at,
  method: 'GET',
  purpose: 'Patient?name',
  lane: 'sweep' as const,
  waitMs: 0,
  durationMs: 10,
  status,
  code: status === undefined ? ('NETWORK_TIMEOUT' as const) : undefined,
})

test('the newest call stands first, and only so many are kept', () => {
  const calls = new RecentCalls(3)
  for (let at = 1; at <= 20; at++) calls.add(call(at, 200))
  expect(calls.latest(10).map(({ number, at }) => [number, at])).toEqual([
    [20, 20],
    [19, 19],
    [18, 18],
  ])
  expect(calls.latest(1)).toHaveLength(1)
})

test('failed calls are those refused or without an answer', () => {
  const calls = new RecentCalls()
  for (const status of [200, 429, undefined, 304, 503]) calls.add(call(1, status))
  expect(calls.latest(10, { failed: true }).map(({ status }) => status)).toEqual([
    503,
    undefined,
    429,
  ])
})
