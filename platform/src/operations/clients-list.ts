// Registered programs, revoked ones too.

import { z } from 'zod'
import { clientShown, showClient } from './clients-fields.ts'
import { operation } from './operation.ts'

export const clientsList = operation({
  name: 'clients.list',
  summary: 'Registered programs, the newest first',
  need: 'people',
  input: z.strictObject({}),
  output: z.object({ items: z.array(clientShown) }),
  run: async ({ people, principal }) => ({
    items: (await people.oauth.clients(principal.organization)).map(showClient),
  }),
})
