// Canonical JSON against RFC 8785: its own text, other people's vectors when they are there, and what
// JSON.parse can produce that a naive writer gets wrong.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalContent, canonicalize, withoutVolatile } from './canonical.ts'
import { DEPTH_MAX } from './structure.ts'
import type { Json } from './types.ts'

// cyberphone/json-canonicalization, Apache-2.0.
const vectors = fileURLToPath(new URL('../../../../shared/data/vectors/rfc8785/', import.meta.url))
const present = existsSync(vectors)

/** Any JSON value that JSON.parse can give. */
const json = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)))

function nested(depth: number): Json {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth))
}

describe('canonicalize', () => {
  it('writes the example of RFC 8785 section 3.2.2 as section 3.2.3 shows it', () => {
    const input: Json = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalize(input)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('sorts names by UTF-16 code units as in RFC 8785 section 3.2.3', () => {
    const input = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 }
    const names = [...canonicalize(input).matchAll(/:(\d)/g)].map((match) => match[1])
    expect(names.join('')).toBe('2467153')
  })

  it.each([
    // RFC 8785, appendix B: IEEE 754 bits and their text.
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ])('writes the number with bits %s as %s', (bits, text) => {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, BigInt(`0x${bits}`))
    expect(canonicalize(view.getFloat64(0))).toBe(text)
  })

  it.skipIf(!present)('agrees with the published vectors', () => {
    const names = readdirSync(`${vectors}input`)
    expect(names.length).toBeGreaterThanOrEqual(6)
    for (const name of names) {
      const input: Json = JSON.parse(readFileSync(`${vectors}input/${name}`, 'utf8'))
      expect(canonicalize(input), name).toBe(readFileSync(`${vectors}output/${name}`, 'utf8'))
    }
  })

  it('refuses what JSON cannot carry', () => {
    expect(() => canonicalize(Number.NaN)).toThrow(TypeError)
    expect(() => canonicalize({ value: JSON.parse('1e400') })).toThrow(TypeError)
  })

  it('stops at a named depth instead of ending the stack', () => {
    expect(canonicalize(nested(DEPTH_MAX))).toHaveLength(2 * DEPTH_MAX)
    expect(() => canonicalize(nested(DEPTH_MAX + 1))).toThrow(RangeError)
    expect(() => canonicalize(nested(100_000))).toThrow(RangeError)
  })

  it('keeps a member called __proto__ as any other', () => {
    const text = '{"__proto__":{"polluted":true},"a":1}'
    expect(canonicalize(JSON.parse(text))).toBe(text)
  })

  it('writes half a surrogate pair as its escape', () => {
    expect(canonicalize(JSON.parse(String.raw`"\udead"`))).toBe(String.raw`"\udead"`)
  })

  it('is a fixed point, loses nothing and ignores the order of members', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalize(value)
        expect(canonicalize(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalize(reversed(value))).toBe(text)
      }),
    )
  })

  it('sorts objects of every size', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.nat(), { maxKeys: 40 }), (object) => {
        const names = Object.keys(JSON.parse(canonicalize(object)))
        const integers = names.filter((name) => /^\d+$/.test(name))
        // JSON.parse itself puts names that look like indices first.
        const others = names.filter((name) => !integers.includes(name))
        expect(others).toEqual([...others].sort())
        expect(names).toHaveLength(Object.keys(object).length)
      }),
    )
  })
})

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member ?? null)]),
  )
}

describe('canonicalContent', () => {
  const said = { resourceType: 'Patient', id: 'p', active: true }

  it('is the same whatever the server says about when and which version', () => {
    const meta = { lastUpdated: '2026-01-01T00:00:00Z', versionId: '7' }
    expect(canonicalContent({ ...said, meta })).toBe(canonicalContent(said))
    expect(canonicalContent({ ...said, meta: {} })).toBe(canonicalContent(said))
  })

  it('keeps what else meta says', () => {
    const meta = { lastUpdated: '2026-01-01T00:00:00Z', profile: ['http://example.org/p'] }
    expect(JSON.parse(canonicalContent({ ...said, meta }))).toEqual({
      ...said,
      meta: { profile: ['http://example.org/p'] },
    })
  })

  it('leaves its argument alone', () => {
    const resource = { ...said, meta: { versionId: '1' } }
    withoutVolatile(resource)
    expect(resource.meta).toEqual({ versionId: '1' })
  })
})
