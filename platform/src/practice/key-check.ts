// Checks callers' API keys without asking the database each time, and says what a key's scopes allow.
// What it remembers is good for 5 s of the business clock: a revoked key bites within that.

import type { Clock } from '../kernel/clock.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import { NO_CHARTS, type Principal, type Right } from '../kernel/principal.ts'
import { isSameSecret, parseApiKey } from './api-keys.ts'
import { ShortMemory } from './short-memory.ts'
import type { ApiKeyRow, PracticeStore } from './store.ts'
import type { KeyScope } from './types.ts'

export interface KeyCheck {
  /** As `Practices.authenticate`. */
  authenticate(
    text: string,
    onRevoked?: (caller: Principal) => Promise<void>,
  ): Promise<Principal | undefined>
  forget(organization: string, keyId: string): void
}

export function createKeyCheck(store: PracticeStore, clock: Clock): KeyCheck {
  const memory = new ShortMemory<ApiKeyRow>(clock, ({ revoked }) => !revoked)
  return {
    authenticate: async (text, onRevoked) => {
      const parts = parseApiKey(text)
      if (parts === undefined) return undefined
      const { organization, keyId } = parts
      const row = await memory.get(`${organization}/${keyId}`, () =>
        store.apiKey(organization, keyId),
      )
      if (row === undefined || !isSameSecret(row.secretHash, parts.secretHash)) return undefined
      const caller = principalOf(organization, keyId, row.scopes)
      if (!row.revoked) return caller
      await onRevoked?.(caller)
      return undefined
    },
    forget: (organization, keyId) => memory.forget(`${organization}/${keyId}`),
  }
}

const RIGHTS_OF: Readonly<Record<KeyScope, readonly Right[]>> = {
  read: ['charts', 'monitor'],
  sensitive: [],
  admin: ['monitor', 'audit', 'settings', 'people'],
}

/** What a key of these scopes may do: it sees all types of all patients, or no chart at all. */
function principalOf(
  organization: OrganizationId,
  keyId: string,
  scopes: readonly KeyScope[],
): Principal {
  const sensitive = scopes.includes('sensitive')
  return {
    organization,
    actor: `key:${keyId}`,
    rights: [...new Set(scopes.flatMap((scope) => RIGHTS_OF[scope]))],
    charts: scopes.includes('read') ? { types: 'all', sensitive, patient: undefined } : NO_CHARTS,
    practices: undefined,
    authenticatedAt: undefined,
  }
}
