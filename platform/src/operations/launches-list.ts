// The sign-ins at the vendor, of a practice or one of them: state, context, scopes, who and how long.

import { z } from 'zod'
import { practiceOf } from './context.ts'
import { limitField, practiceField } from './fields.ts'
import { launchAnswer, launchFor, launchIdField, shownLaunch } from './launches-answer.ts'
import { operation } from './operation.ts'

export const launchesList = operation({
  name: 'launches.list',
  summary: 'Sign-ins at the vendor, the newest first: state, context, scopes, who and how long',
  need: 'monitor',
  input: z.strictObject({ practice: practiceField, limit: limitField }),
  output: z.object({ items: z.array(launchAnswer) }),
  run: async (context, { practice, limit }) => {
    const ref = await practiceOf(context, practice)
    const { patient } = context.principal.charts
    const launches = await context.launches.list(ref, { patient, limit })
    return { items: launches.map((launch) => shownLaunch(context, launch)) }
  },
})

export const launchesRead = operation({
  name: 'launches.read',
  summary: 'One sign-in at the vendor: state, context, scopes, who and how long',
  need: 'monitor',
  input: z.strictObject({ launch: launchIdField, practice: practiceField }),
  output: launchAnswer,
  run: async (context, { launch, practice }) => {
    const ref = await practiceOf(context, practice)
    return shownLaunch(context, await launchFor(context, ref, launch))
  },
})
