// The organization's accounts and what they were granted.

import { z } from 'zod'
import { describeRole, isByPractice, ROLES } from '../people/index.ts'
import { operation } from './operation.ts'
import { showUser, userShown } from './people-fields.ts'

export const usersList = operation({
  name: 'users.list',
  summary: 'Accounts, and the roles there are',
  need: 'people',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(userShown),
    roles: z.array(
      z.object({
        role: z.enum(ROLES),
        says: z.string(),
        byPractice: z.boolean().describe('Whether it can be held at some practices only'),
      }),
    ),
  }),
  run: async ({ people, principal }) => ({
    items: (await people.users(principal.organization)).map(showUser),
    roles: ROLES.map((role) => ({
      role,
      says: describeRole(role),
      byPractice: isByPractice(role),
    })),
  }),
})
