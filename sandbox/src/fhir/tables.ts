// What the facade declares and which combinations of parameters it answers, read from the committed
// tables. Every decision about a search starts from a row here.

import { GRADES, type Grade } from '../switches.ts'
import { list, oneOf, record, text, texts } from '../table.ts'
import combinationTable from './data/combinations.json' with { type: 'json' }
import typeTable from './data/types.json' with { type: 'json' }

const INTERACTIONS = ['search-type', 'read', 'create'] as const
const PARAMETER_TYPES = ['token', 'reference', 'date', 'string'] as const

export interface Parameter {
  readonly name: string
  readonly type: (typeof PARAMETER_TYPES)[number]
  /** Places in a resource, each a path of element names; lists are walked through. */
  readonly at: readonly (readonly string[])[]
}

export interface TypeRule {
  readonly type: string
  readonly interactions: ReadonlySet<string>
  readonly profile: string | undefined
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly includes: readonly string[]
  readonly revincludes: readonly string[]
}

const file = record(typeTable, 'types')

/** The 36 types in the order the vendor declares them. */
export const TYPES: ReadonlyMap<string, TypeRule> = new Map(
  list(file.types, 'types').map((row) => {
    const rule = typeRule(record(row, 'types'))
    return [rule.type, rule]
  }),
)

/** Where an include that names no search parameter points, by `Type:name`. */
export const LINKS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  Object.entries(record(file.links, 'links')).map(([name, at]) => [name, paths(texts(at, name))]),
)

function typeRule(row: Readonly<Record<string, unknown>>): TypeRule {
  const type = text(row.type, 'type')
  const parameters = Object.entries(record(row.parameters, type)).map(([name, cell]) => {
    const [kind, ...at] = text(cell, `${type}.${name}`).split(' ')
    const parameter = { name, type: oneOf(kind, PARAMETER_TYPES, `${type}.${name}`), at: paths(at) }
    return [name, parameter] as const
  })
  const interactions = texts(row.interactions, type)
  return {
    type,
    interactions: new Set(interactions.map((each) => oneOf(each, INTERACTIONS, type))),
    profile: row.profile === undefined ? undefined : text(row.profile, type),
    parameters: new Map(parameters),
    includes: texts(row.includes, type),
    revincludes: texts(row.revincludes, type),
  }
}

function paths(at: readonly string[]): readonly (readonly string[])[] {
  return at.map((path) => path.split('.'))
}

/** How one set of parameters is answered, and how well that is known. */
export interface Combination {
  readonly type: string
  readonly parameters: readonly string[]
  /** `needs` is refused as an unknown combination is; `needs` below names what would be answered. */
  readonly answer: 'ok' | 'unknown-combination' | 'needs'
  readonly grade: Grade
  readonly source: string
  readonly needs: ReadonlyMap<string, readonly string[]>
  /** Values known to be answered, by parameter; see the switch `unlisted-value`. */
  readonly answers: ReadonlyMap<string, readonly string[]>
}

const ANSWERS = ['ok', 'unknown-combination', 'needs'] as const

export const COMBINATIONS: readonly Combination[] = list(combinationTable, 'combinations').map(
  (cell) => {
    const row = record(cell, 'combinations')
    const type = text(row.type, 'type')
    const parameters = texts(row.parameters, type)
    const where = `${type}?${parameters.join('&')}`
    return {
      type,
      parameters,
      answer: oneOf(row.answer, ANSWERS, where),
      grade: oneOf(row.grade, GRADES, where),
      source: text(row.source, where),
      needs: values(row.needs, where),
      answers: values(row.answers, where),
    }
  },
)

function values(cell: unknown, where: string): ReadonlyMap<string, readonly string[]> {
  const entries = Object.entries(record(cell ?? {}, where))
  return new Map(entries.map(([name, each]) => [name, texts(each, where)]))
}

const BY_SET: ReadonlyMap<string, Combination> = new Map(
  COMBINATIONS.map((row) => [keyOf(row.type, row.parameters), row]),
)

/** The row for this set of parameter names, in any order; undefined when the vendor has none. */
export function combinationOf(type: string, names: Iterable<string>): Combination | undefined {
  return BY_SET.get(keyOf(type, [...new Set(names)]))
}

function keyOf(type: string, names: readonly string[]): string {
  return `${type}?${names.toSorted().join('&')}`
}
