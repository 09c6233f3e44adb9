// How many resources of each type are mirrored, deleted ones left out.

import { z } from 'zod'
import { practiceOf } from './context.ts'
import { practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const countsRead = operation({
  name: 'counts.read',
  summary: 'How many resources of each type are mirrored',
  need: 'charts',
  input: z.strictObject({ practice: practiceField }),
  output: z.object({ counts: z.record(z.string(), z.int()) }),
  run: async (context, { practice }) => {
    const ref = await practiceOf(context, practice)
    return { counts: await context.charts.counts(ref, 'counts.read') }
  },
})
