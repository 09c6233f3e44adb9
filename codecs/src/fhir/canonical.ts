// Canonical JSON after RFC 8785: one text for one value, so that equal content has equal hashes.
// It hashes nothing itself; what is volatile in a resource is decided here and nowhere else.

import { DEPTH_MAX } from './structure.ts'
import type { Json, JsonObject, Resource } from './types.ts'

/** Member names whose JSON text is kept; FHIR R4 knows fewer. Others are written each time. */
const NAMES_KEPT_MAX = 4096
/** Up to so many members, insertion sort beats the engine's. */
const SHORT = 12

const nameTexts = new Map<string, string>()

/**
 * The RFC 8785 text of a JSON value: members sorted by UTF-16 code units (section 3.2.3), numbers and
 * strings as ECMAScript writes them (sections 3.2.2.2 and 3.2.2.3). Members that are `undefined` are
 * left out. Half a surrogate pair, at which section 3.2.2.2 would have us stop, is written as its
 * escape: it has one text too, and a chart is not lost for half a character.
 *
 * Throws a TypeError for a number that JSON cannot carry (section 3.2.2.3 forbids NaN and Infinity), a
 * RangeError beyond `DEPTH_MAX`.
 */
export function canonicalize(value: Json): string {
  return textOf(value, 0)
}

function textOf(value: Json, depth: number): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('A number that is not finite has no canonical JSON')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (depth === DEPTH_MAX) throw new RangeError(`JSON nested deeper than ${DEPTH_MAX}`)
  return Array.isArray(value) ? textOfArray(value, depth) : textOfObject(value, depth)
}

function textOfArray(value: readonly Json[], depth: number): string {
  let text = '['
  for (const element of value) {
    if (text.length > 1) text += ','
    text += textOf(element, depth + 1)
  }
  return `${text}]`
}

function textOfObject(value: JsonObject, depth: number): string {
  let text = '{'
  for (const name of sortByCodeUnits(Object.keys(value))) {
    const member = value[name]
    if (member === undefined) continue
    if (text.length > 1) text += ','
    text += nameText(name)
    text += textOf(member, depth + 1)
  }
  return `${text}}`
}

function nameText(name: string): string {
  const known = nameTexts.get(name)
  if (known !== undefined) return known
  const text = `${JSON.stringify(name)}:`
  if (nameTexts.size < NAMES_KEPT_MAX) nameTexts.set(name, text)
  return text
}

/** In place. ECMAScript compares strings by code units, with `<` as with `sort`. */
function sortByCodeUnits(names: string[]): string[] {
  if (names.length > SHORT) return names.sort()
  for (let index = 1; index < names.length; index++) {
    const name = names[index] ?? ''
    let hole = index
    for (let left = names[hole - 1]; left !== undefined && left > name; left = names[hole - 1])
      names[hole--] = left
    names[hole] = name
  }
  return names
}

/**
 * The resource without what a server may change although nothing was said anew: `meta.lastUpdated`
 * and `meta.versionId` (FHIR R4, Resource.meta). An emptied `meta` goes too. The argument is kept.
 */
export function withoutVolatile(resource: Resource): Resource {
  const { meta } = resource
  if (meta === undefined || meta === null || typeof meta !== 'object' || Array.isArray(meta))
    return resource
  const { lastUpdated: _lastUpdated, versionId: _versionId, ...rest } = meta
  const { meta: _meta, ...others } = resource
  return Object.keys(rest).length === 0
    ? { ...others, resourceType: resource.resourceType }
    : { ...resource, meta: rest }
}

/** The canonical text that a content hash is taken over: without volatile members. */
export function canonicalContent(resource: Resource): string {
  return canonicalize(withoutVolatile(resource))
}
