// Signs a person in. Everything that may be wrong is answered alike, and nothing is looked at before
// password and code are both there: a page may ask for them one after the other and send them together.

import { z } from 'zod'
import { publicOperation, SessionAnswer } from './operation.ts'
import { accountNameField, codeField, passwordField } from './people-fields.ts'
import { showWho, whoShown } from './sessions-read.ts'

export const sessionsCreate = publicOperation({
  name: 'sessions.create',
  summary: 'Sign in with name, password and code; the session is a cookie',
  input: z.strictObject({
    organization: z
      .string()
      .max(40)
      .optional()
      .describe('Id of the organization; may be left out when the installation has one'),
    name: accountNameField,
    password: passwordField,
    code: codeField,
  }),
  output: whoShown,
  errors: ['SIGN_IN_REFUSED', 'SIGN_IN_SLOWED', 'DATABASE_UNREACHABLE'],
  run: async (context, { organization, name, password, code }) => {
    const proof = { password, code, source: context.source }
    const started = await context.people.signIn({ organization, name }, proof)
    const { principal, user, sessionId } = started
    return new SessionAnswer(showWho(principal, { user, sessionId, fresh: true }), started)
  },
})
