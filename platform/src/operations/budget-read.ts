// What is left of the practice's calls in the vendor's current minute. Asking costs none of them.

import { z } from 'zod'
import { practiceOf } from './context.ts'
import { instant, instantField, practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const budgetRead = operation({
  name: 'budget.read',
  summary: "The practice's calls in the vendor's current minute",
  need: 'monitor',
  input: z.strictObject({ practice: practiceField }),
  output: z.object({
    limit: z.int().describe('Calls the vendor allows in one wall-clock minute'),
    minute: instantField.describe("Start of the vendor's current minute, by the vendor's clock"),
    taken: z.int(),
    left: z.int(),
    refused: z.boolean().describe('True: the vendor has refused, nothing is sent in this minute'),
    nextMinuteInSeconds: z.number(),
    waiting: z.object({ interactive: z.int(), sweep: z.int() }),
    vendorClock: z
      .object({ lowMs: z.int(), highMs: z.int() })
      .nullable()
      .describe("The vendor's clock minus ours lies between these; null before the first answer"),
  }),
  run: async (context, { practice }) => {
    const ref = await practiceOf(context, practice)
    const { limit, minute, taken, left, refused, nextMinuteInMs, waiting, vendorClock } =
      await context.gate.budget(ref)
    return {
      limit,
      minute: instant(minute),
      taken,
      left,
      refused,
      nextMinuteInSeconds: Math.ceil(nextMinuteInMs / 100) / 10,
      waiting,
      vendorClock: vendorClock
        ? { lowMs: Math.floor(vendorClock.low), highMs: Math.ceil(vendorClock.high) }
        : null,
    }
  },
})
