// Whether this process can do its work: it answers, and its database does.

import { z } from 'zod'
import { instant, instantField } from './fields.ts'
import { publicOperation } from './operation.ts'

export const healthRead = publicOperation({
  name: 'health.read',
  summary: 'Whether this installation works',
  input: z.strictObject({}),
  output: z.object({
    status: z.literal('ok'),
    now: instantField.describe("This installation's clock, which may run faster than the wall's"),
    clockFactor: z.number(),
  }),
  errors: ['DATABASE_UNREACHABLE'],
  run: async (context) => {
    await context.practices.organizations()
    return {
      status: 'ok' as const,
      now: instant(context.clock.now()),
      clockFactor: context.clock.factor,
    }
  },
})
