// NDJSON: every good line comes through, every bad one is named by its place.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFault } from './json-fault.ts'
import { type NdjsonLine, parseNdjson, parseNdjsonStream } from './ndjson.ts'
import { DEPTH_MAX } from './structure.ts'

function read(input: string | Iterable<string>, lineMax?: number): NdjsonLine[] {
  return [...parseNdjson(input, lineMax === undefined ? {} : { lineMax })]
}

describe('parseNdjson', () => {
  it('gives each value with its line, past blank lines, CRLF and a byte order mark', () => {
    expect(read('\ufeff{"a":1}\r\n\r\n  \n[2]\n3')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 4, value: [2] },
      { line: 5, value: 3 },
    ])
  })

  it('names a bad line and its column and goes on', () => {
    expect(read('{"a":1}\n{"a":tru}\n{"a":2}\n')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, problem: { code: 'NDJSON_NOT_JSON', column: 6 } },
      { line: 3, value: { a: 2 } },
    ])
  })

  it('says of a line that was cut off where it ends', () => {
    expect(read('{"a":"b')).toEqual([{ line: 1, problem: { code: 'NDJSON_NOT_JSON', column: 8 } }])
  })

  it('passes over a line beyond the limit without holding it', () => {
    const chunks = ['[1]\n"', 'x'.repeat(50), 'x'.repeat(50), '"\n[2]\n', '"', '1234567"']
    expect(read(chunks, 10)).toEqual([
      { line: 1, value: [1] },
      { line: 2, problem: { code: 'NDJSON_LINE_TOO_LONG', column: 11 } },
      { line: 3, value: [2] },
      { line: 4, value: '1234567' },
    ])
    expect(read(['"12345678', '9"'], 10)).toEqual([
      { line: 1, problem: { code: 'NDJSON_LINE_TOO_LONG', column: 11 } },
    ])
  })

  it('refuses nesting and numbers that the rest of the house could not carry', () => {
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    const lines = read(`${deep(DEPTH_MAX)}\n${deep(DEPTH_MAX + 1)}\n${deep(200_000)}\n[1e400]\n`)
    expect(lines.slice(1)).toEqual([
      { line: 2, problem: { code: 'NDJSON_TOO_DEEP', column: 1 } },
      { line: 3, problem: { code: 'NDJSON_TOO_DEEP', column: 1 } },
      { line: 4, problem: { code: 'NDJSON_NUMBER_RANGE', column: 1 } },
    ])
    expect(lines[0]).toHaveProperty('value')
  })

  it('gives the same lines however the text is cut, at once or over time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('{"a":1}', '\n', '\r\n', '"x', '"é\u2028"', ' ', 'nul', '12345'), {
          maxLength: 12,
        }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        async (parts, cuts) => {
          const text = parts.join('')
          const edges = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length]
          edges.sort((left, right) => left - right)
          const chunks = edges.slice(1).map((edge, index) => text.slice(edges[index], edge))
          const whole = read(text, 12)
          expect(read(chunks, 12)).toEqual(whole)
          expect(
            await Array.fromAsync(parseNdjsonStream(overTime(chunks), { lineMax: 12 })),
          ).toEqual(whole)
        },
      ),
    )
  })
})

async function* overTime(chunks: readonly string[]): AsyncGenerator<string> {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}

describe('jsonFault', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['"\\x"', 1],
    ['"a\tb"', 2],
    ['01', 1],
    ['1.', 1],
    ['{"a":1}}', 7],
    ["{'a':1}", 1],
    ['[1', 2],
    ['nulL', 0],
    ['[}', 1],
    ['{"a":"\\u12G4"}', 6],
  ])('finds the fault of %j at %i', (text, offset) => {
    expect(jsonFault(text)).toBe(offset)
  })

  it('agrees with JSON.parse on what is JSON', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\n"',
      '"\\',
      '1',
      '-0.5e3',
      '-',
      'null',
      ' ',
      'tru',
      '\u0007',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(token, { maxLength: 8 }).map((parts) => parts.join('')),
          fc.json(),
        ),
        (text) => {
          expect(jsonFault(text) === undefined).toBe(parses(text))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('takes a string of megabytes and nesting without end in its stride', () => {
    expect(jsonFault(`"${'x'.repeat(8_000_000)}`)).toBe(8_000_001)
    expect(jsonFault('['.repeat(1_000_000))).toBe(1_000_000)
  })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
