// Rotates the key with which an organization signs its client assertions. The next key is published
// in the JWK Set before it signs, so the vendor can learn it in time.

import { z } from 'zod'
import { actorOf } from './context.ts'
import { operation } from './operation.ts'

export const signingKeysRotate = operation({
  name: 'signing-keys.rotate',
  summary: 'Rotate the signing key: publish the next one, or let the published one sign',
  need: 'settings',
  input: z.strictObject({}),
  output: z.object({ kid: z.string() }),
  run: async (context) =>
    context.practices.rotateSigningKey(context.principal.organization, actorOf(context)),
})
