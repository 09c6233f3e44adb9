// What the practice sent that could not be used: where it was and why, never what it was.

import { z } from 'zod'
import { practiceOf, readerOf } from './context.ts'
import { instant, instantField, limitField, practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const syncProblems = operation({
  name: 'sync.problems',
  summary: 'Things on the wire that could not be used, the newest first',
  need: 'monitor',
  input: z.strictObject({ practice: practiceField, limit: limitField }),
  output: z.object({
    items: z.array(
      z.object({
        search: z.string(),
        subject: z.string(),
        position: z.string(),
        code: z.string(),
        at: instantField,
      }),
    ),
  }),
  run: async (context, { practice, limit }) => {
    const ref = await practiceOf(context, practice)
    const problems = await context.sync.problems(ref, { limit }, readerOf(context, 'sync.problems'))
    return { items: problems.map((problem) => ({ ...problem, at: instant(problem.at) })) }
  },
})
