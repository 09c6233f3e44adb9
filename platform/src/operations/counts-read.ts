// How many resources of each type are mirrored, deleted ones left out.

import { z } from 'zod'
import { readerOf } from './context.ts'
import { practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const countsRead = operation({
  name: 'counts.read',
  summary: 'How many resources of each type are mirrored',
  scope: 'read',
  input: z.strictObject({ practice: practiceField }),
  output: z.object({ counts: z.record(z.string(), z.int()) }),
  run: async (context, { practice }) => {
    const ref = await context.directory.choose(context.principal.organization, practice)
    return { counts: await context.mirror.counts(ref, readerOf(context, 'counts.read')) }
  },
})
