// A fresh proof for the session that asks: for the next 15 minutes it may do what needs one.

import { z } from 'zod'
import { operation } from './operation.ts'
import { codeField, passwordField, sessionOf, sessionShown, showSession } from './people-fields.ts'

export const sessionsConfirm = operation({
  name: 'sessions.confirm',
  summary: 'Prove again who is signed in, for what needs a fresh proof',
  need: 'any',
  input: z.strictObject({ password: passwordField, code: codeField }),
  output: sessionShown,
  errors: ['SESSION_NEEDED', 'SESSION_OVER', 'SIGN_IN_REFUSED', 'SIGN_IN_SLOWED'],
  run: async (context, { password, code }) => {
    const { people, principal, source } = context
    const proof = { password, code, source }
    const session = await people.confirm(principal.organization, sessionOf(context), proof)
    return showSession(session, context)
  },
})
