// The texts that a launch hands out and takes back: `<kind>_<organization>_<launch>_<secret>`. Makes
// them, takes them apart, and gives the proof key. It keeps nothing.

import { createHash, timingSafeEqual } from 'node:crypto'
import { type OrganizationId, organizationId } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'

/** A link that sends a browser on its way, and the state that it brings back. */
export type LaunchSecretKind = 'cwb' | 'cwl'

/** 256 bits: twice what OAuth asks for (RFC 6749, 10.10). */
const SECRET_BYTES = 32
const ID_BYTES = 10
/** No part but the last holds an underscore; 32 bytes are 43 characters of base64url. */
const TEXT = /^(cw[bl])_([a-z0-9-]{1,40})_([0-9a-f]{20})_[A-Za-z0-9_-]{43}$/
const BROWSER = /^[A-Za-z0-9_-]{43}$/

export function makeLaunchId(random: Random): string {
  return Buffer.from(random.bytes(ID_BYTES)).toString('hex')
}

export function makeSecret(random: Random): string {
  return Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url')
}

export function makeText(
  kind: LaunchSecretKind,
  of: { readonly organization: OrganizationId; readonly launchId: string },
  random: Random,
): string {
  return `${kind}_${of.organization}_${of.launchId}_${makeSecret(random)}`
}

/** Which launch a text is of; undefined for what cannot be one. */
export function partsOf(
  kind: LaunchSecretKind,
  text: string,
): { readonly organization: OrganizationId; readonly launchId: string } | undefined {
  const [, found, owner = '', launchId = ''] = TEXT.exec(text) ?? []
  const organization = organizationId(owner)
  return organization === undefined || found !== kind ? undefined : { organization, launchId }
}

/** What a browser brought as its cookie, when it can be one of ours. */
export function browserIn(text: string | undefined): string | undefined {
  return text !== undefined && BROWSER.test(text) ? text : undefined
}

/** SHA-256 is enough for what is random and long. */
export function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

export function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && one.length === other.length && timingSafeEqual(one, other)
}

/** S256 of a proof key, RFC 7636 section 4.2. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url')
}
