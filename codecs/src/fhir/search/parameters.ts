// Which search parameters a type has: one table for every type that is held. What is not in it is not
// served, however common it is elsewhere.

import { CHART_PARAMETERS } from './chart-parameters.ts'
import type { ParameterRows } from './parameter-table.ts'
import { EVERY_TYPE, PEOPLE_PARAMETERS } from './people-parameters.ts'
import type { SearchParameter } from './types.ts'

const TABLES: Readonly<Record<string, ParameterRows>> = {
  ...CHART_PARAMETERS,
  ...PEOPLE_PARAMETERS,
}

const BY_TYPE: ReadonlyMap<string, ReadonlyMap<string, SearchParameter>> = new Map(
  Object.entries(TABLES).map(([type, rows]) => [type, named({ ...EVERY_TYPE, ...rows })]),
)

function named(rows: ParameterRows): ReadonlyMap<string, SearchParameter> {
  return new Map(
    Object.entries(rows)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, row]) => [name, { name, ...row }]),
  )
}

/** Types that can be searched, in order. */
export const SEARCHED_TYPES: readonly string[] = [...BY_TYPE.keys()].sort()

/** In the order of their names; none for a type that is not held. */
export function parametersOf(type: string): readonly SearchParameter[] {
  return [...(BY_TYPE.get(type)?.values() ?? [])]
}

export function parameterOf(type: string, name: string): SearchParameter | undefined {
  return BY_TYPE.get(type)?.get(name)
}
