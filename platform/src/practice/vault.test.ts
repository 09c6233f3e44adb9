// Envelopes: what opens, and the many ways in which one must not.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OrganizationId, organizationId } from '../kernel/ids.ts'
import { seededRandom } from '../kernel/random.ts'
import { type EnvelopePlace, keyIdOf, open, type SealingKey, seal } from './vault.ts'

const random = seededRandom('vault')
const key: SealingKey = { id: 'k1', bytes: random.bytes(32) }
const north = id('north')
const place: EnvelopePlace = {
  organization: north,
  table: 'credentials',
  column: 'envelope',
  rowKey: ['elm', 'password'],
}
const UNREADABLE = expect.objectContaining({ code: 'CREDENTIAL_UNREADABLE' })

function id(text: string): OrganizationId {
  const made = organizationId(text)
  if (made === undefined) throw new Error(text)
  return made
}

test('any bytes come back, each time from another envelope that does not show them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (plain) => {
      const one = seal(key, place, plain, random)
      const two = seal(key, place, plain, random)
      expect(Buffer.from(open(key, place, one))).toEqual(Buffer.from(plain))
      expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false)
      if (plain.length > 8) expect(Buffer.from(one).includes(Buffer.from(plain))).toBe(false)
      expect(keyIdOf(one)).toBe('k1')
    }),
  )
})

describe('an envelope does not open', () => {
  const envelope = seal(key, place, Buffer.from('secret'), random)

  test.each<[string, Partial<EnvelopePlace>]>([
    ['for another tenant', { organization: id('south') }],
    ['in another table', { table: 'signing_keys' }],
    ['in another column', { column: 'other' }],
    ['in another row', { rowKey: ['elm', 'token'] }],
    ['in the row of another practice', { rowKey: ['oak', 'password'] }],
    ['in a row whose key reads the same when joined', { rowKey: ['elm/password'] }],
  ])('%s', (_, difference) => {
    expect(() => open(key, { ...place, ...difference }, envelope)).toThrow(UNREADABLE)
  })

  test('with another key, or one that took the id of the first', () => {
    const other = random.bytes(32)
    expect(() => open({ id: 'k2', bytes: key.bytes }, place, envelope)).toThrow(UNREADABLE)
    expect(() => open({ id: 'k1', bytes: other }, place, envelope)).toThrow(UNREADABLE)
  })

  test('as another version', () => {
    for (const version of [0, 2, 255]) {
      const changed = Buffer.from(envelope)
      changed[0] = version
      expect(() => open(key, place, changed)).toThrow(UNREADABLE)
    }
  })

  test('with any one bit changed, or cut anywhere', () => {
    for (let bit = 0; bit < envelope.length * 8; bit++) {
      const changed = Buffer.from(envelope)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => open(key, place, changed)).toThrow(UNREADABLE)
    }
    for (let length = 0; length < envelope.length; length++) {
      expect(() => open(key, place, envelope.subarray(0, length))).toThrow(UNREADABLE)
    }
  })
})
