// Proof keys against the vectors of RFC 7636 and verifiers that must not pass.

import { expect, test } from 'vitest'
import { CHALLENGE, VERIFIER } from '../visitor.ts'
import { challengeOf, isVerified } from './proof-key.ts'

test('the verifier of RFC 7636 appendix B gives its challenge', () => {
  const octets = [
    ...[116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186],
    ...[22, 212, 37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121],
  ]
  expect(Buffer.from(octets).toString('base64url')).toBe(VERIFIER)
  expect(challengeOf(VERIFIER)).toBe(CHALLENGE)
})

test.each([
  ['the verifier', VERIFIER, CHALLENGE, true],
  ['another', `${VERIFIER.slice(0, -1)}Y`, CHALLENGE, false],
  ['the challenge itself', CHALLENGE, CHALLENGE, false],
  ['one that is too short', 'a'.repeat(42), challengeOf('a'.repeat(42)), false],
  ['one that is too long', 'a'.repeat(129), challengeOf('a'.repeat(129)), false],
  ['one of 128 characters', 'a'.repeat(128), challengeOf('a'.repeat(128)), true],
  [
    'one with a character outside the set',
    `${'a'.repeat(43)}+`,
    challengeOf(`${'a'.repeat(43)}+`),
    false,
  ],
  ['none where one is due', undefined, CHALLENGE, false],
  ['one where none was announced', VERIFIER, undefined, false],
  ['none where none was announced', undefined, undefined, true],
])('%s is judged', (_, verifier, challenge, isRight) => {
  expect(isVerified(verifier, challenge)).toBe(isRight)
})
