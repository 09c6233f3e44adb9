// Revokes an API key of the organization; it is refused everywhere within 5 seconds.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'

export const keysRevoke = operation({
  name: 'keys.revoke',
  summary: 'Revoke an API key',
  need: 'people',
  fresh: true,
  input: z.strictObject({ keyId: z.string().regex(/^[A-Za-z0-9-]{1,64}$/) }),
  output: z.object({ keyId: z.string(), revoked: z.literal(true) }),
  run: async (context, { keyId }) => {
    const { organization } = context.principal
    const revoked = await context.practices.revokeApiKey(organization, keyId, actorOf(context))
    if (!revoked) throw new ChartwayError('NOT_FOUND')
    return { keyId, revoked: true as const }
  },
})
