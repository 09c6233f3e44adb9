// The authorization server put together: registration, authorization, tokens. It is for programs that use
// our faces; how we sign in at the vendor is elsewhere.

import type { Database } from '../../db/index.ts'
import type { Network } from '../../kernel/network.ts'
import { authorizing } from './authorization.ts'
import { createKeySets } from './key-sets.ts'
import type { OauthPorts } from './ports.ts'
import { registering } from './registration.ts'
import { createOauthStore } from './store.ts'
import { tokens } from './tokens.ts'
import type { Oauth } from './types.ts'

export function createOauth(
  given: Omit<OauthPorts, 'store' | 'keySets'> & {
    readonly database: Database
    readonly network: Network
  },
): Oauth {
  const { database, network, ...rest } = given
  const keySets = createKeySets(network, rest.wall)
  const ports: OauthPorts = { ...rest, store: createOauthStore(database), keySets }
  return {
    ...registering(ports),
    ...authorizing(ports),
    ...tokens(ports),
    clients: (organization) => ports.store.clients(organization),
    revokeClient: (organization, clientId, actor) =>
      ports.store.revokeClient(
        organization,
        clientId,
        rest.wall.now(),
        rest.event({
          ...{ actor, action: 'clients.revoke', subject: `Client/${clientId}`, outcome: 'success' },
        }),
      ),
  }
}
