// The certificate that a practice was destroyed here: what, how much, when and by whom, signed with a key
// that follows from the installation's (Ed25519, RFC 8032). It says what it does not cover as well.

import {
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'

const saidSchema = z.object({
  organization: z.string(),
  practice: z.string(),
  exported: z.object({ madeAt: z.string(), manifestSha256: z.string() }),
  startedAt: z.string(),
  finishedAt: z.string(),
  by: z.string(),
  destroyedRows: z.record(z.string(), z.int()),
  notCovered: z.array(z.string()),
})
const certificateSchema = z.object({
  certificate: saidSchema,
  algorithm: z.literal('Ed25519'),
  publicKey: z.string(),
  signature: z.string(),
})
export type Said = z.infer<typeof saidSchema>
export type Certificate = z.infer<typeof certificateSchema>

/** What stands outside of the database and may still hold what was destroyed in it. */
export const NOT_COVERED = [
  'Backups made before, until they are deleted or overwritten where they are kept.',
  'What the disk and the write-ahead log still hold of freed space, until it is reused.',
  'What callers of the API, and whoever has the export, have copied.',
] as const

/** Header of a PKCS #8 Ed25519 private key before its 32 bytes (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

function signingKey(masterKey: Uint8Array): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', masterKey, '', 'chartway certificates', 32))
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
}

function publicText(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64')
}

export function certify(said: Said, masterKey: Uint8Array): Certificate {
  const key = signingKey(masterKey)
  return {
    certificate: said,
    algorithm: 'Ed25519',
    publicKey: publicText(key),
    signature: sign(null, Buffer.from(JSON.stringify(said)), key).toString('base64'),
  }
}

/** What a certificate of this installation says. Throws CERTIFICATE_FALSE. */
export function readCertificate(text: string, masterKey: Uint8Array): Said {
  const read = parsed(text)
  const key = signingKey(masterKey)
  if (read?.publicKey !== publicText(key)) throw new ChartwayError('CERTIFICATE_FALSE')
  const bytes = Buffer.from(JSON.stringify(read.certificate))
  if (!verify(null, bytes, createPublicKey(key), Buffer.from(read.signature, 'base64')))
    throw new ChartwayError('CERTIFICATE_FALSE')
  return read.certificate
}

function parsed(text: string): Certificate | undefined {
  try {
    return certificateSchema.parse(JSON.parse(text))
  } catch {
    return undefined // Not a certificate at all.
  }
}

/** For people. */
export function inWords({ certificate: said, publicKey }: Certificate): string {
  const rows = Object.entries(said.destroyedRows)
  const all = rows.reduce((sum, [, count]) => sum + count, 0)
  return [
    'CERTIFICATE OF DESTRUCTION',
    '',
    `Practice ${said.practice} of organization ${said.organization}`,
    `Exported ${said.exported.madeAt}, manifest SHA-256 ${said.exported.manifestSha256}`,
    `Destroyed from ${said.startedAt} to ${said.finishedAt} by ${said.by}`,
    '',
    `${all} rows in this installation's database:`,
    ...rows.map(([table, count]) => `  ${table}: ${count}`),
    '',
    'Not covered:',
    ...said.notCovered.map((line) => `  ${line}`),
    '',
    `Signed with Ed25519, public key ${publicKey}.`,
    'Check it with: chartway-platform offboard verify certificate.json',
    '',
  ].join('\n')
}
