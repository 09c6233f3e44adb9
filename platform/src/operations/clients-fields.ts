// How a registered program is shown: never its secret but the once, and of its keys only where they are.

import { z } from 'zod'
import type { Client } from '../people/index.ts'
import { instant, instantField, instantOrNull, maybeInstant } from './fields.ts'

export const kindField = z
  .enum(['backend', 'confidential', 'public'])
  .describe('For itself by key; for a person, with a secret or a key; for a person, with neither')

export const clientShown = z
  .object({
    clientId: z.string(),
    name: z.string(),
    kind: kindField,
    redirectUris: z.array(z.string()),
    scopes: z.array(z.string()),
    practices: z.array(z.string()).nullable(),
    sensitive: z.boolean(),
    proof: z.enum(['jwks', 'jwksUri', 'secret', 'none']),
    createdAt: instantField,
    revokedAt: maybeInstant,
  })
  .meta({ id: 'Client' })

export function showClient(client: Client): z.input<typeof clientShown> {
  const { jwks, jwksUri, practices, redirectUris, scopes, createdAt, revokedAt, ...rest } = client
  return {
    ...rest,
    redirectUris: [...redirectUris],
    scopes: [...scopes],
    practices: practices === undefined ? null : [...practices],
    proof: proofOf(client),
    createdAt: instant(createdAt),
    revokedAt: instantOrNull(revokedAt),
  }
}

function proofOf({ jwks, jwksUri, kind }: Client): z.input<typeof clientShown>['proof'] {
  if (jwks !== undefined) return 'jwks'
  if (jwksUri !== undefined) return 'jwksUri'
  return kind === 'public' ? 'none' : 'secret'
}
