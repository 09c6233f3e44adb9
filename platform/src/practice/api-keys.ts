// API keys as text: `cw_<organization>_<keyId>_<secret>`. Makes them, takes them apart, compares their
// secrets. Where they are kept is the store's business.

import { createHash, timingSafeEqual } from 'node:crypto'
import { type OrganizationId, organizationId } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'

const SECRET_BYTES = 32
const KEY_ID_BYTES = 8
/** Neither an organization nor a key id holds an underscore; 32 bytes are 43 characters of base64url. */
const KEY = /^cw_([a-z0-9-]{1,40})_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

export interface ApiKeyParts {
  readonly organization: OrganizationId
  readonly keyId: string
  readonly secretHash: Uint8Array
}

export function makeApiKey(
  organization: OrganizationId,
  random: Random,
): ApiKeyParts & { readonly text: string } {
  const keyId = Buffer.from(random.bytes(KEY_ID_BYTES)).toString('hex')
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url')
  const text = `cw_${organization}_${keyId}_${secret}`
  return { organization, keyId, secretHash: hash(secret), text }
}

/** Undefined for a text that cannot be a key. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, owner = '', keyId = '', secret = ''] = KEY.exec(text) ?? []
  const organization = organizationId(owner)
  if (organization === undefined) return undefined
  return { organization, keyId, secretHash: hash(secret) }
}

/** Compares in a time that does not depend on where they differ. */
export function isSameSecret(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** SHA-256 is enough: the secret is 256 random bits, not a password. */
function hash(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest()
}
