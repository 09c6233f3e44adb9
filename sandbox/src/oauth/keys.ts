// A client's public keys, fetched by URL as the vendor does: only from its allow-list, remembered for
// a while, asked again for a key id not seen yet.

import type { JWK } from 'jose'
import type { Clock } from '../clock.ts'
import type { AppRegistration, FetchJwks } from '../contract.ts'

/** How long a fetched key set is used, ms of vendor time. */
const REMEMBERED_MS = 300_000
/** An unknown key id asks again at most this often, ms of vendor time. */
const ASK_AGAIN_MS = 5000
const KEY_SETS_MAX = 1000
const BODY_CHARACTERS_MAX = 1_000_000

interface KeySet {
  readonly fetchedAt: number
  readonly keys: readonly JWK[]
}

/** The key, or why there is none: all of these are the vendor's `invalid_client` [D]. */
export type FoundKey = { readonly key: JWK } | { readonly refused: string }

export type KeyFinder = (app: AppRegistration, kid: string, now: number) => Promise<FoundKey>

export function createKeyFinder(options: {
  readonly fetchJwks: FetchJwks
  readonly clock: Clock
}): KeyFinder {
  const sets = new Map<string, KeySet>()
  const load = async (url: string, now: number): Promise<KeySet | undefined> => {
    const { status, body } = await options.clock.during(options.fetchJwks(url))
    const keys = status === 200 && body.length <= BODY_CHARACTERS_MAX ? parseKeys(body) : undefined
    if (keys === undefined) return undefined
    if (sets.size >= KEY_SETS_MAX) sets.clear()
    const set = { fetchedAt: now, keys }
    sets.set(url, set)
    return set
  }
  return async (app, kid, now) => {
    if (!app.jwksAllowed) return { refused: 'JWKS URL is not allow-listed' }
    const held = sets.get(app.jwksUrl)
    const age = held === undefined ? Number.POSITIVE_INFINITY : now - held.fetchedAt
    let set = age < REMEMBERED_MS ? held : undefined
    const isKnown = set?.keys.some((key) => key.kid === kid) === true
    if (set === undefined || (!isKnown && age >= ASK_AGAIN_MS)) {
      set = await load(app.jwksUrl, now)
    }
    if (set === undefined) return { refused: 'JWKS URL is unreachable or malformed' }
    const [key, second] = set.keys.filter((each) => each.kid === kid)
    if (key === undefined) return { refused: 'kid in client_assertion is not in the JWKS' }
    if (second !== undefined) return { refused: 'kid in client_assertion names several keys' }
    return { key }
  }
}

function parseKeys(body: string): readonly JWK[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined // Not JSON: the caller answers as for an unreachable key set.
  }
  if (typeof value !== 'object' || value === null || !('keys' in value)) return undefined
  return Array.isArray(value.keys) ? value.keys.filter(isJwk) : undefined
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value
}
