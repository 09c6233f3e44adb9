// Registers a program that may get access tokens, for itself or for people who agree.

import { z } from 'zod'
import { clientShown, kindField, showClient } from './clients-fields.ts'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'
import { displayNameField, grantedPractices, practicesField } from './people-fields.ts'

export const clientsCreate = operation({
  name: 'clients.create',
  summary: 'Register a program; the secret of a confidential one without keys is shown once',
  need: 'people',
  fresh: true,
  input: z.strictObject({
    name: displayNameField.describe('As people are shown it when they are asked to agree'),
    kind: kindField,
    redirectUris: z.array(z.string().max(500)).max(10).default([]),
    scopes: z
      .array(z.string().max(100))
      .min(1)
      .max(100)
      .describe('The most it may ask for: SMART v1 or v2 scopes for reading, or ours'),
    practices: practicesField.default(null),
    sensitive: z
      .boolean()
      .default(false)
      .describe('Records with a restricting label too; for people only if they may see them'),
    jwks: z
      .looseObject({})
      .optional()
      .describe('Public keys, RFC 7517; RSA for RS384, P-384 for ES384'),
    jwksUri: z.string().max(500).optional().describe('Where they are published instead, https'),
  }),
  output: z.object({ client: clientShown, secret: z.string().nullable() }),
  errors: ['CLIENT_UNFIT', 'NOT_FOUND'],
  run: async (context, { jwks, jwksUri, practices, ...rest }) => {
    const { client, secret } = await context.people.oauth.createClient(
      context.principal.organization,
      {
        ...rest,
        jwksUri,
        jwks: jwks === undefined ? undefined : JSON.stringify(jwks),
        practices: await grantedPractices(context, practices),
      },
      actorOf(context),
    )
    return { client: showClient(client), secret: secret ?? null }
  },
})
