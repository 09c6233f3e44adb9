// RSA keys that sign our client assertions (RS384, RFC 7518 section 3.3), made and used here; the vendor
// fetches their public halves. Private halves are handed in and out as PKCS #8 bytes to be sealed.

import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JsonObject } from '@chartway/codecs/fhir'
import { calculateJwkThumbprint, SignJWT } from 'jose'

const MODULUS_BITS = 3072
export const ALGORITHM = 'RS384'

export interface MadeSigningKey {
  /** The key's thumbprint, RFC 7638. */
  readonly kid: string
  readonly publicJwk: JsonObject
  readonly pkcs8: Uint8Array
}

/** Takes up to a second of another thread. */
export async function makeSigningKey(): Promise<MadeSigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: MODULUS_BITS,
  })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n, e })
  return {
    kid,
    publicJwk: { kty: 'RSA', use: 'sig', alg: ALGORITHM, kid, n, e },
    pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
  }
}

export function readSigningKey(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
}

/** A compact JWT with the header `alg`, `typ`, `kid` and exactly these claims. */
export function signJwt(claims: JsonObject, kid: string, key: KeyObject): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid }).sign(key)
}
