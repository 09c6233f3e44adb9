// What was sent to the practice lately: calls by the vendor's minute, and the latest ones with their
// outcome. A call is told by what it was for, never by its address; nothing of a patient is in it.

import { z } from 'zod'
import { practiceOf } from './context.ts'
import { instant, instantField, limitField, practiceField } from './fields.ts'
import { operation } from './operation.ts'

/** Minutes in one answer: a day, as long as they are kept. */
const MINUTES_MAX = 1440

export const callsList = operation({
  name: 'calls.list',
  summary: "Calls to the practice by the vendor's minute, and the latest ones with their outcome",
  need: 'monitor',
  input: z.strictObject({
    practice: practiceField,
    minutes: z.coerce.number().int().min(1).max(MINUTES_MAX).default(60),
    outcome: z
      .enum(['all', 'failed'])
      .default('all')
      .describe('`failed`: only those refused, failed or without an answer'),
    limit: limitField,
  }),
  output: z.object({
    limit: z.int().describe('Calls the vendor allows in one wall-clock minute'),
    minutes: z
      .array(z.object({ minute: instantField, taken: z.int(), refused: z.boolean() }))
      .describe("By the vendor's clock, the oldest first; the last one is the current minute"),
    items: z
      .array(
        z.object({
          number: z.int().describe('Counts the calls of this process at the practice'),
          at: instantField,
          method: z.string(),
          purpose: z.string().describe('What it was for, without any value'),
          lane: z.enum(['interactive', 'sweep']),
          waitMs: z.int().describe('For its permit, by the clock of the installation'),
          durationMs: z.int(),
          status: z.int().nullable().describe('HTTP status; null when there was no answer'),
          code: z.string().nullable().describe('Why there was no answer'),
        }),
      )
      .describe('Of this process, the newest first; forgotten when it ends'),
  }),
  run: async (context, { practice, minutes, outcome, limit }) => {
    const ref = await practiceOf(context, practice)
    const { gate } = context
    const [budget, counted] = await Promise.all([gate.budget(ref), gate.minutes(ref, minutes)])
    const calls = gate.recentCalls(ref, { limit, failed: outcome === 'failed' })
    return {
      limit: budget.limit,
      minutes: counted.map((each) => ({ ...each, minute: instant(each.minute) })),
      items: calls.map((call) => ({
        ...call,
        at: instant(call.at),
        waitMs: Math.max(0, Math.round(call.waitMs)),
        durationMs: Math.max(0, Math.round(call.durationMs)),
        status: call.status ?? null,
        code: call.code ?? null,
      })),
    }
  },
})
