// One step of the stream of changes: what came after a sequence number, or nothing yet. A face asks it
// again and again and writes what comes; while nothing came, no record is read and none is entered.

import { z } from 'zod'
import { changeFields, changesAfter } from './changes-list.ts'
import { practiceOf } from './context.ts'
import { practiceField, wholeNumber } from './fields.ts'
import { operation } from './operation.ts'

/** Changes in one step; the next follows at once. */
const STEP_MAX = 100

export const changesStream = operation({
  name: 'changes.stream',
  summary: 'Changes as they are learnt, as server-sent events: each `data` is one of `items`',
  need: 'charts',
  input: z.strictObject({
    practice: practiceField,
    after: wholeNumber(0)
      .optional()
      .describe('Only what came after this sequence number; by default, what comes from now on'),
  }),
  output: z.object({
    items: z.array(changeFields),
    next: z.int().describe('Where the next step goes on'),
  }),
  errors: ['CURSOR_INVALID', 'STREAMS_TOO_MANY'],
  run: async (context, { practice, after }) => {
    const ref = await practiceOf(context, practice)
    const last = await context.charts.lastSequence(ref)
    if (after === undefined || after === last) return { items: [], next: after ?? last }
    return changesAfter(context, ref, { after, limit: STEP_MAX, last, action: 'changes.stream' })
  },
})
