// The public keys of clients: as they were given, or fetched from where the client publishes them. It
// keeps what it fetched for a while and decides nothing about an assertion.

import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Network } from '../../kernel/network.ts'

const FETCH_MS_MAX = 5_000
const BYTES_MAX = 64 * 1024
const KEYS_MAX = 20
/** How long a fetched set is believed, and how soon it is asked for again when a key is missing, ms. */
const BELIEVED_MS = 5 * 60_000
const AGAIN_MS = 60_000
const REMEMBERED_MAX = 1_000

/** A public key of RFC 7517, as far as its form was checked. */
export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly [member: string]: unknown
}

export interface KeySets {
  /** The one key of this id; undefined when there is none, or several. */
  key(
    of: { readonly jwks: string | undefined; readonly jwksUri: string | undefined },
    kid: string,
  ): Promise<PublicJwk | undefined>
}

export function createKeySets(network: Network, clock: Clock): KeySets {
  const fetched = new Map<string, { readonly at: number; readonly keys: readonly PublicJwk[] }>()

  const fetchSet = async (url: string): Promise<readonly PublicJwk[]> => {
    const at = clock.now()
    const keys = await keysAt(network, url)
    fetched.delete(url)
    const oldest = fetched.keys().next()
    if (fetched.size >= REMEMBERED_MAX && !oldest.done) fetched.delete(oldest.value)
    fetched.set(url, { at, keys })
    return keys
  }

  return {
    key: async ({ jwks, jwksUri }, kid) => {
      if (jwks !== undefined) return only(publicKeysIn(jwks) ?? [], kid)
      if (jwksUri === undefined) return undefined
      const known = fetched.get(jwksUri)
      const age = known === undefined ? Number.POSITIVE_INFINITY : clock.now() - known.at
      if (known !== undefined && age >= 0 && age < BELIEVED_MS) {
        const key = only(known.keys, kid)
        if (key !== undefined || age < AGAIN_MS) return key
      }
      return only(await fetchSet(jwksUri), kid)
    },
  }
}

/** Two keys of one id would leave open which of them signed. */
function only(keys: readonly PublicJwk[], kid: string): PublicJwk | undefined {
  const found = keys.filter((key) => key.kid === kid)
  return found.length === 1 ? found[0] : undefined
}

/** Empty when it cannot be had: then no key fits. */
async function keysAt(network: Network, url: string): Promise<readonly PublicJwk[]> {
  try {
    const reply = await network.send({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      timeoutMs: FETCH_MS_MAX,
      bodyBytesMax: BYTES_MAX,
      publicOnly: true,
    })
    return reply.status === 200 ? (publicKeysIn(Buffer.from(reply.body).toString()) ?? []) : []
  } catch (error) {
    if (error instanceof ChartwayError && error.code.startsWith('NETWORK_')) return []
    throw error
  }
}

/** The keys of a JWK set's text; undefined when it is none, holds too many, or holds private ones. */
export function publicKeysIn(text: string): readonly PublicJwk[] | undefined {
  let set: unknown
  try {
    set = JSON.parse(text)
  } catch {
    return undefined // Not JSON.
  }
  const keys: unknown = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : []
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) return undefined
  const read = keys.filter(isPublicJwk)
  return read.length === keys.length ? read : undefined
}

function isPublicJwk(value: unknown): value is PublicJwk {
  if (typeof value !== 'object' || value === null) return false
  const key: Record<string, unknown> = { ...value }
  const isPublic = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].every((member) => !(member in key))
  return isPublic && (key.kty === 'RSA' || key.kty === 'EC') && typeof key.kid === 'string'
}
