// API keys of the organization, revoked ones too; never their text.

import { z } from 'zod'
import { instant, instantField, instantOrNull, maybeInstant } from './fields.ts'
import { operation } from './operation.ts'

export const keysList = operation({
  name: 'keys.list',
  summary: 'API keys, the newest first',
  need: 'people',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(
      z.object({
        keyId: z.string(),
        name: z.string(),
        scopes: z.array(z.string()),
        createdAt: instantField,
        revokedAt: maybeInstant,
      }),
    ),
  }),
  run: async ({ practices, principal }) => {
    const keys = await practices.apiKeys(principal.organization)
    return {
      items: keys.map(({ keyId, name, scopes, createdAt, revokedAt }) => ({
        ...{ keyId, name, scopes: [...scopes] },
        createdAt: instant(createdAt),
        revokedAt: instantOrNull(revokedAt),
      })),
    }
  },
})
