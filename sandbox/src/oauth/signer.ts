// Signs id tokens and publishes the keys for them. Keys are made when first needed and live as long
// as the sandbox.

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export const ID_TOKEN_ALGORITHMS = ['RS256', 'RS384'] as const
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number]

interface SigningKey {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  readonly jwk: JWK
  readonly kid: string
}

export interface Signer {
  /** A compact JWS of the claims. */
  sign(claims: Readonly<Record<string, unknown>>, algorithm: IdTokenAlgorithm): Promise<string>
  /** Public keys, one per algorithm. */
  keys(): Promise<readonly JWK[]>
}

export function createSigner(): Signer {
  const made = new Map<IdTokenAlgorithm, Promise<SigningKey>>()
  const keyOf = (algorithm: IdTokenAlgorithm) => {
    const key = made.get(algorithm) ?? makeKey(algorithm)
    made.set(algorithm, key)
    return key
  }
  return {
    async sign(claims, algorithm) {
      const { privateKey, kid } = await keyOf(algorithm)
      return await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
        .sign(privateKey)
    },
    keys: () => Promise.all(ID_TOKEN_ALGORITHMS.map(async (each) => (await keyOf(each)).jwk)),
  }
}

async function makeKey(algorithm: IdTokenAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { modulusLength: 2048 })
  const bare = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(bare)
  return { privateKey, kid, jwk: { ...bare, kid, alg: algorithm, use: 'sig' } }
}
