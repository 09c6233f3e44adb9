// Repairs of the vendor's dirt, each by a named rule, with the original kept; and their undoing.
// Pure; works on the given resource in place, which its caller has just parsed and owns.

import { DEPTH_MAX, type Json, type JsonObject, type Resource } from '@chartway/codecs/fhir'
import type { Repair } from '../contract.ts'
import { relativeReference } from './address.ts'
import type { ConnectionDialect } from './dialect.ts'
import { isObject } from './outcome.ts'

/** Strictly a JSON number of at most fifteen digits, which a double holds exactly. */
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,14})?$/
const DIGITS_MAX = 15

export type RepairTables = Pick<
  ConnectionDialect,
  'sentinels' | 'systems' | 'hosts' | 'numericLaboratoryStrings'
> & { readonly baseUrl: string }

/**
 * Applies every rule and tells what was changed:
 * - `sentinel-…` (dialect): a date that stands for "none" is removed;
 * - `numeric-string`: a laboratory result `valueString: "12"` becomes `valueQuantity: {value: 12}`;
 * - `code-system`: a malformed system becomes the one it means;
 * - `absolute-reference`: a reference to the vendor's own host becomes relative;
 * - `absolute-attachment`: the same for an attachment's `url`, whose `&amp;` are unescaped.
 * Returns undefined when the resource has no canonical form (`structureProblem`): nested deeper than
 * DEPTH_MAX, or with a number that no double holds.
 */
export function repair(resource: Resource, tables: RepairTables): Repair[] | undefined {
  const repairs: Repair[] = []
  repairSentinels(resource, tables, repairs)
  if (tables.numericLaboratoryStrings) repairNumber(resource, repairs)
  const whole = walk(resource, [], (parent, name, text, trail) => {
    const found = textRule(parent, name, text, tables)
    if (found === undefined) return
    parent[name] = found.repaired
    const path = trail.map((step) => `/${escapePointer(String(step))}`).join('')
    repairs.push({ path, rule: found.rule, original: text, repaired: found.repaired })
  })
  return whole ? repairs : undefined
}

/** Gives back the resource as it was on the wire. Takes a copy; changes nothing. */
export function undoRepairs<T extends JsonObject>(resource: T, repairs: readonly Repair[]): T {
  const copy = structuredClone(resource)
  for (const { path, original } of repairs.toReversed()) {
    const names = path.slice(1).split('/').map(unescapePointer)
    const last = names.pop() ?? ''
    let parent: unknown = copy
    for (const name of names) parent = memberOf(parent, name)
    if (!isObject(parent)) continue
    if (original === undefined) delete parent[last]
    else parent[last] = structuredClone(original) as Json
  }
  return copy
}

function repairSentinels(resource: Resource, tables: RepairTables, repairs: Repair[]): void {
  for (const { rule, type, member, pattern } of tables.sentinels) {
    const original = resource[member]
    if (resource.resourceType !== type || typeof original !== 'string') continue
    if (!new RegExp(pattern).test(original)) continue
    delete resource[member]
    repairs.push({ path: `/${member}`, rule, original })
  }
}

function repairNumber(resource: Resource, repairs: Repair[]): void {
  const original = resource.valueString
  if (resource.resourceType !== 'Observation' || typeof original !== 'string') return
  if (!isNumber(original) || 'valueQuantity' in resource || '_valueString' in resource) return
  if (!isLaboratory(resource)) return
  const repaired = { value: Number(original) }
  delete resource.valueString
  resource.valueQuantity = repaired
  repairs.push({ path: '/valueString', rule: 'numeric-string', original })
  repairs.push({ path: '/valueQuantity', rule: 'numeric-string', original: undefined, repaired })
}

function isNumber(text: string): boolean {
  return NUMBER.test(text) && text.replace(/[-.]/g, '').length <= DIGITS_MAX
}

function isLaboratory(resource: Resource): boolean {
  const categories = Array.isArray(resource.category) ? resource.category : []
  return categories.some((category) => {
    const coding = isObject(category) && Array.isArray(category.coding) ? category.coding : []
    return coding.some((one) => isObject(one) && one.code === 'laboratory')
  })
}

function textRule(
  parent: JsonObject,
  name: string,
  text: string,
  tables: RepairTables,
): { readonly rule: string; readonly repaired: string } | undefined {
  if (name === 'system' && Object.hasOwn(tables.systems, text)) {
    const repaired = tables.systems[text]
    return repaired === undefined ? undefined : { rule: 'code-system', repaired }
  }
  if (name === 'reference') {
    const repaired = relativeReference(text, tables.baseUrl, tables.hosts)
    return repaired === undefined ? undefined : { rule: 'absolute-reference', repaired }
  }
  // An Attachment has a content type or data beside its address; other `url`s are names, not places.
  if (name === 'url' && 'contentType' in parent) {
    const plain = text.replaceAll('&amp;', '&')
    const repaired = relativeReference(plain, tables.baseUrl, tables.hosts) ?? plain
    return repaired === text ? undefined : { rule: 'absolute-attachment', repaired }
  }
  return undefined
}

/** The names and indices that lead to a place; put into words only where something is repaired. */
type Trail = (string | number)[]
type Visit = (parent: JsonObject, name: string, text: string, trail: Trail) => void

/** Visits every text that is a member of an object; false beyond DEPTH_MAX or a double's range. */
function walk(value: Json, trail: Trail, visit: Visit): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (trail.length === DEPTH_MAX) return false
  return Array.isArray(value) ? walkArray(value, trail, visit) : walkObject(value, trail, visit)
}

function walkArray(value: readonly Json[], trail: Trail, visit: Visit): boolean {
  for (const [index, item] of value.entries()) {
    trail.push(index)
    if (!walk(item, trail, visit)) return false
    trail.pop()
  }
  return true
}

function walkObject(value: JsonObject, trail: Trail, visit: Visit): boolean {
  for (const name of Object.keys(value)) {
    const member = value[name]
    if (member === undefined) continue
    trail.push(name)
    if (typeof member === 'string') visit(value, name, member, trail)
    else if (!walk(member, trail, visit)) return false
    trail.pop()
  }
  return true
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)]
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function unescapePointer(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~')
}
