// Makes an account. It has no password: its invitation, shown once, lets the person choose one.

import { z } from 'zod'
import { actorOf } from './context.ts'
import { instant } from './fields.ts'
import { operation } from './operation.ts'
import {
  accountNameField,
  displayNameField,
  grantedPractices,
  invitationShown,
  practicesField,
  rolesField,
  sensitiveField,
  showUser,
  userShown,
} from './people-fields.ts'

export const usersCreate = operation({
  name: 'users.create',
  summary: 'Make an account and its invitation, which is shown once',
  need: 'people',
  fresh: true,
  input: z.strictObject({
    name: accountNameField,
    displayName: displayNameField,
    roles: rolesField,
    practices: practicesField.default(null),
    sensitive: sensitiveField.default(false),
  }),
  output: z.object({ user: userShown, invitation: invitationShown }),
  errors: ['NAME_TAKEN', 'ROLE_NOT_BY_PRACTICE', 'NOT_FOUND'],
  run: async (context, { name, displayName, roles, practices, sensitive }) => {
    const { user, invitation } = await context.people.createUser(
      context.principal.organization,
      {
        ...{ name, displayName, sensitive },
        roles: [...new Set(roles)],
        practices: await grantedPractices(context, practices),
      },
      actorOf(context),
    )
    const { token, expiresAt } = invitation
    return { user: showUser(user), invitation: { token, expiresAt: instant(expiresAt) } }
  },
})
