// Begins a standalone launch: a person will sign in at the vendor and allow this installation to read
// in that person's name. It gives the address to open; the sign-in itself happens in a browser.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf, practiceOf } from './context.ts'
import { instant, instantField, practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const launchesStart = operation({
  name: 'launches.start',
  summary: 'Begin a sign-in at the vendor; open the address in the browser of who signs in',
  need: 'charts',
  input: z.strictObject({ practice: practiceField }),
  output: z.object({
    launch: z.string(),
    url: z.string().describe('Open it once, within ten minutes; it is for who started it alone'),
    expiresAt: instantField,
  }),
  errors: ['LAUNCH_NOT_SET_UP', 'LAUNCH_SECRET_MISSING', 'LAUNCHES_TOO_MANY'],
  run: async (context, { practice }) => {
    const ref = await practiceOf(context, practice)
    const started = await context.launches.start(ref, actorOf(context))
    if (started === undefined) throw new ChartwayError('NOT_FOUND')
    const { launchId, url, expiresAt } = started
    return { launch: launchId, url, expiresAt: instant(expiresAt) }
  },
})
