// The bucket by itself, on a clock of the test's.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { organizationId } from '../../kernel/ids.ts'
import { requestLimit } from './request-limit.ts'

const organization = organizationId('north')
if (organization === undefined) throw new Error('not an id')
const caller = { organization, actor: 'key:a' } as const

test('a caller is let in until its bucket is empty, and again after the seconds it is told', () => {
  let now = 0
  const limit = requestLimit({ aMinute: 60, wallNow: () => now })
  for (let n = 0; n < 60; n++) limit.admit(caller)
  expect(() => limit.admit(caller)).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', details: { seconds: 1 } }),
  )
  now = 1_000
  expect(limit.admit(caller).headers).toEqual({
    'ratelimit-policy': '"caller";q=60;w=60',
    ratelimit: '"caller";r=0;t=60',
  })
})

test('one caller does not use up the share of another', () => {
  const limit = requestLimit({ aMinute: 1, wallNow: () => 0 })
  limit.admit(caller)
  expect(limit.admit({ organization, actor: 'key:b' }).headers.ratelimit).toBe('"caller";r=0;t=60')
})

test('however requests come, no minute lets in more than twice the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 400 }),
      (aMinute, pauses) => {
        let now = 0
        const limit = requestLimit({ aMinute, wallNow: () => now })
        const admitted: number[] = []
        for (const pause of pauses) {
          now += pause
          try {
            limit.admit(caller)
            admitted.push(now)
          } catch {
            // Refused ones are not counted.
          }
        }
        for (const start of admitted)
          expect(
            admitted.filter((at) => at >= start && at < start + 60_000).length,
          ).toBeLessThanOrEqual(2 * aMinute)
      },
    ),
  )
})
