// Opaque secrets as text: `<kind>_<organization>_<id>_<secret>`. Makes them, takes them apart, compares
// them. Sessions, invitations and tokens are told apart by their kind; where they are kept is the
// stores' business.

import { createHash, timingSafeEqual } from 'node:crypto'
import { type OrganizationId, organizationId } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'

/** A session, an invitation, and an authorization server's client secret, code, access, refresh token. */
export type SecretKind = 'cws' | 'cwi' | 'cwc' | 'cwg' | 'cwt' | 'cwr'

const SECRET_BYTES = 32
const ID_BYTES = 10
const LENGTH_MAX = 200
/** No part but the last holds an underscore; 32 bytes are 43 characters of base64url. */
const SECRET = /^(cw[sicgtr])_([a-z0-9-]{1,40})_([0-9a-f]{20})_([A-Za-z0-9_-]{43})$/

export interface SecretParts {
  readonly organization: OrganizationId
  readonly id: string
  readonly secretHash: Uint8Array
}

export function makeSecret(
  kind: SecretKind,
  organization: OrganizationId,
  random: Random,
): SecretParts & { readonly text: string } {
  const id = Buffer.from(random.bytes(ID_BYTES)).toString('hex')
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url')
  return {
    organization,
    id,
    secretHash: digest(secret),
    text: `${kind}_${organization}_${id}_${secret}`,
  }
}

/** Undefined for a text that cannot be a secret of this kind. */
export function parseSecret(kind: SecretKind, text: string): SecretParts | undefined {
  if (text.length > LENGTH_MAX) return undefined
  const [, found = '', owner = '', id = '', secret = ''] = SECRET.exec(text) ?? []
  const organization = organizationId(owner)
  if (organization === undefined || found !== kind) return undefined
  return { organization, id, secretHash: digest(secret) }
}

/** Compares in a time that does not depend on where they differ. */
export function isSameSecret(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** SHA-256 is enough for what is random and long; passwords go elsewhere. */
export function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
