// Bounds on the shape of a JSON value before anything walks it: nesting and numbers. It knows nothing
// of FHIR's own rules.

import type { Json, JsonObject, Resource } from './types.ts'

/** Objects and arrays within each other; FHIR R4 needs far fewer, and a walk must not end the stack. */
export const DEPTH_MAX = 64

/** FHIR R4, datatype `id`: letters, digits, `-` and `.`, 1 to 64 of them. */
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const TYPE = /^[A-Z][A-Za-z]{0,63}$/

export type StructureProblem = 'JSON_TOO_DEEP' | 'JSON_NUMBER_RANGE'

/**
 * What keeps a parsed value from being used: nesting deeper than `DEPTH_MAX`, or a number that did not
 * fit a double (`1e400` is parsed as Infinity, which RFC 8785 section 3.2.2.3 cannot write).
 */
export function structureProblem(value: Json): StructureProblem | undefined {
  return problemBelow(value, 0)
}

function problemBelow(value: Json | undefined, depth: number): StructureProblem | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'JSON_NUMBER_RANGE'
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === DEPTH_MAX) return 'JSON_TOO_DEEP'
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    const problem = problemBelow(member, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object with a `resourceType` of FHIR's form. Its `id` and content are not looked at. */
export function isResource(value: unknown): value is Resource {
  return isJsonObject(value) && typeof value.resourceType === 'string' && isType(value.resourceType)
}

/** A resource that a server gave an id of FHIR's form. */
export function isStoredResource(value: unknown): value is Resource & { readonly id: string } {
  return isResource(value) && typeof value.id === 'string' && isId(value.id)
}

/** FHIR R4, datatype `id`. */
export function isId(text: string): boolean {
  return ID.test(text)
}

function isType(text: string): boolean {
  return TYPE.test(text)
}
