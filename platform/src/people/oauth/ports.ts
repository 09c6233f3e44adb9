// What the parts of the authorization server share: ports, lifetimes, and how they say no.

import type { Clock } from '../../kernel/clock.ts'
import { type OrganizationId, organizationId } from '../../kernel/ids.ts'
import type { Random } from '../../kernel/random.ts'
import type { AccessEvent, Ledger } from '../../ledger/index.ts'
import type { Practices } from '../../practice/index.ts'
import type { KeySets } from './key-sets.ts'
import type { OauthStore } from './store.ts'
import type { OauthError, OauthErrorCode } from './types.ts'

/** Access tokens, ms: of a program for itself (SMART: five minutes), and for a person. */
export const BACKEND_TOKEN_MS = 5 * 60_000
export const USER_TOKEN_MS = 60 * 60_000
/** A code is fetched at once by the application it was sent to (RFC 6749, 4.1.2: ten minutes at most). */
export const CODE_MS = 60_000
/** A refresh token of one who left, and how long a consent carries it; of one who is at work, ms. */
export const REFRESH_MS = 30 * 24 * 3_600_000
export const CONSENT_MS = 90 * 24 * 3_600_000
export const ONLINE_MS = 12 * 3_600_000

export interface OauthPorts {
  readonly store: OauthStore
  readonly keySets: KeySets
  readonly practices: Pick<Practices, 'get'>
  readonly ledger: Pick<Ledger, 'append'>
  /** The clock that people and other programs live by. */
  readonly wall: Clock
  readonly random: Random
  readonly publicUrl: string
  readonly event: (rest: Omit<AccessEvent, 'at'>) => AccessEvent
}

export function tokenEndpoint(publicUrl: string): string {
  return `${publicUrl}/oauth/token`
}

export function no(error: OauthErrorCode, description: string): OauthError {
  return { ok: false, error, description }
}

/** A client's id names its organization, since nothing else in a request to the token endpoint does. */
const CLIENT_ID = /^([a-z0-9-]{1,40})\.[0-9a-f]{20}$/

export function organizationOf(clientId: string): OrganizationId | undefined {
  return organizationId(CLIENT_ID.exec(clientId)?.[1] ?? '')
}
