// Turns one parameter and its value into a test on resources. What a resource holds is looked up once
// per resource version and remembered as long as that version lives.

import type { Resource } from '@chartway/codecs/fhir'
import type { Zone } from '../zone.ts'
import { dateTest, type Range } from './dates.ts'
import type { Parameter } from './tables.ts'
import { digits, fold, ranges, references, strings, type Token, tokens } from './values.ts'

export type Test = (resource: Resource) => boolean

export interface MatchOptions {
  readonly zone: Zone
  readonly open: 'instant' | 'unbounded'
  /** Whether a comma separates alternatives. */
  readonly commaIsOr: boolean
  readonly now: number
}

/** A value that cannot be read, in words for the client. */
export interface Unreadable {
  readonly unreadable: string
}

/** The test for `value`, or why it cannot be read. Clauses: FHIR R4 search 3.1.1.5. */
export function testFor(
  parameter: Parameter,
  value: string,
  options: MatchOptions,
): Test | Unreadable {
  const alternatives = options.commaIsOr ? value.split(',') : [value]
  const tests: Test[] = []
  for (const alternative of alternatives) {
    const test = single(parameter, alternative, options)
    if (typeof test !== 'function') return test
    tests.push(test)
  }
  const [first] = tests
  if (first !== undefined && tests.length === 1) return first
  return (resource) => tests.some((test) => test(resource))
}

function single(parameter: Parameter, value: string, options: MatchOptions): Test | Unreadable {
  switch (parameter.type) {
    case 'token':
      return tokenTest(parameter, value)
    case 'reference':
      return referenceTest(parameter, value)
    case 'string': {
      const wanted = fold(value)
      return (resource) => stringsIn(parameter, resource).some((each) => each.startsWith(wanted))
    }
    case 'date': {
      const test = dateTest(value, options.zone, options.now)
      if (test === undefined) return { unreadable: `Invalid date/time format: "${value}"` }
      return (resource) => rangesIn(parameter, resource, options).some(test)
    }
  }
}

function tokenTest(parameter: Parameter, value: string): Test {
  const bar = value.indexOf('|')
  const system = bar < 0 ? undefined : value.slice(0, bar)
  const code = value.slice(bar + 1)
  const isPhone = parameter.at.some((path) => path.at(-1) === 'telecom')
  const wanted = isPhone ? digits(code) : code
  const matches = (token: Token) =>
    (wanted === '' || token.code === wanted) &&
    (system === undefined || (token.system ?? '') === system)
  return (resource) => tokensIn(parameter, resource).some(matches)
}

function referenceTest(parameter: Parameter, value: string): Test {
  const [type, id] = /([A-Z][A-Za-z]+)\/([^/]+)$/.exec(value)?.slice(1) ?? [undefined, value]
  const matches =
    type === undefined
      ? (reference: string) => reference.endsWith(`/${id}`)
      : (reference: string) => reference === `${type}/${id}`
  return (resource) => referencesIn(parameter, resource).some(matches)
}

/** Remembers per parameter and resource version; a version's content never changes. */
function remembered<T>(
  read: (resource: Resource, parameter: Parameter) => T,
): (parameter: Parameter, resource: Resource) => T {
  const byParameter = new WeakMap<Parameter, WeakMap<Resource, T>>()
  return (parameter, resource) => {
    let memory = byParameter.get(parameter)
    if (memory === undefined) {
      memory = new WeakMap()
      byParameter.set(parameter, memory)
    }
    let value = memory.get(resource)
    if (value === undefined) {
      value = read(resource, parameter)
      memory.set(resource, value)
    }
    return value
  }
}

const tokensIn = remembered((resource, parameter) => tokens(resource, parameter.at))
const stringsIn = remembered((resource, parameter) => strings(resource, parameter.at))
export const referencesIn = remembered((resource, parameter) => references(resource, parameter.at))

type RangeReader = (parameter: Parameter, resource: Resource) => Range[]
const rangeReaders = new WeakMap<Zone, { instant: RangeReader; unbounded: RangeReader }>()

function rangesIn(parameter: Parameter, resource: Resource, options: MatchOptions): Range[] {
  const { zone, open } = options
  let readers = rangeReaders.get(zone)
  if (readers === undefined) {
    readers = { instant: rangeReader(zone, 'instant'), unbounded: rangeReader(zone, 'unbounded') }
    rangeReaders.set(zone, readers)
  }
  return readers[open](parameter, resource)
}

function rangeReader(zone: Zone, open: MatchOptions['open']): RangeReader {
  return remembered((resource, parameter) => ranges(resource, parameter.at, { zone, open }))
}
