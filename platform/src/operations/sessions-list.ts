// Sessions that are on: one's own, or for those who tend people, everybody's.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { operation } from './operation.ts'
import { ownUserId, sessionShown, showSession, userField } from './people-fields.ts'

export const sessionsList = operation({
  name: 'sessions.list',
  summary: 'Sessions that are on; those of others need the right to tend people',
  need: 'any',
  input: z.strictObject({
    user: userField.optional().describe('Only of this account; all for those who tend people'),
  }),
  output: z.object({ items: z.array(sessionShown) }),
  run: async (context, { user }) => {
    const { people, principal } = context
    const own = ownUserId(context)
    const tends = principal.rights.includes('people')
    if (!tends && user !== undefined && user !== own) throw new ChartwayError('NOT_FOUND')
    if (user !== undefined && (await people.user(principal.organization, user)) === undefined)
      throw new ChartwayError('NOT_FOUND')
    if (!tends && own === undefined) return { items: [] }
    const of = user ?? (tends ? undefined : own)
    const sessions = await people.sessions(principal.organization, of)
    return { items: sessions.map((session) => showSession(session, context)) }
  },
})
