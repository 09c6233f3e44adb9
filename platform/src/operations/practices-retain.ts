// How much of a practice's charts is kept here, and keeping less or more of them. What is not kept any
// more is dropped before the answer comes.

import { z } from 'zod'
import type { Retention } from '../mirror/index.ts'
import { actorOf, practiceOf } from './context.ts'
import { practiceField } from './fields.ts'
import { InputProblem, operation } from './operation.ts'

/** Ten years: whoever keeps content longer keeps everything. */
const DAYS_MAX = 3_650

const answer = z
  .object({
    mode: z
      .enum(['full', 'window', 'fingerprint'])
      .describe(
        'full: everything; window: content that changed within so many days; fingerprint: no content, only ids and hashes',
      ),
    days: z.int().nullable().describe('Of a window; null otherwise'),
  })
  .meta({ id: 'Retention' })

export const practicesRetention = operation({
  name: 'practices.retention',
  summary: "How much of a practice's charts is kept here",
  need: 'monitor',
  input: z.strictObject({ practice: practiceField.unwrap() }),
  output: answer,
  run: async (context, { practice }) =>
    shown(await context.mirror.retention(await practiceOf(context, practice))),
})

export const practicesRetain = operation({
  name: 'practices.retain',
  summary: "Keep more or less of a practice's charts; what is not kept any more is dropped at once",
  need: 'settings',
  fresh: true,
  input: z.strictObject({
    practice: practiceField.unwrap(),
    mode: z.enum(['full', 'window', 'fingerprint']),
    days: z.int().min(1).max(DAYS_MAX).optional().describe('Of a window, and only of one'),
  }),
  output: answer,
  run: async (context, { practice, mode, days }) => {
    const retention = asked(mode, days)
    const ref = await practiceOf(context, practice)
    await context.ledger.append(ref.organization, {
      at: context.clock.now(),
      actor: actorOf(context),
      action: 'practices.retain',
      practice: ref.practice,
      subject: `Practice/${ref.practice}`,
      outcome: 'success',
      details: { mode, ...(days === undefined ? {} : { days }) },
    })
    await context.mirror.retain(ref, retention)
    return shown(retention)
  },
})

function asked(mode: Retention['mode'], days: number | undefined): Retention {
  if (mode !== 'window') {
    if (days !== undefined) throw new InputProblem('days', 'only a window has days')
    return { mode }
  }
  if (days === undefined) throw new InputProblem('days', 'a window has a number of days')
  return { mode, days }
}

function shown(retention: Retention): z.input<typeof answer> {
  return { mode: retention.mode, days: retention.mode === 'window' ? retention.days : null }
}
