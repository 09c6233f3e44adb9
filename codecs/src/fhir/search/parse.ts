// Reads a search: which parameters, with which modifiers, meaning what. What it cannot serve is a
// problem with the parameter's name and never its value; what it does not know is named as ignored.

import { parameterOf } from './parameters.ts'
import { PAIRS_MAX, type Pair, splitAt } from './query-text.ts'
import type {
  Criterion,
  Include,
  Modifier,
  Search,
  SearchContext,
  SearchParameter,
  SearchProblem,
  SearchProblemCode,
  SearchValue,
  SortKey,
} from './types.ts'
import { readValue } from './value.ts'

/** Values of one parameter, any of which may hold. */
export const VALUES_MAX = 500
const COUNT_DIGITS_MAX = 9

type Reading = {
  -readonly [Name in keyof Search]: Search[Name] extends readonly (infer Item)[]
    ? Item[]
    : Search[Name]
}

/**
 * The search for resources of a type, out of a query's pairs. Parameters that say how an answer is to be
 * written (`_format`, `_pretty`) are passed over: they are the reader's of the request.
 */
export function parseSearch(type: string, pairs: readonly Pair[], context: SearchContext): Search {
  const reading: Reading = {
    type,
    criteria: [],
    sort: [],
    includes: [],
    revincludes: [],
    count: undefined,
    total: undefined,
    summary: undefined,
    elements: [],
    ignored: [],
    problems: [],
  }
  if (pairs.length > PAIRS_MAX) {
    reading.problems.push({ code: 'SEARCH_PARAMETERS_TOO_MANY', parameter: '' })
    return reading
  }
  for (const [name, value] of pairs) {
    const [own = ''] = name.split(':')
    // A name of every object's own, such as `constructor`, is no control.
    const control = Object.hasOwn(CONTROLS, own) ? CONTROLS[own] : undefined
    if (control !== undefined) control(reading, name, value)
    else readParameter(reading, name, value, context)
  }
  return reading
}

function problem(reading: Reading, code: SearchProblemCode, parameter: string): void {
  reading.problems.push({ code, parameter })
}

function readParameter(
  reading: Reading,
  name: string,
  value: string,
  context: SearchContext,
): void {
  if (name.startsWith('_has:')) {
    problem(reading, 'SEARCH_HAS_NOT_SERVED', '_has')
    return
  }
  const read = readCriterion({ type: reading.type, name, value, chained: false }, context)
  if (read === undefined) reading.ignored.push(name)
  else if ('code' in read) reading.problems.push(read)
  else reading.criteria.push(read)
}

interface Written {
  readonly type: string
  readonly name: string
  readonly value: string
  /** True on the far side of a chain, which has no chain of its own. */
  readonly chained: boolean
}

/** Undefined when the type has no such parameter. */
function readCriterion(
  written: Written,
  context: SearchContext,
): Criterion | SearchProblem | undefined {
  const { type, name } = written
  const dot = name.indexOf('.')
  const [own = '', modifier, ...more] = (dot === -1 ? name : name.slice(0, dot)).split(':')
  const parameter = parameterOf(type, own)
  if (parameter === undefined) return undefined
  if (more.length > 0) return { code: 'SEARCH_MODIFIER_NOT_SERVED', parameter: own }
  if (dot !== -1) return readChain(written, { parameter, target: modifier, dot }, context)
  const how = modifierOf(parameter, modifier)
  if (how === undefined) return { code: 'SEARCH_MODIFIER_NOT_SERVED', parameter: own }
  const texts = splitAt(written.value, ',')
  if (texts.length > VALUES_MAX) return { code: 'SEARCH_VALUES_TOO_MANY', parameter: own }
  const values: SearchValue[] = []
  for (const text of texts) {
    const value = readValue(text, parameter, how, context)
    if (value === undefined) return { code: 'SEARCH_VALUE_INVALID', parameter: own }
    values.push(value)
  }
  return { name, parameter, modifier: how.modifier, values, chain: [] }
}

/** FHIR R4, search.html 3.1.1.4.13: one level, of one type when the chain names it, else of all it may be. */
function readChain(
  written: Written,
  link: {
    readonly parameter: SearchParameter
    readonly target: string | undefined
    readonly dot: number
  },
  context: SearchContext,
): Criterion | SearchProblem {
  const { parameter, target, dot } = link
  const refused: SearchProblem = { code: 'SEARCH_CHAIN_NOT_SERVED', parameter: parameter.name }
  const far = written.name.slice(dot + 1)
  if (parameter.type !== 'reference' || written.chained || far.includes('.')) return refused
  const allowed = target === undefined || parameter.targets.length === 0
  if (!allowed && !parameter.targets.includes(target)) return refused
  const types = target === undefined ? parameter.targets : [target]
  const chain: { type: string; criterion: Criterion }[] = []
  for (const type of types) {
    const read = readCriterion({ type, name: far, value: written.value, chained: true }, context)
    if (read === undefined) continue
    if ('code' in read) return { ...read, parameter: `${parameter.name}.${read.parameter}` }
    chain.push({ type, criterion: read })
  }
  if (chain.length === 0) return refused
  return { name: written.name, parameter, modifier: undefined, values: [], chain }
}

