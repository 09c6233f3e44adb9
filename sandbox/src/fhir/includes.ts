// Resolves `_include` and `_revinclude` as the vendor declares them. What cannot be resolved in the
// practice is left out, as a missing reference is.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { PracticeView } from '../world/index.ts'
import { LINKS, TYPES, type TypeRule } from './tables.ts'
import { isObject, localReference, references } from './values.ts'

/** Included resources of one answer at most; what lies beyond is left out. */
const INCLUDED_MAX = 1000

export interface Inclusion {
  readonly includes: readonly string[]
  readonly revincludes: readonly string[]
}

/** The first value the type does not declare, as the parameter and the value. */
export function undeclared(rule: TypeRule, wanted: Inclusion): [string, string] | undefined {
  const include = wanted.includes.find((each) => !rule.includes.includes(each))
  if (include !== undefined) return ['_include', include]
  const revinclude = wanted.revincludes.find((each) => !rule.revincludes.includes(each))
  return revinclude === undefined ? undefined : ['_revinclude', revinclude]
}

/** Resources to add to `matches`, each once and none of the matches again. */
export function included(
  view: PracticeView,
  matches: readonly Resource[],
  wanted: Inclusion,
  instant: number,
): Resource[] {
  const seen = new Set(matches.map(keyOf))
  const added: Resource[] = []
  const add = (resource: Resource) => {
    if (added.length >= INCLUDED_MAX || seen.has(keyOf(resource))) return
    seen.add(keyOf(resource))
    added.push(resource)
  }
  for (const include of wanted.includes) {
    for (const match of matches) {
      for (const reference of pointed(match, include)) {
        const [type = '', id = ''] = reference.split('/')
        const resource = view.get(type, id, instant)
        if (resource !== undefined) add(resource)
      }
    }
  }
  const targets = new Set(matches.map(keyOf))
  for (const revinclude of wanted.revincludes) {
    for (const resource of pointing(view, revinclude, targets, instant)) add(resource)
  }
  return added
}

function keyOf(resource: Resource): string {
  return `${resource.resourceType}/${resource.id}`
}

function pointed(resource: Resource, include: string): Iterable<string> {
  return include === '*' ? allReferences(resource) : references(resource, placesOf(include))
}

/** Where `Type:name` points: a reference parameter of the type, or a link of the table. */
function placesOf(name: string): readonly (readonly string[])[] {
  const [type = '', parameter = ''] = name.split(':')
  return LINKS.get(name) ?? TYPES.get(type)?.parameters.get(parameter)?.at ?? []
}

function* pointing(
  view: PracticeView,
  revinclude: string,
  targets: ReadonlySet<string>,
  instant: number,
): Iterable<Resource> {
  const name = revinclude === '*' ? 'Provenance:target' : revinclude
  const places = placesOf(name)
  for (const resource of view.list(name.split(':')[0] ?? '', instant)) {
    if (references(resource, places).some((each) => targets.has(each))) yield resource
  }
}

function* allReferences(value: Json | undefined): Iterable<string> {
  if (Array.isArray(value)) for (const each of value) yield* allReferences(each)
  else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      const local = name === 'reference' && typeof each === 'string' && localReference(each)
      if (typeof local === 'string') yield local
      else yield* allReferences(each)
    }
  }
}
