// The public keys of an organization as a JWK Set (RFC 7517), which the vendor fetches by URL. An
// organization that does not exist has none, and looks like one that has made none.

import { z } from 'zod'
import { organizationId } from '../kernel/ids.ts'
import { publicOperation } from './operation.ts'

export const jwksRead = publicOperation({
  name: 'jwks.read',
  summary: 'The public signing keys of an organization, RFC 7517',
  input: z.strictObject({ organization: z.string().max(100) }),
  output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  run: async (context, input) => {
    const organization = organizationId(input.organization)
    if (organization === undefined) return { keys: [] }
    const { keys } = await context.practices.jwks(organization)
    return { keys: [...keys] }
  },
})
