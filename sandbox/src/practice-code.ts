// The vendor's practice codes and the numeric APU id behind them [I: inferred from two published
// pairs]. A few practices have vanity codes, so nothing may require the pattern.

const APU_DIGITS = 6

/** The code of an APU id (0 to 999999): six digits, reversed, 0-9 written A-J. */
export function practiceCodeOf(apu: number): string {
  if (!Number.isInteger(apu) || apu < 0 || apu >= 10 ** APU_DIGITS) {
    throw new RangeError('an APU id is a whole number of up to six digits')
  }
  const digits = [...String(apu).padStart(APU_DIGITS, '0')].reverse()
  return digits.map((digit) => String.fromCharCode(65 + Number(digit))).join('')
}

/** The APU id behind a code, or undefined for a vanity code. */
export function apuOf(code: string): number | undefined {
  if (!/^[A-J]{6}$/.test(code)) return undefined
  const digits = [...code].reverse().map((letter) => letter.charCodeAt(0) - 65)
  return Number(digits.join(''))
}
