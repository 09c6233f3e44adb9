// What somebody who was invited does: sees the secret for an authenticator application, then chooses a
// password and shows a code. Whoever has the link's token may; nobody else learns whether it is good.

import { z } from 'zod'
import { publicOperation, SessionAnswer } from './operation.ts'
import { codeField, passwordField, tokenField } from './people-fields.ts'
import { showWho, whoShown } from './sessions-read.ts'

export const usersOpenInvitation = publicOperation({
  name: 'users.open-invitation',
  summary: 'See the account of an invitation and a new secret for its codes, shown once',
  input: z.strictObject({ token: tokenField }),
  output: z.object({
    organization: z.string(),
    name: z.string(),
    displayName: z.string(),
    totp: z.object({
      secret: z.string().describe('Base32; each opening gives another and voids the one before'),
      uri: z.string().describe('otpauth://, for a QR code'),
    }),
  }),
  errors: ['INVITATION_INVALID', 'DATABASE_UNREACHABLE'],
  run: ({ people }, { token }) => people.openInvitation(token),
})

export const usersAcceptInvitation = publicOperation({
  name: 'users.accept-invitation',
  summary: 'Choose a password, show a code, and be signed in; recovery codes are shown once',
  input: z.strictObject({ token: tokenField, password: passwordField, code: codeField }),
  output: z.object({ who: whoShown, recoveryCodes: z.array(z.string()) }),
  errors: [
    'INVITATION_INVALID',
    'CODE_WRONG',
    'PASSWORD_UNFIT',
    'SIGN_IN_SLOWED',
    'DATABASE_UNREACHABLE',
  ],
  run: async ({ people, source }, { token, password, code }) => {
    const { session, recoveryCodes } = await people.acceptInvitation(token, {
      ...{ password, code, source },
    })
    const { principal, user, sessionId } = session
    const who = showWho(principal, { user, sessionId, fresh: true })
    return new SessionAnswer({ who, recoveryCodes: [...recoveryCodes] }, session)
  },
})
