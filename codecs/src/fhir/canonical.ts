// Canonical JSON after RFC 8785: one text for one value, so that equal content has equal hashes.
// It hashes nothing itself; what is volatile in a resource is decided here and nowhere else.

import type { Json, JsonObject, Resource } from './types.ts'

/**
 * The RFC 8785 text of a JSON value: members sorted by UTF-16 code units (section 3.2.3), numbers and
 * strings as ECMAScript writes them (sections 3.2.2.2 and 3.2.2.3). Members that are `undefined` are
 * left out.
 *
 * Throws a TypeError for a number that JSON cannot carry (section 3.2.2.3 forbids NaN and Infinity).
 */
export function canonicalize(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('A number that is not finite has no canonical JSON')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(',')}]`
  return canonicalObject(value)
}

function canonicalObject(value: JsonObject): string {
  let text = ''
  for (const name of Object.keys(value).sort()) {
    const member = value[name]
    if (member === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalize(member)}`
  }
  return `{${text}}`
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
