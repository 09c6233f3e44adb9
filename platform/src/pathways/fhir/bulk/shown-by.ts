// Which questions about a patient would show a resource that came another way: told from the search
// plan's own parameters. Pure; a parameter that it does not know makes a row show nothing.

import type { Resource } from '@chartway/codecs/fhir'
import type { DialectSearch } from '../dialect.ts'
import { isObject } from '../outcome.ts'

/** Names of the rows about a patient that would show this resource of theirs. */
export type ShownBy = (resource: Resource) => readonly string[]

type Test = (resource: Resource) => boolean

export function shownByRows(searches: readonly DialectSearch[]): ShownBy {
  const rows = new Map<string, { readonly name: string; readonly tests: readonly Test[] }[]>()
  for (const { name, type, per, query, covers } of searches) {
    if (per !== 'patient' || !covers.includes(type)) continue
    const tests = [...new URLSearchParams(query)].map(([parameter, value]) =>
      testOf(parameter, value),
    )
    rows.set(type, [...(rows.get(type) ?? []), { name, tests }])
  }
  return (resource) =>
    (rows.get(resource.resourceType) ?? [])
      .filter(({ tests }) => tests.every((test) => test(resource)))
      .map(({ name }) => name)
}

function testOf(parameter: string, value: string): Test {
  if (value.includes('{id}')) return () => true
  if (parameter === 'status') return ({ status }) => status === value
  if (parameter === 'category') return ({ category }) => codesIn(category).includes(value)
  return () => false
}

function codesIn(value: unknown): readonly unknown[] {
  const concepts = Array.isArray(value) ? value : [value]
  return concepts.flatMap((concept) => {
    const coding = isObject(concept) && Array.isArray(concept.coding) ? concept.coding : []
    return coding.map((one) => (isObject(one) ? one.code : undefined))
  })
}
