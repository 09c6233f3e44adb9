// Changes what an account is called and what it was granted; bites everywhere within 5 seconds.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'
import {
  displayNameField,
  grantedPractices,
  practicesField,
  rolesField,
  sensitiveField,
  showUser,
  userField,
  userShown,
} from './people-fields.ts'

export const usersUpdate = operation({
  name: 'users.update',
  summary: 'Change roles, practices or the shown name of an account',
  need: 'people',
  fresh: true,
  input: z.strictObject({
    user: userField,
    displayName: displayNameField.optional(),
    roles: rolesField.optional(),
    practices: practicesField.optional(),
    sensitive: sensitiveField.optional(),
  }),
  output: z.object({ user: userShown }),
  errors: ['ROLE_NOT_BY_PRACTICE', 'LAST_ADMINISTRATOR'],
  run: async (context, { user: userId, displayName, roles, practices, sensitive }) => {
    const user = await context.people.updateUser(
      context.principal.organization,
      userId,
      {
        ...(displayName !== undefined && { displayName }),
        ...(roles !== undefined && { roles: [...new Set(roles)] }),
        ...(practices !== undefined && { practices: await grantedPractices(context, practices) }),
        ...(sensitive !== undefined && { sensitive }),
      },
      actorOf(context),
    )
    if (user === undefined) throw new ChartwayError('NOT_FOUND')
    return { user: showUser(user) }
  },
})
