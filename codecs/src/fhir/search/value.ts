// One value of a search parameter, read by the parameter's type: FHIR R4, search.html 3.1.1.4. It
// compares nothing.

import { isId } from '../structure.ts'
import { rangeOfDate } from './date.ts'
import { splitAt, unescaped } from './query-text.ts'
import type {
  Modifier,
  NumberValue,
  Prefix,
  QuantityValue,
  ReferenceValue,
  SearchContext,
  SearchParameter,
  SearchValue,
  TokenValue,
} from './types.ts'

/** Characters of one value; longer than any URL that names a code system and its code. */
export const VALUE_LENGTH_MAX = 1000

const PREFIXES: ReadonlySet<string> = new Set<Prefix>([
  'eq',
  'ne',
  'gt',
  'lt',
  'ge',
  'le',
  'sa',
  'eb',
  'ap',
])
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$/

/** The value with its escapes still in it. Undefined when it is none of the parameter's type. */
export function readValue(
  text: string,
  parameter: SearchParameter,
  how: { readonly modifier: Modifier | undefined; readonly target: string | undefined },
  context: SearchContext,
): SearchValue | undefined {
  if (text === '' || text.length > VALUE_LENGTH_MAX) return undefined
  if (how.modifier === 'missing') return readMissing(text)
  if (how.modifier === 'text') return { kind: 'string', text: unescaped(text) }
  if (how.modifier === 'identifier') return readToken(text)
  switch (parameter.type) {
    case 'string':
      return { kind: 'string', text: unescaped(text) }
    case 'uri':
      return { kind: 'uri', uri: unescaped(text) }
    case 'token':
      return readToken(text)
    case 'reference':
      return readReference(unescaped(text), parameter, how.target, context)
    case 'date':
      return readDate(text, context)
    case 'number':
      return readNumber(text)
    case 'quantity':
      return readQuantity(text)
  }
}

function readMissing(text: string): SearchValue | undefined {
  return text === 'true' || text === 'false'
    ? { kind: 'missing', missing: text === 'true' }
    : undefined
}

/** `code`, `system|code`, `|code` (no system) or `system|` (any code of it). */
function readToken(text: string): TokenValue | undefined {
  const [first = '', second, ...more] = splitAt(text, '|').map(unescaped)
  if (more.length > 0) return undefined
  if (second === undefined) return { kind: 'token', system: undefined, code: first }
  if (first === '' && second === '') return undefined
  return { kind: 'token', system: first, code: second === '' ? undefined : second }
}

/** `id`, `Type/id`, or a URL; one below a base of ours is a `Type/id`. A version in it is not compared. */
function readReference(
  text: string,
  parameter: SearchParameter,
  target: string | undefined,
  context: SearchContext,
): ReferenceValue | undefined {
  const found = readReferenceText(text, context.bases)
  if (found.url !== undefined) {
    if (isId(text)) return { kind: 'reference', type: target, id: text, url: undefined }
    return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && target === undefined ? found : undefined
  }
  if (target !== undefined && found.type !== target) return undefined
  if (parameter.targets.length > 0 && !parameter.targets.includes(found.type ?? ''))
    return undefined
  return found
}

/** What a reference names, on either side of a comparison. */
export function readReferenceText(text: string, bases: readonly string[]): ReferenceValue {
  const base = bases.find((one) => text.startsWith(`${one}/`))
  const local = base === undefined ? text : text.slice(base.length + 1)
  const [, type, id] =
    /^([A-Z][A-Za-z]{0,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(
      local,
    ) ?? []
  if (type === undefined || id === undefined)
    return { kind: 'reference', type: undefined, id: undefined, url: text }
  return { kind: 'reference', type, id, url: undefined }
}

function prefixed(text: string): readonly [Prefix, string] {
  const first = text.slice(0, 2)
  return isPrefix(first) ? [first, text.slice(2)] : ['eq', text]
}

function isPrefix(text: string): text is Prefix {
  return PREFIXES.has(text)
}

function readDate(text: string, { timeZone }: SearchContext): SearchValue | undefined {
  const [prefix, rest] = prefixed(text)
  const range = rangeOfDate(rest, timeZone)
  return range === undefined ? undefined : { kind: 'date', prefix, range }
}

function readNumber(text: string): NumberValue | undefined {
  const [prefix, rest] = prefixed(text)
  if (!NUMBER.test(rest)) return undefined
  const value = Number(rest)
  if (!Number.isFinite(value)) return undefined
  const half = precisionOf(rest) / 2
  return { kind: 'number', prefix, value, range: { low: value - half, high: value + half } }
}

/** The value of the last digit written: 0.01 of `2.50`, 1 of `100`, 100 of `1e2`. */
function precisionOf(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const decimals = mantissa.split('.')[1]?.length ?? 0
  return 10 ** (Number(exponent) - decimals)
}

/** `5.4`, `5.4|http://unitsofmeasure.org|mg` or `5.4||mg`. */
function readQuantity(text: string): QuantityValue | undefined {
  const [first = '', system, unit, ...more] = splitAt(text, '|').map(unescaped)
  const number = readNumber(first)
  if (number === undefined || more.length > 0) return undefined
  return {
    ...number,
    kind: 'quantity',
    system: system === '' ? undefined : system,
    code: unit === '' ? undefined : unit,
  }
}
