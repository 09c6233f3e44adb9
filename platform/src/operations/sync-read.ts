// How far the mirror of a practice has come.

import { z } from 'zod'
import { practiceOf } from './context.ts'
import { instantOrNull, maybeInstant, practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const syncRead = operation({
  name: 'sync.read',
  summary: 'How far the mirror of a practice has come, and when it will be complete',
  need: 'monitor',
  input: z.strictObject({ practice: practiceField }),
  output: z.object({
    phase: z.enum(['waiting', 'first-sync', 'continuing', 'paused', 'held']),
    asked: z.int().describe('Questions answered at least once'),
    toAsk: z.int().describe('Questions known so far; grows while the roster is learnt'),
    records: z.int(),
    callsThisMinute: z.int(),
    callsPerMinuteMax: z.int(),
    secondsLeft: z.number().nullable(),
    startedAt: maybeInstant,
    firstRecordAt: maybeInstant,
    completeAt: maybeInstant,
    problems: z.int().describe('Things on the wire that could not be used'),
    lastCode: z.string().nullable().describe('Code of the last asking when it failed'),
  }),
  run: async (context, { practice }) => {
    const ref = await practiceOf(context, practice)
    const progress = await context.sync.progress(ref)
    return {
      ...progress,
      secondsLeft: progress.secondsLeft ?? null,
      startedAt: instantOrNull(progress.startedAt),
      firstRecordAt: instantOrNull(progress.firstRecordAt),
      completeAt: instantOrNull(progress.completeAt),
      lastCode: progress.lastCode ?? null,
    }
  },
})
