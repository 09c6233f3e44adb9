// Keeps the client secret of a practice's app in the vault. It can be replaced and never read.

import { z } from 'zod'
import { actorOf, practiceOf } from './context.ts'
import { practiceField } from './fields.ts'
import { operation } from './operation.ts'

export const launchesSetSecret = operation({
  name: 'launches.set-secret',
  summary: "Store the client secret of a practice's app for people",
  need: 'settings',
  input: z.strictObject({
    practice: practiceField.unwrap(),
    secret: z.string().min(1).max(500).describe('As the vendor gave it; it is never shown again'),
  }),
  output: z.object({ practice: z.string() }),
  run: async (context, { practice, secret }) => {
    const ref = await practiceOf(context, practice)
    await context.launches.setSecret(ref, secret, actorOf(context))
    return { practice: ref.practice }
  },
})