const MODIFIERS: Readonly<Record<SearchParameter['type'], readonly Modifier[]>> = {
  string: ['missing', 'exact', 'contains'],
  token: ['missing', 'not', 'text'],
  reference: ['missing', 'identifier'],
  date: ['missing'],
  uri: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
}

/** A modifier of the parameter's type, or the type that a reference is to point at. */
function modifierOf(
  parameter: SearchParameter,
  text: string | undefined,
): { readonly modifier: Modifier | undefined; readonly target: string | undefined } | undefined {
  if (text === undefined) return { modifier: undefined, target: undefined }
  const modifier = MODIFIERS[parameter.type].find((one) => one === text)
  if (modifier !== undefined) return { modifier, target: undefined }
  const isTarget =
    parameter.type === 'reference' &&
    (parameter.targets.length === 0
      ? /^[A-Z][A-Za-z]+$/.test(text)
      : parameter.targets.includes(text))
  return isTarget ? { modifier: undefined, target: text } : undefined
}

type Control = (reading: Reading, name: string, value: string) => void

/** FHIR R4, search.html 3.1.1.5: what says how the answer is to be made. */
const CONTROLS: Readonly<Record<string, Control | undefined>> = {
  _count: (reading, name, value) => {
    if (!/^\d+$/.test(value) || value.length > COUNT_DIGITS_MAX)
      problem(reading, 'SEARCH_VALUE_INVALID', name)
    else reading.count = Number(value)
  },
  _sort: (reading, name, value) => {
    for (const text of value.split(',')) readSort(reading, name, text)
  },
  _total: (reading, name, value) => {
    if (value === 'none' || value === 'estimate' || value === 'accurate') reading.total = value
    else problem(reading, 'SEARCH_VALUE_INVALID', name)
  },
  _summary: (reading, name, value) => {
    if (value === 'count' || value === 'data') reading.summary = value
    else if (value === 'false') reading.summary = undefined
    else if (value === 'true' || value === 'text')
      problem(reading, 'SEARCH_SUMMARY_NOT_SERVED', name)
    else problem(reading, 'SEARCH_VALUE_INVALID', name)
  },
  _elements: (reading, name, value) => {
    const names = value.split(',').map((text) => text.slice(text.indexOf('.') + 1))
    if (names.some((text) => !/^[A-Za-z]{1,64}$/.test(text)))
      problem(reading, 'SEARCH_VALUE_INVALID', name)
    else reading.elements.push(...names)
  },
  _include: (reading, name, value) => readInclude(reading, reading.includes, name, value),
  _revinclude: (reading, name, value) => readInclude(reading, reading.revincludes, name, value),
  _format: () => {},
  _pretty: () => {},
}

const SORTED: ReadonlySet<string> = new Set(['date', 'string', 'token', 'uri'])

function readSort(reading: Reading, name: string, text: string): void {
  const descending = text.startsWith('-')
  const parameter = parameterOf(reading.type, descending ? text.slice(1) : text)
  if (parameter === undefined || !SORTED.has(parameter.type) || parameter.form !== undefined)
    problem(reading, 'SEARCH_SORT_NOT_SERVED', name)
  else reading.sort.push({ parameter, descending } satisfies SortKey)
}

/** `Type:parameter` or `Type:parameter:Target`, in the type's own name. */
function readInclude(reading: Reading, into: Include[], name: string, value: string): void {
  const [, modifier] = name.split(':')
  const [type = '', own = '', target, ...more] = value.split(':')
  const parameter = parameterOf(type, own)
  const points = parameter?.type === 'reference' && more.length === 0
  const here = into === reading.includes ? type === reading.type : pointsAt(parameter, reading.type)
  const fits = target === undefined || pointsAt(parameter, target)
  if (modifier === 'iterate' || modifier === 'recurse')
    problem(reading, 'SEARCH_ITERATE_NOT_SERVED', name)
  else if (modifier !== undefined) problem(reading, 'SEARCH_MODIFIER_NOT_SERVED', name)
  else if (parameter === undefined || !points || !here || !fits)
    problem(reading, 'SEARCH_INCLUDE_NOT_SERVED', name)
  else into.push({ text: value, type, parameter, target })
}

function pointsAt(parameter: SearchParameter | undefined, type: string): boolean {
  if (parameter === undefined) return false
  return parameter.targets.length === 0 || parameter.targets.includes(type)
}
