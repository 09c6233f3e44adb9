// Ends a program's registration and all it holds; its tokens are refused everywhere within 5 seconds.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'

export const clientsRevoke = operation({
  name: 'clients.revoke',
  summary: 'End the registration of a program and its tokens',
  need: 'people',
  fresh: true,
  input: z.strictObject({ clientId: z.string().regex(/^[a-z0-9-]{1,40}\.[0-9a-f]{20}$/) }),
  output: z.object({ clientId: z.string(), revoked: z.literal(true) }),
  run: async (context, { clientId }) => {
    const { people, principal } = context
    const { organization } = principal
    const revoked = await people.oauth.revokeClient(organization, clientId, actorOf(context))
    if (!revoked) throw new ChartwayError('NOT_FOUND')
    return { clientId, revoked: true as const }
  },
})
