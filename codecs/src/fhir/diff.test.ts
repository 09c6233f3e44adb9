// Differences: that they lead from one value to the other, are as small as a reader expects, and cost
// a bounded effort.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalize } from './canonical.ts'
import { apply, DIFF_COMPARISONS_MAX, diff } from './diff.ts'
import { pointerTo, pointerTokens } from './pointer.ts'
import type { Json } from './types.ts'

const patient: Json = {
  resourceType: 'Patient',
  name: [{ family: 'Alvarez', given: ['Rosa', 'Maria'] }],
  telecom: [
    { system: 'phone', value: '555-0100', use: 'home' },
    { system: 'email', value: 'rosa@example.org' },
  ],
  address: [{ line: ['1 Main St'], city: 'Springfield' }],
}

/** Small values from a small alphabet, so that two of them have much in common. */
const leaf = fc.constantFrom<Json>(null, true, 0, 1, '', 'a', 'b')
const name = fc.constantFrom('a', 'id', 'url', 'system', 'value', '__proto__', 'a/b', 'm~n', '')
const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map(objectOf),
  ),
}))

/** By way of text, so that `__proto__` is a member as JSON.parse makes it. */
function objectOf(members: readonly (readonly [string, Json])[]): Json {
  const unique = new Map(members)
  return JSON.parse(
    `{${[...unique].map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`)}}`,
  )
}

describe('diff', () => {
  it('is empty for equal values, whatever the order of members', () => {
    expect(diff({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toEqual([])
  })

  it('names each field that changed, with both values', () => {
    const after = structuredClone(patient)
    Object.assign(after, { gender: 'female', address: [{ line: ['2 Oak Ave'], city: 'Shelby' }] })
    expect(diff(patient, after)).toEqual([
      { op: 'replace', path: '/address/0/city', before: 'Springfield', after: 'Shelby' },
      { op: 'replace', path: '/address/0/line/0', before: '1 Main St', after: '2 Oak Ave' },
      { op: 'add', path: '/gender', after: 'female' },
    ])
  })

  it('shows an inserted element as one add and not as a cascade', () => {
    const before = { note: ['b', 'c', 'd', 'e'] }
    expect(diff(before, { note: ['a', 'b', 'c', 'd', 'e'] })).toEqual([
      { op: 'add', path: '/note/0', after: 'a' },
    ])
    expect(diff(before, { note: ['b', 'd', 'e'] })).toEqual([
      { op: 'remove', path: '/note/1', before: 'c' },
    ])
  })

  it('recognises a changed element by its name although others were put before it', () => {
    const before = { identifier: [{ system: 's', value: '1', use: 'old' }] }
    const after = {
      identifier: [
        { system: 's', value: '0' },
        { system: 's', value: '1', use: 'usual' },
      ],
    }
    expect(diff(before, after)).toEqual([
      { op: 'add', path: '/identifier/0', after: { system: 's', value: '0' } },
      { op: 'replace', path: '/identifier/1/use', before: 'old', after: 'usual' },
    ])
  })

  it.each([
    ['id', { id: '1' }, { id: '2' }],
    ['linkId', { linkId: '1' }, { linkId: '2' }],
    ['url', { url: 'u:1' }, { url: 'u:2' }],
    ['reference', { reference: 'A/1' }, { reference: 'A/2' }],
    ['coding', { system: 's', code: '1' }, { system: 's', code: '2' }],
  ])('tells elements apart by %s', (_kind, one, other) => {
    const before = [
      { ...one, text: 'x' },
      { ...other, text: 'y' },
    ]
    const after = [{ ...other, text: 'z' }]
    expect(diff(before, after)).toEqual([
      { op: 'remove', path: '/0', before: before[0] },
      { op: 'replace', path: '/0/text', before: 'y', after: 'z' },
    ])
  })

  it('escapes names after RFC 6901', () => {
    expect(diff({ 'a/b': 1, 'm~n': 1 }, { 'a/b': 2, 'm~n': 2 }).map(({ path }) => path)).toEqual([
      '/a~1b',
      '/m~0n',
    ])
  })

  it('takes the absence of a value for a creation or a removal of everything', () => {
    expect(diff(undefined, patient)).toEqual([{ op: 'add', path: '', after: patient }])
    expect(diff(patient, undefined)).toEqual([{ op: 'remove', path: '', before: patient }])
  })

  it('replaces an array as a whole when matching it would cost too much', () => {
    const size = Math.ceil(Math.sqrt(DIFF_COMPARISONS_MAX)) + 1
    const before = Array.from({ length: size }, (_, index) => `before ${index}`)
    const after = Array.from({ length: size }, (_, index) => `after ${index}`)
    expect(diff({ list: before }, { list: after })).toEqual([
      { op: 'replace', path: '/list', before, after },
    ])
  })

  it('spends one allowance on all arrays of a value', () => {
    const side = (word: string): Json =>
      Object.fromEntries(
        Array.from({ length: 40 }, (_, list) => [
          `list${list}`,
          Array.from({ length: 400 }, (_unused, index) => `${word} ${index}`),
        ]),
      )
    const whole = diff(side('old'), side('new')).filter(({ after }) => Array.isArray(after))
    expect(whole).toHaveLength(40 - Math.floor(DIFF_COMPARISONS_MAX / 400 ** 2))
  })

  it('is short where arrays share their head and tail, however long they are', () => {
    const before = Array.from({ length: 50_000 }, (_, index) => index)
    const after = before.with(25_000, -1)
    expect(diff(before, after)).toEqual([
      { op: 'replace', path: '/25000', before: 25_000, after: -1 },
    ])
  })

  it('leads from any value to any other when applied', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (before, after) => {
        const kept = canonicalize(before)
        const differences = diff(before, after)
        const reached = apply(before, differences)
        expect(reached === undefined ? undefined : canonicalize(reached)).toBe(canonicalize(after))
        expect(canonicalize(before)).toBe(kept)
        expect(differences.length === 0).toBe(canonicalize(before) === canonicalize(after))
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same for every order of members', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (before, after) => {
        const sorted = diff(JSON.parse(canonicalize(before)), JSON.parse(canonicalize(after)))
        expect(canonicalize(JSON.parse(JSON.stringify(diff(before, after))))).toBe(
          canonicalize(JSON.parse(JSON.stringify(sorted))),
        )
      }),
    )
  })
})

describe('apply', () => {
  it('never reaches a prototype', () => {
    const after: Json = JSON.parse('{"__proto__":{"polluted":true}}')
    const reached = apply({}, diff({}, after))
    expect(JSON.stringify(reached)).toBe('{"__proto__":{"polluted":true}}')
    expect(Object.getPrototypeOf(reached)).toBe(Object.prototype)
    expect(() => apply({}, [{ op: 'add', path: '/__proto__/polluted', after: true }])).toThrow(
      RangeError,
    )
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it.each([
    ['/missing/x', 'add'],
    ['/list/7', 'add'],
    ['/list/01', 'replace'],
    ['/list/-', 'add'],
    ['/missing', 'remove'],
    ['/list/2', 'remove'],
    ['no slash', 'add'],
    ['/bad~2escape', 'add'],
  ] as const)('refuses %s, which is no place to %s', (path, op) => {
    expect(() => apply({ list: [1, 2] }, [{ op, path, after: 1 }])).toThrow(RangeError)
  })
})

describe('pointers', () => {
  it('read the examples of RFC 6901 section 5', () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['', []],
      ['/foo/0', ['foo', '0']],
      ['/', ['']],
      ['/a~1b', ['a/b']],
      ['/m~0n', ['m~n']],
      ['/~01', ['~1']],
      ['/k"l', ['k"l']],
    ]
    for (const [pointer, tokens] of cases) {
      expect(pointerTokens(pointer)).toEqual(tokens)
      expect(tokens.reduce<string>(pointerTo, '')).toBe(pointer)
    }
  })
})
