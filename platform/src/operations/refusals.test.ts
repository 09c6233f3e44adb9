// How often a refusal is recorded: enough to be seen, not enough to fill the ledger by knocking.

import { expect, test } from 'vitest'
import { refOf } from '../../../test/mirror-samples.ts'
import { wallClock } from '../kernel/clock.ts'
import { NO_CHARTS, type Principal } from '../kernel/principal.ts'
import type { AccessEvent } from '../ledger/index.ts'
import { Refusals } from './refusals.ts'

const { organization } = refOf('north', 'elm')
const caller = (keyId: string): Principal => ({
  organization,
  actor: `key:${keyId}`,
  rights: ['charts'],
  charts: NO_CHARTS,
  practices: undefined,
  authenticatedAt: undefined,
})

function start(factor = 1) {
  let now = 1_000_000
  const events: AccessEvent[] = []
  let failing = false
  const append = async (_organization: string, event: AccessEvent) => {
    if (failing) throw new Error('down')
    events.push(event)
  }
  const refusals = new Refusals({ append }, { ...wallClock(), now: () => now, factor })
  return {
    events,
    at: (later: number) => {
      now = 1_000_000 + later
    },
    fail: (fails: boolean) => {
      failing = fails
    },
    refuse: (keyId: string, operation: string) =>
      refusals.record(caller(keyId), operation, 'RIGHT_MISSING'),
  }
}

test('one entry a second, per key and per operation', async () => {
  const { events, at, refuse } = start()
  await Promise.all([refuse('a', 'keys.create'), refuse('a', 'keys.create')])
  await refuse('a', 'keys.revoke')
  await refuse('b', 'keys.create')
  at(999)
  await refuse('a', 'keys.create')
  expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'key:a keys.create',
    'key:a keys.revoke',
    'key:b keys.create',
  ])
  at(1_000)
  await refuse('a', 'keys.create')
  expect(events).toHaveLength(4)
  expect(events[3]).toEqual({
    at: 1_001_000,
    actor: 'key:a',
    action: 'keys.create',
    outcome: 'refused',
    details: { code: 'RIGHT_MISSING' },
  })
})

test('a second is one of the wall, however fast the clock runs', async () => {
  const { events, at, refuse } = start(60)
  await refuse('a', 'keys.create')
  at(59_999)
  await refuse('a', 'keys.create')
  expect(events).toHaveLength(1)
  at(60_000)
  await refuse('a', 'keys.create')
  expect(events).toHaveLength(2)
})

test('a clock that goes back does not silence the ledger', async () => {
  const { events, at, refuse } = start()
  await refuse('a', 'keys.create')
  at(-3_600_000)
  await refuse('a', 'keys.create')
  expect(events).toHaveLength(2)
})

test('an entry that failed is not taken for one that was made', async () => {
  const { events, fail, refuse } = start()
  fail(true)
  await expect(refuse('a', 'keys.create')).rejects.toThrow('down')
  fail(false)
  await refuse('a', 'keys.create')
  expect(events).toHaveLength(1)
})
