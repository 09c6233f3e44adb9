// What people have allowed: launches that wait for an app, codes that wait to be exchanged, refresh
// tokens. It keeps and ends them; it decides nothing about a request.

import type { TestUser } from '../contract.ts'
import type { Random } from '../random.ts'
import { type Apps, BASE64URL } from './apps.ts'
import { createShelf } from './shelf.ts'

const LAUNCHES_MAX = 1000
const CODES_MAX = 10_000
const REFRESH_TOKENS_MAX = 10_000
/** Used codes are remembered this long, ms of vendor time, so that a second use is noticed. */
const REMEMBERED_MS = 24 * 3_600_000
/** Lifetime of a refresh token, ms of vendor time [D]. */
export const REFRESH_LIFETIME_MS = 90 * 24 * 3_600_000

/** An EHR launch that an app may redeem once. */
export interface Launch {
  readonly clientId: string
  readonly practice: string
  readonly user: TestUser
  readonly patient: string
  readonly encounter: string | undefined
  readonly needsBanner: boolean
}

/** One consent: who let which app see what. */
export interface Grant {
  readonly id: string
  readonly clientId: string
  readonly practice: string
  readonly user: TestUser
  readonly scopes: readonly string[]
  readonly patient: string | undefined
  readonly encounter: string | undefined
  readonly needsBanner: boolean
  readonly nonce: string | undefined
  /** Of the authorize request, to be repeated at the token endpoint. */
  readonly redirectUri: string
  readonly challenge: string | undefined
  /** Epoch ms, vendor time, of the consent. */
  readonly at: number
}

interface Code {
  readonly grant: Grant
  readonly expiresAt: number
  isUsed: boolean
}

interface RefreshToken {
  readonly grant: Grant
  readonly expiresAt: number
  isUsed: boolean
}

export interface Grants {
  launch(launch: Launch, until: number): string
  findLaunch(value: string, now: number): Launch | undefined
  endLaunch(value: string): void
  /** Makes a grant and its code. */
  code(grant: Omit<Grant, 'id'>, lifetimeMs: number): string
  findCode(value: string, now: number): Code | undefined
  refreshToken(grant: Grant, expiresAt: number): string
  findRefreshToken(value: string, now: number): RefreshToken | undefined
  /** Ends the grant's access and refresh tokens. */
  revoke(grantId: string): void
  revokeClient(clientId: string): void
}

export function createGrants(random: Random, apps: Apps): Grants {
  const launches = createShelf<Launch>(LAUNCHES_MAX)
  const codes = createShelf<Code>(CODES_MAX)
  const refreshTokens = createShelf<RefreshToken>(REFRESH_TOKENS_MAX)
  const secret = () => random.text(43, BASE64URL)
  return {
    launch(launch, until) {
      const value = secret()
      launches.put(value, launch, until)
      return value
    },
    findLaunch: (value, now) => launches.get(value, now),
    endLaunch: (value) => launches.remove(value),
    code(given, lifetimeMs) {
      const grant = { ...given, id: secret() }
      const value = secret()
      const code = { grant, expiresAt: grant.at + lifetimeMs, isUsed: false }
      codes.put(value, code, grant.at + REMEMBERED_MS)
      return value
    },
    findCode: (value, now) => codes.get(value, now),
    refreshToken(grant, expiresAt) {
      const value = secret()
      refreshTokens.put(value, { grant, expiresAt, isUsed: false }, expiresAt)
      return value
    },
    findRefreshToken: (value, now) => refreshTokens.get(value, now),
    revoke(grantId) {
      refreshTokens.removeWhere(({ grant }) => grant.id === grantId)
      apps.revokeWhere(({ bounds }) => bounds?.grant === grantId)
    },
    revokeClient(clientId) {
      codes.removeWhere(({ grant }) => grant.clientId === clientId)
      refreshTokens.removeWhere(({ grant }) => grant.clientId === clientId)
      apps.revokeWhere((token) => token.clientId === clientId)
    },
  }
}
