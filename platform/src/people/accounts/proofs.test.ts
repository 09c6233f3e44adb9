// Passwords, codes and waiting times on their own: known vectors, and what must not be taken.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeAt } from '../../../../test/signed-in.ts'
import { wallClock } from '../../kernel/clock.ts'
import { seededRandom, systemRandom } from '../../kernel/random.ts'
import { enrolment, makeRecoveryCodes, recoveryHash, stepOf } from './one-time-codes.ts'
import { brokenRule, createPasswords } from './passwords.ts'
import { slowedBy, waitMs } from './slowing.ts'

/** RFC 6238, appendix B: the secret, and codes of eight digits, of which six are the last. */
const SECRET = Buffer.from('12345678901234567890')
test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at second %i the code is the one of RFC 6238', (second, digits) => {
  const code = digits.slice(2)
  const step = Math.floor(second / 30)
  expect(stepOf(SECRET, code, second * 1000)).toBe(step)
  expect(codeAt(enrolment(SECRET, 'x').secret, second * 1000)).toBe(code)
  for (const beside of [-1, 1])
    expect(stepOf(SECRET, code, (second + beside * 30) * 1000)).toBe(step)
  for (const far of [-2, 2])
    expect(stepOf(SECRET, code, (second + far * 30) * 1000)).toBeUndefined()
})

test.each(['', '12345', '1234567', '12 456', 'abcdef', '１２３４５６', '-12345'])(
  '%j is no code',
  (code) => expect(stepOf(SECRET, code, 59_000)).toBeUndefined(),
)

test('recovery codes are ten, all different, and of one account', () => {
  const codes = makeRecoveryCodes(systemRandom())
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) {
    expect(code).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/)
    expect(recoveryHash('u1', ` ${code.toUpperCase()} `)).toEqual(recoveryHash('u1', code))
    expect(recoveryHash('u2', code)).not.toEqual(recoveryHash('u1', code))
  }
})

test('a password is kept by argon2id with 19 MiB, 2 passes and a salt of its own', async () => {
  const passwords = createPasswords({ random: seededRandom('p'), clock: wallClock() })
  const [one, two] = [
    await passwords.made('four words make enough', { name: 'n' }),
    await passwords.made('four words make enough', { name: 'n' }),
  ]
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(two).not.toBe(one)
  expect(await passwords.isRight('four words make enough', one)).toBe(true)
  expect(await passwords.isRight('four words make enougH', one)).toBe(false)
  expect(await passwords.isRight('four words make enough', undefined)).toBe(false)
})

test('composed and decomposed letters are one password', async () => {
  const passwords = createPasswords({ random: systemRandom(), clock: wallClock() })
  const kept = await passwords.made('caf\u00e9 caf\u00e9 caf\u00e9', { name: 'n' })
  expect(await passwords.isRight('cafe\u0301 cafe\u0301 cafe\u0301', kept)).toBe(true)
})

test.each([
  ['elevenchars', 'at least'],
  ['x'.repeat(129), 'at most'],
  ['Password1234', 'commonest'],
  ['qwertyuiop12', 'commonest'],
  ['Welcome 2024!', 'commonest'],
  ['abababababab', 'four different'],
  ['dr.grey is here', 'account name'],
])('%s is not taken', (password, rule) => {
  expect(brokenRule(password, 'dr.grey')).toContain(rule)
})

test.each(['four words make enough', 'ünïcödé wörds count', '🐢🐇🦔🐿🦡🦦🐁🦇🐀🐈🐕🐎'])(
  '%s is',
  (password) => {
    expect(brokenRule(password, 'dr.grey')).toBeUndefined()
  },
)

test('more at once than can be worked on are sent away, and the rest are answered', async () => {
  const passwords = createPasswords({ random: systemRandom(), clock: wallClock() })
  const kept = await passwords.made('four words make enough', { name: 'n' })
  const asked = Array.from({ length: 40 }, () => passwords.isRight('four words make enough', kept))
  const settled = await Promise.allSettled(asked)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(34)
  for (const one of settled)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'SIGN_IN_SLOWED' })
})

test('waiting grows with each failure up to a bound, and the account alone is slowed least', () => {
  fc.assert(
    fc.property(fc.nat(1_000), (failures) => {
      const [pair, account] = slowedBy('n', 's')
      if (pair === undefined || account === undefined) throw new Error('no counts')
      expect(waitMs(pair, failures + 1)).toBeGreaterThanOrEqual(waitMs(pair, failures))
      expect(waitMs(pair, failures)).toBeLessThanOrEqual(15 * 60_000)
      expect(waitMs(account, failures)).toBeLessThanOrEqual(30_000)
    }),
  )
})

test('an address of IPv6 counts as its network, which one caller has whole', () => {
  const subjects = (address: string) =>
    slowedBy('n', address).map(({ subject }) => Buffer.from(subject).toString('hex'))
  const one = subjects('2001:db8:0:7::1')
  for (const same of ['2001:db8:0:7:ffff::2', '2001:0DB8:0000:0007:1:2:3:4', '2001:db8::7:0:0:0:9'])
    expect(subjects(same)).toEqual(one)
  for (const other of ['2001:db8:0:8::1', '2001:db8::1', '::1', 'fe80::1%eth0'])
    expect(subjects(other)).not.toEqual(one)
  expect(subjects('::ffff:192.0.2.1')).toEqual(subjects('192.0.2.1'))
  expect(subjects('192.0.2.1')).not.toEqual(subjects('192.0.2.2'))
})
