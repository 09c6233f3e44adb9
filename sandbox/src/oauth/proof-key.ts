// Proof Key for Code Exchange (RFC 7636), S256 alone. It knows no request.

import { createHash } from 'node:crypto'

/** RFC 7636 section 4.1: 43 to 128 unreserved characters. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/

/** BASE64URL(SHA256(ASCII(verifier))), RFC 7636 section 4.2. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url')
}

/** Does the verifier belong to the challenge? Without a challenge there must be no verifier either. */
export function isVerified(verifier: string | undefined, challenge: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier
  return VERIFIER.test(verifier) && challengeOf(verifier) === challenge
}
