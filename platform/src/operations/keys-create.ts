// Makes an API key. Its text is in this one answer and nowhere else.

import { z } from 'zod'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'

export const keysCreate = operation({
  name: 'keys.create',
  summary: 'Make an API key; its text is shown once',
  need: 'people',
  fresh: true,
  input: z.strictObject({
    name: z.string().min(1).max(100),
    scopes: z
      .array(z.enum(['read', 'sensitive', 'admin']))
      .min(1)
      .max(3),
  }),
  output: z.object({ keyId: z.string(), text: z.string(), scopes: z.array(z.string()) }),
  run: async (context, { name, scopes }) => {
    const { organization } = context.principal
    const distinct = [...new Set(scopes)]
    const made = await context.practices.createApiKey(
      organization,
      { name, scopes: distinct },
      actorOf(context),
    )
    return { keyId: made.keyId, text: made.text, scopes: distinct }
  },
})
