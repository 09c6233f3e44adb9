// The ledger of who did what to whose data, newest first. Reading it is recorded in it, too.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { instant, instantField, limitField, practiceField, wholeNumber } from './fields.ts'
import { operation } from './operation.ts'

export const auditList = operation({
  name: 'audit.list',
  summary: 'Who did what to whose data, newest first',
  need: 'audit',
  input: z.strictObject({
    practice: practiceField.describe('Only what was done at this practice'),
    before: wholeNumber(1).optional().describe('`next` of the page before'),
    limit: limitField,
  }),
  output: z.object({
    items: z.array(
      z.object({
        position: z.int(),
        at: instantField,
        actor: z.string(),
        action: z.string(),
        practice: z.string().nullable(),
        subject: z.string().nullable(),
        outcome: z.enum(['success', 'refused', 'failed']),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      }),
    ),
    next: z.int().nullable(),
  }),
  run: async (context, { practice, before, limit }) => {
    const { ledger, principal, clock, directory } = context
    const { organization } = principal
    if (practice !== undefined) await directory.choose(organization, practice, principal.practices)
    else if (principal.practices !== undefined) throw new ChartwayError('PRACTICE_UNNAMED')
    const events = await ledger.list(organization, { practice, before, limit })
    await ledger.append(organization, {
      ...{ at: clock.now(), actor: actorOf(context), action: 'audit.list' },
      ...{ practice, outcome: 'success', details: { count: events.length } },
    })
    const last = events.at(-1)
    return {
      items: events.map(({ at, practice: where, subject, details, ...event }) => ({
        ...event,
        at: instant(at),
        practice: where ?? null,
        subject: subject ?? null,
        details: { ...details },
      })),
      next: last !== undefined && events.length === limit ? last.position : null,
    }
  },
})
