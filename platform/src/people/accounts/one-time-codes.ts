// Codes of an authenticator application (TOTP, RFC 6238) and recovery codes. Pure but for chance: which
// codes were used is the store's business.

import { Secret, TOTP } from 'otpauth'
import type { Random } from '../../kernel/random.ts'
import { digest } from '../secrets.ts'

/** RFC 6238, section 4: 30 s; RFC 4226, section 4, requirement 6: 160 bits. */
const PERIOD_S = 30
const SECRET_BYTES = 20
/** Steps by which a telephone's clock may be off in each direction. */
const DRIFT_STEPS = 1
const ISSUER = 'Chartway'

const RECOVERY_CODES = 10
/** 79 bits each, so that a plain hash of one tells nothing. */
const RECOVERY_LETTERS = 16
const RECOVERY_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const RECOVERY = /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/

export function makeTotpSecret(random: Random): Uint8Array {
  return random.bytes(SECRET_BYTES)
}

/** What an authenticator application takes, as text and as `otpauth://` URI. */
export function enrolment(secret: Uint8Array, label: string): { secret: string; uri: string } {
  const totp = totpOf(secret, label)
  return { secret: totp.secret.base32, uri: totp.toString() }
}

/** The step of the code at `now` (epoch ms) within the drift; undefined when it is of none. */
export function stepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now, window: DRIFT_STEPS })
  return delta === null ? undefined : Math.floor(now / (PERIOD_S * 1000)) + delta
}

function totpOf(secret: Uint8Array, label: string): TOTP {
  const buffer = Uint8Array.from(secret).buffer
  return new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_S,
    secret: new Secret({ buffer }),
  })
}

/** Ten codes to keep on paper, each good once. */
export function makeRecoveryCodes(random: Random): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    let letters = ''
    while (letters.length < RECOVERY_LETTERS) letters += letterOf(random.bytes(1)[0] ?? 255)
    return letters.replace(/(.{4})(?=.)/g, '$1-')
  })
}

/** Nothing for the highest bytes, which would make some letters likelier than others. */
function letterOf(byte: number): string {
  const count = RECOVERY_ALPHABET.length
  return byte < 256 - (256 % count) ? (RECOVERY_ALPHABET[byte % count] ?? '') : ''
}

/** What is kept of a recovery code; undefined when the text cannot be one. */
export function recoveryHash(userId: string, code: string): Uint8Array | undefined {
  const plain = code.trim().toLowerCase()
  return RECOVERY.test(plain) ? digest(`${userId} ${plain}`) : undefined
}
