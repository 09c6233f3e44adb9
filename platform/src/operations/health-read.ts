// Whether this process can do its work: it answers, its database does, and whether anything goes out. For
// whoever restarts processes, and for whoever sends them requests.

import { z } from 'zod'
import { instant, instantField, instantOrNull, maybeInstant } from './fields.ts'
import { publicOperation } from './operation.ts'

export const healthRead = publicOperation({
  name: 'health.read',
  summary: 'Whether this installation works',
  input: z.strictObject({}),
  output: z.object({
    status: z.literal('ok'),
    now: instantField.describe("This installation's clock, which may run faster than the wall's"),
    clockFactor: z.number(),
    outbound: z
      .enum(['open', 'held'])
      .describe('held: it was restored, and asks no practice until that is confirmed'),
    heldSince: maybeInstant,
  }),
  errors: ['DATABASE_UNREACHABLE'],
  run: async (context) => {
    const hold = await context.practices.anyHold()
    return {
      status: 'ok' as const,
      now: instant(context.clock.now()),
      clockFactor: context.clock.factor,
      outbound: hold === undefined ? ('open' as const) : ('held' as const),
      heldSince: instantOrNull(hold?.since),
    }
  },
})

const told = z.object({ status: z.literal('ok') })

export const healthLive = publicOperation({
  name: 'health.live',
  summary: 'Whether this process answers; a new start may help when it does not',
  input: z.strictObject({}),
  output: told,
  run: async () => ({ status: 'ok' as const }),
})

export const healthReady = publicOperation({
  name: 'health.ready',
  summary: 'Whether this process can serve requests: its database answers',
  input: z.strictObject({}),
  output: told,
  errors: ['DATABASE_UNREACHABLE'],
  run: async (context) => {
    await context.practices.anyHold()
    return { status: 'ok' as const }
  },
})
