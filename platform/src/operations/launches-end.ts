// Ends a sign-in at the vendor on our side: the tokens are forgotten. The vendor has no endpoint to end
// them there.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf, type KeyedContext, practiceOf } from './context.ts'
import { practiceField } from './fields.ts'
import {
  assertUsable,
  launchAnswer,
  launchFor,
  launchIdField,
  shownLaunch,
} from './launches-answer.ts'
import { operation } from './operation.ts'

export const launchesEnd = operation({
  name: 'launches.end',
  summary: 'End a sign-in at the vendor: its tokens are forgotten here',
  need: 'any',
  input: z.strictObject({ launch: launchIdField, practice: practiceField }),
  output: launchAnswer,
  errors: ['LAUNCH_NOT_YOURS', 'LAUNCH_OVER'],
  run: async (context, { launch: launchId, practice }) => {
    const ref = await practiceOf(context, practice)
    const launch = await launchFor(context, ref, launchId)
    if (!looksAfterConnections(context)) assertUsable(context, launch)
    if (!(await context.launches.end(ref, launchId, actorOf(context))))
      throw new ChartwayError('LAUNCH_OVER')
    return shownLaunch(context, await launchFor(context, ref, launchId))
  },
})

function looksAfterConnections({ principal }: KeyedContext): boolean {
  return principal.rights.includes('settings')
}
