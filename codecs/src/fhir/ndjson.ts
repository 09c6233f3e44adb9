// Newline-delimited JSON, one value a line: a bad line is reported by its number and the others go on.
// It does not ask what the values are.

import { jsonFault } from './json-fault.ts'
import { structureProblem } from './structure.ts'
import type { Json } from './types.ts'

/** UTF-16 code units of one line: above it the line is skipped and never held as a whole. */
export const NDJSON_LINE_MAX = 16 * 1024 * 1024

export type NdjsonCode =
  | 'NDJSON_NOT_JSON'
  | 'NDJSON_LINE_TOO_LONG'
  | 'NDJSON_TOO_DEEP'
  | 'NDJSON_NUMBER_RANGE'

export interface NdjsonProblem {
  readonly code: NdjsonCode
  /** Counted from 1 in UTF-16 code units; 1 when the fault is the line's as a whole. */
  readonly column: number
}

/** `line` counts from 1 and counts blank lines, which are passed over, too. */
export type NdjsonLine =
  | { readonly line: number; readonly value: Json }
  | { readonly line: number; readonly problem: NdjsonProblem }

export interface NdjsonOptions {
  readonly lineMax?: number
}

/**
 * The lines of a text, or of its chunks cut anywhere. Lines end in LF or CRLF, the last one may end
 * without; a byte order mark before the first is passed over (RFC 8259 section 8.1).
 */
export function* parseNdjson(
  input: string | Iterable<string>,
  options: NdjsonOptions = {},
): Generator<NdjsonLine, void, undefined> {
  const cutter = lineCutter(options.lineMax ?? NDJSON_LINE_MAX)
  for (const chunk of typeof input === 'string' ? [input] : input) yield* cutter.push(chunk)
  yield* cutter.end()
}

/** As `parseNdjson`, for chunks that arrive over time. */
export async function* parseNdjsonStream(
  chunks: AsyncIterable<string>,
  options: NdjsonOptions = {},
): AsyncGenerator<NdjsonLine, void, undefined> {
  const cutter = lineCutter(options.lineMax ?? NDJSON_LINE_MAX)
  for await (const chunk of chunks) yield* cutter.push(chunk)
  yield* cutter.end()
}

function lineCutter(lineMax: number) {
  let rest = ''
  let line = 0
  /** The line has passed the limit: what is left of it is dropped as it comes. */
  let tooLong = false

  function* finish(tail: string): Generator<NdjsonLine, void, undefined> {
    line += 1
    const text = rest + tail
    rest = ''
    if (tooLong || text.length > lineMax)
      yield { line, problem: { code: 'NDJSON_LINE_TOO_LONG', column: lineMax + 1 } }
    else if (!/^[ \t\r]*$/.test(text)) yield parseLine(text, line)
    tooLong = false
  }

  return {
    *push(chunk: string): Generator<NdjsonLine, void, undefined> {
      let start = line === 0 && rest === '' && !tooLong && chunk.startsWith('\ufeff') ? 1 : 0
      for (let end = chunk.indexOf('\n', start); end !== -1; end = chunk.indexOf('\n', start)) {
        yield* finish(chunk.slice(start, end))
        start = end + 1
      }
      if (!tooLong) rest += chunk.slice(start)
      if (rest.length <= lineMax) return
      tooLong = true
      rest = ''
    },
    *end(): Generator<NdjsonLine, void, undefined> {
      if (rest !== '' || tooLong) yield* finish('')
    },
  }
}

function parseLine(text: string, line: number): NdjsonLine {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return { line, problem: { code: 'NDJSON_NOT_JSON', column: (jsonFault(text) ?? 0) + 1 } }
  }
  const found = structureProblem(value)
  if (found === undefined) return { line, value }
  const code = found === 'JSON_TOO_DEEP' ? 'NDJSON_TOO_DEEP' : 'NDJSON_NUMBER_RANGE'
  return { line, problem: { code, column: 1 } }
}
