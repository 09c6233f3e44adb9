// Takes an account's password, codes and sessions away and gives it a new invitation: for who lost the
// telephone, and for who should never have had the password.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { instant } from './fields.ts'
import { operation } from './operation.ts'
import { invitationShown, showUser, userField, userShown } from './people-fields.ts'

export const usersReset = operation({
  name: 'users.reset',
  summary: 'Take password and codes away and invite again; the invitation is shown once',
  need: 'people',
  fresh: true,
  input: z.strictObject({ user: userField }),
  output: z.object({ user: userShown, invitation: invitationShown }),
  errors: ['LAST_ADMINISTRATOR'],
  run: async (context, { user: userId }) => {
    const { organization } = context.principal
    const made = await context.people.resetUser(organization, userId, actorOf(context))
    if (made === undefined) throw new ChartwayError('NOT_FOUND')
    const { token, expiresAt } = made.invitation
    return { user: showUser(made.user), invitation: { token, expiresAt: instant(expiresAt) } }
  },
})
