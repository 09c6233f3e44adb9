// Secrets as sealed envelopes (AES-256-GCM, NIST SP 800-38D), each bound to its tenant and its place:
// moved elsewhere, it does not open. Pure; it stores nothing and logs nothing.

import { createCipheriv, createDecipheriv } from 'node:crypto'
import { ChartwayError } from '../kernel/errors.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'

/** Envelope: version (1 byte) | length of the key's id (1) | key's id | nonce | ciphertext | tag. */
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const KEY_BYTES = 32
const KEY_ID_BYTES_MAX = 255
const CIPHER = 'aes-256-gcm'

/** A key and the id its envelopes name it by. */
export interface SealingKey {
  readonly id: string
  readonly bytes: Uint8Array
}

/** Where an envelope belongs: the row key identifies its row within the organization. */
export interface EnvelopePlace {
  readonly organization: OrganizationId
  readonly table: string
  readonly column: string
  readonly rowKey: readonly string[]
}

/** Seals bytes for one place. Random nonces: a key serves fewer than 2^32 envelopes (8.3). */
export function seal(
  key: SealingKey,
  place: EnvelopePlace,
  plain: Uint8Array,
  random: Random,
): Uint8Array {
  const id = Buffer.from(key.id)
  if (id.length > KEY_ID_BYTES_MAX) throw new ChartwayError('INTERNAL')
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated(place, key.id, VERSION))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION, id.length]), id, nonce, sealed, cipher.getAuthTag()])
}

/** The id of the key an envelope was sealed with. Throws CREDENTIAL_UNREADABLE. */
export function keyIdOf(envelope: Uint8Array): string {
  return split(envelope).keyId
}

/** Opens an envelope at its place. Throws CREDENTIAL_UNREADABLE for any difference, without saying which. */
export function open(key: SealingKey, place: EnvelopePlace, envelope: Uint8Array): Uint8Array {
  const { version, keyId, nonce, sealed, tag } = split(envelope)
  if (version !== VERSION || keyId !== key.id) throw unreadable()
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(associated(place, keyId, version))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed), decipher.final()])
  } catch {
    throw unreadable()
  }
}

function split(envelope: Uint8Array) {
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength)
  const idBytes = bytes[1] ?? 0
  const idEnd = 2 + idBytes
  if (bytes.length < idEnd + NONCE_BYTES + TAG_BYTES) throw unreadable()
  return {
    version: bytes[0] ?? 0,
    keyId: bytes.subarray(2, idEnd).toString(),
    nonce: bytes.subarray(idEnd, idEnd + NONCE_BYTES),
    sealed: bytes.subarray(idEnd + NONCE_BYTES, bytes.length - TAG_BYTES),
    tag: bytes.subarray(bytes.length - TAG_BYTES),
  }
}

/** `v1|organization|table|column|row key|data key id`, each part escaped so that none can hold a bar. */
function associated(place: EnvelopePlace, keyId: string, version: number): Buffer {
  const rowKey = place.rowKey.map(encodeURIComponent).join('/')
  const parts = [place.organization, place.table, place.column].map(encodeURIComponent)
  return Buffer.from([`v${version}`, ...parts, rowKey, encodeURIComponent(keyId)].join('|'))
}

export function unreadable(): ChartwayError {
  return new ChartwayError('CREDENTIAL_UNREADABLE')
}
