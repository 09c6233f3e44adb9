// Signs out: ends the session that asks, and no other.

import { z } from 'zod'
import { actorOf } from './context.ts'
import { operation, SessionAnswer } from './operation.ts'
import { sessionOf } from './people-fields.ts'

export const sessionsDelete = operation({
  name: 'sessions.delete',
  summary: 'Sign out',
  need: 'any',
  input: z.strictObject({}),
  output: z.object({ signedOut: z.literal(true) }),
  errors: ['SESSION_NEEDED'],
  run: async (context) => {
    const how = { actor: actorOf(context), action: 'sessions.delete', ofUser: undefined }
    await context.people.endSession(context.principal.organization, sessionOf(context), how)
    return new SessionAnswer({ signedOut: true }, undefined)
  },
})
