// The practice code and the APU id behind it, by the two published pairs. Nothing requires the pattern.

import { expect, test } from 'vitest'
import { apuOf, practiceCodeOf } from './practice-code.ts'

test.each([
  [324358, 'IFDECD'],
  [329509, 'JAFJCD'],
  [42, 'CEAAAA'],
])('APU %i is the practice %s', (apu, code) => {
  expect(practiceCodeOf(apu)).toBe(code)
  expect(apuOf(code)).toBe(apu)
})

test('a vanity code has no APU, and an impossible APU no code', () => {
  expect(apuOf('CHEMED')).toBeUndefined()
  expect(apuOf('JAFJC')).toBeUndefined()
  expect(() => practiceCodeOf(1_000_000)).toThrow(RangeError)
  expect(() => practiceCodeOf(1.5)).toThrow(RangeError)
})
