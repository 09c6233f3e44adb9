// Checks callers' API keys without asking the database each time. What it remembers is good for 5 s of
// the business clock, so a key revoked by another process bites within that.

import type { Clock } from '../kernel/clock.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import { NO_CHARTS, type Principal, type Right } from '../kernel/principal.ts'
import { isSameSecret, parseApiKey } from './api-keys.ts'
import type { ApiKeyRow, PracticeStore } from './store.ts'
import type { KeyScope } from './types.ts'

const REMEMBERED_MS_MAX = 5_000
const REMEMBERED_MAX = 10_000

interface Remembered {
  /** When the question was asked, not when the answer came. */
  readonly askedAt: number
  readonly row: ApiKeyRow
}

export interface KeyCheck {
  /** As `Practices.authenticate`. */
  authenticate(
    text: string,
    onRevoked?: (caller: Principal) => Promise<void>,
  ): Promise<Principal | undefined>
  forget(organization: string, keyId: string): void
}

export function createKeyCheck(store: PracticeStore, clock: Clock): KeyCheck {
  const remembered = new Map<string, Remembered>()
  const asking = new Map<string, Promise<ApiKeyRow | undefined>>()

  const ask = (name: string, load: () => Promise<ApiKeyRow | undefined>) => {
    const running = asking.get(name)
    if (running !== undefined) return running
    const askedAt = clock.now()
    const answer = load().then((row) => {
      // Unknown keys are not remembered: anyone can make those up.
      if (row !== undefined && !row.revoked) remember(remembered, name, { askedAt, row })
      return row
    })
    asking.set(name, answer)
    return answer.finally(() => asking.delete(name))
  }

  return {
    authenticate: async (text, onRevoked) => {
      const parts = parseApiKey(text)
      if (parts === undefined) return undefined
      const { organization, keyId } = parts
      const name = `${organization}/${keyId}`
      const known = remembered.get(name)
      const row = isFresh(known, clock.now())
        ? known.row
        : await ask(name, () => store.apiKey(organization, keyId))
      if (row === undefined || row.revoked) remembered.delete(name)
      if (row === undefined || !isSameSecret(row.secretHash, parts.secretHash)) return undefined
      const caller = principalOf(organization, keyId, row.scopes)
      if (!row.revoked) return caller
      await onRevoked?.(caller)
      return undefined
    },
    forget: (organization, keyId) => {
      remembered.delete(`${organization}/${keyId}`)
    },
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

/** An answer from the future is of a clock that has since gone back: it could be believed for ever. */
function isFresh(known: Remembered | undefined, now: number): known is Remembered {
  if (known === undefined) return false
  const age = now - known.askedAt
  return age >= 0 && age < REMEMBERED_MS_MAX
}

/** The oldest makes room. */
function remember(remembered: Map<string, Remembered>, name: string, entry: Remembered): void {
  remembered.delete(name)
  if (remembered.size >= REMEMBERED_MAX) {
    const [oldest] = remembered.keys()
    if (oldest !== undefined) remembered.delete(oldest)
  }
  remembered.set(name, entry)
}
