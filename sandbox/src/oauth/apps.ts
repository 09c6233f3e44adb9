// The apps the vendor's developer portal knows, and the access tokens they hold. Tokens are opaque to
// clients and live in vendor time.

import type { AppRegistration } from '../contract.ts'
import type { Random } from '../random.ts'

/** Lifetime of a backend token, ms of vendor time [D]. */
export const TOKEN_LIFETIME_MS = 300_000
/** Tokens kept at most; expired ones go first, then the oldest. */
const TOKENS_MAX = 10_000
const APPS_MAX = 1000

/** What a token that a person allowed is bound to. A backend app's token has none of this. */
export interface Bounds {
  /** The consent it came from; ending that ends the token. */
  readonly grant: string
  readonly practice: string
  /** Ids of the charts that `patient/` scopes reach. */
  readonly patients: readonly string[]
  /** Ids of the charts that `user/` scopes reach; undefined is every chart (staff). */
  readonly charts: readonly string[] | undefined
}

export interface Token {
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Epoch ms, vendor time. */
  readonly expiresAt: number
  readonly bounds?: Bounds
}

export interface Apps {
  register(app: AppRegistration): void
  get(clientId: string): AppRegistration | undefined
  all(): Iterable<AppRegistration>
  /** A new token; `expiresAt` is in vendor time. */
  issue(token: Token, now: number): string
  /** The token, or undefined when it is unknown, revoked or expired. */
  token(value: string, now: number): Token | undefined
  revoke(value: string): void
  /** Ends every token for which `isGone` says so. */
  revokeWhere(isGone: (token: Token) => boolean): void
}

export const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Throws a RangeError when more than 1000 apps are registered. */
export function createApps(random: Random): Apps {
  const apps = new Map<string, AppRegistration>()
  const tokens = new Map<string, Token>()
  const makeRoom = (now: number) => {
    if (tokens.size < TOKENS_MAX) return
    for (const [value, token] of tokens) if (token.expiresAt <= now) tokens.delete(value)
    for (const value of tokens.keys()) {
      if (tokens.size < TOKENS_MAX) return
      tokens.delete(value)
    }
  }
  return {
    register(app) {
      if (!apps.has(app.clientId) && apps.size >= APPS_MAX) throw new RangeError('too many apps')
      apps.set(app.clientId, structuredClone(app))
    },
    get: (clientId) => apps.get(clientId),
    all: () => apps.values(),
    issue(token, now) {
      makeRoom(now)
      const parts = [40, 120, 86].map((length) => random.text(length, BASE64URL))
      const value = `eyJ${parts.join('.')}`
      tokens.set(value, token)
      return value
    },
    token(value, now) {
      const token = tokens.get(value)
      return token !== undefined && token.expiresAt > now ? token : undefined
    },
    revoke: (value) => void tokens.delete(value),
    revokeWhere(isGone) {
      for (const [value, token] of tokens) if (isGone(token)) tokens.delete(value)
    },
  }
}
