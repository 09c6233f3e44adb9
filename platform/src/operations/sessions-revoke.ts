// Ends a session, one's own or with the right to tend people another's; it is refused everywhere within
// 5 seconds.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'
import { ownUserId, sessionField } from './people-fields.ts'

export const sessionsRevoke = operation({
  name: 'sessions.revoke',
  summary: 'End a session; those of others need the right to tend people',
  need: 'any',
  input: z.strictObject({ sessionId: sessionField }),
  output: z.object({ sessionId: z.string(), revoked: z.literal(true) }),
  run: async (context, { sessionId }) => {
    const { people, principal } = context
    const tends = principal.rights.includes('people')
    const own = ownUserId(context)
    if (!tends && own === undefined) throw new ChartwayError('NOT_FOUND')
    const ended = await people.endSession(principal.organization, sessionId, {
      actor: actorOf(context),
      action: 'sessions.revoke',
      ofUser: tends ? undefined : own,
    })
    if (!ended) throw new ChartwayError('NOT_FOUND')
    return { sessionId, revoked: true as const }
  },
})
