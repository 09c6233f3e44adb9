// Passwords: which are taken, and how they are kept (argon2id). It bounds how many are worked on at
// once, since each takes 19 MiB and a moment of a processor.

import { hash, verify } from '@node-rs/argon2'
import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Random } from '../../kernel/random.ts'
import forbidden from './forbidden-passwords.json' with { type: 'json' }

/**
 * OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. The library's default
 * algorithm is argon2id.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const SALT_BYTES = 16

/** NIST SP 800-63B-4, 3.1.1.2: length alone, a list of what is refused, no expiry, no composition. */
export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 128

/** Worked on at once, and waiting for that. */
const AT_ONCE_MAX = 2
const WAITING_MAX = 32

export interface Passwords {
  /** The PHC string to keep. Throws PASSWORD_UNFIT, or SIGN_IN_SLOWED when too many wait. */
  made(password: string, of: { readonly name: string }): Promise<string>
  /** Takes as long without a `kept` as with one, and is then false. Throws SIGN_IN_SLOWED. */
  isRight(password: string, kept: string | undefined): Promise<boolean>
}

export function createPasswords(ports: {
  readonly random: Random
  readonly clock: Clock
}): Passwords {
  const { random, clock } = ports
  const turn = turnstile()
  const kept = (password: string) =>
    clock.during(hash(normal(password), { ...PARAMETERS, salt: random.bytes(SALT_BYTES) }))
  let nobodys: Promise<string> | undefined
  return {
    made: async (password, { name }) => {
      const rule = brokenRule(normal(password), name)
      if (rule !== undefined) throw new ChartwayError('PASSWORD_UNFIT', { details: { rule } })
      return turn(() => kept(password))
    },
    isRight: (password, right) =>
      turn(async () => {
        nobodys ??= kept(Buffer.from(random.bytes(SALT_BYTES)).toString('hex'))
        const against = right ?? (await nobodys)
        const same = await clock.during(verify(against, normal(password)))
        return same && right !== undefined
      }),
  }
}

/** One text for what looks the same on every keyboard: NIST SP 800-63B-4, 3.1.1.2. */
function normal(password: string): string {
  return password.normalize('NFKC')
}

/** The first rule that a password breaks, in words. */
export function brokenRule(password: string, name: string): string | undefined {
  const characters = [...password]
  if (characters.length < PASSWORD_LENGTH_MIN) return `at least ${PASSWORD_LENGTH_MIN} characters`
  if (characters.length > PASSWORD_LENGTH_MAX) return `at most ${PASSWORD_LENGTH_MAX} characters`
  const plain = password.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  const core = plain.replace(/\d+$/, '')
  if (forbidden.some((word) => plain === word || core === word || plain === word + word))
    return 'not one of the commonest passwords'
  if (new Set(characters).size < 5) return 'more than four different characters'
  if (name.length >= 4 && plain.includes(name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')))
    return 'not with the account name in it'
  return undefined
}

function turnstile(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) throw slowed(1)
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // The place is handed on as it is, so that nobody comes in between.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

/** `seconds` until it may be tried again. */
export function slowed(seconds: number): ChartwayError {
  return new ChartwayError('SIGN_IN_SLOWED', { retry: 'later', details: { seconds } })
}
