// Lets calls go out to the practices again after a restore. Whoever does it has made sure that the
// installation that was backed up is off: two that ask the same practice would share its budget.

import { z } from 'zod'
import { actorOf } from './context.ts'
import { instantOrNull, maybeInstant } from './fields.ts'
import { operation } from './operation.ts'

export const outboundRelease = operation({
  name: 'outbound.release',
  summary: 'Confirm a restore: let calls go out to the practices again',
  need: 'settings',
  fresh: true,
  input: z.strictObject({
    confirm: z
      .literal('the old installation is off')
      .describe('Exactly this sentence; it has to be true'),
  }),
  output: z.object({
    released: z.boolean().describe('False when nothing was held'),
    heldSince: maybeInstant,
    restoredAsOf: maybeInstant.describe('When what was restored was the present'),
  }),
  run: async (context) => {
    const { organization } = context.principal
    const hold = await context.practices.releaseHold(organization, actorOf(context))
    return {
      released: hold !== undefined,
      heldSince: instantOrNull(hold?.since),
      restoredAsOf: instantOrNull(hold?.asOf),
    }
  },
})
