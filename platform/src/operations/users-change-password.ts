// Changes the password of the person who asks; all their other sessions end.

import { z } from 'zod'
import { operation } from './operation.ts'
import { codeField, passwordField, sessionOf } from './people-fields.ts'

export const usersChangePassword = operation({
  name: 'users.change-password',
  summary: "Change one's own password; one's other sessions end",
  need: 'any',
  input: z.strictObject({ password: passwordField, code: codeField, next: passwordField }),
  output: z.object({ changed: z.literal(true) }),
  errors: ['SESSION_NEEDED', 'SESSION_OVER', 'SIGN_IN_REFUSED', 'SIGN_IN_SLOWED', 'PASSWORD_UNFIT'],
  run: async (context, { password, code, next }) => {
    const { people, principal, source } = context
    const proof = { password, code, source, next }
    await people.changePassword(principal.organization, sessionOf(context), proof)
    return { changed: true as const }
  },
})
