// Field-level difference of two JSON values, and its inverse. Differences are in an order that can be
// applied one after the other, as RFC 6902 patches are; nothing here knows what a field means.

import { alignment } from './alignment.ts'
import { pointerTo, pointerTokens } from './pointer.ts'
import { isJsonObject } from './structure.ts'
import type { Json, JsonObject } from './types.ts'

/**
 * Comparisons of array elements that one `diff` spends, over all arrays together. An array that would
 * pass it is replaced as a whole, so that the cost of a diff is bounded whatever it is given.
 */
export const DIFF_COMPARISONS_MAX = 1_000_000

/** One step from the value before to the value after. */
export interface Difference {
  readonly op: 'add' | 'remove' | 'replace'
  /** JSON Pointer (RFC 6901) into the value as the differences before this one have left it. */
  readonly path: string
  /** What stood there; absent for `add`. */
  readonly before?: Json
  /** What stands there now; absent for `remove`. */
  readonly after?: Json
}

interface Walk {
  readonly found: Difference[]
  comparisonsLeft: number
}

/**
 * What changed from `before` to `after`, in an order in which `apply` can follow it. `undefined` is no
 * value at all, so that a creation is one `add` of everything. Members are visited in the order of
 * RFC 8785; elements of arrays are matched by what names them (see `alignment`), so that an inserted
 * element is one `add`. Equal values give [], and the order of members plays no part.
 */
export function diff(before: Json | undefined, after: Json | undefined): Difference[] {
  const walk: Walk = { found: [], comparisonsLeft: DIFF_COMPARISONS_MAX }
  compare(before, after, '', walk)
  return walk.found
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  walk: Walk,
): void {
  if (before === after) return
  if (before === undefined) walk.found.push({ op: 'add', path, after: present(after) })
  else if (after === undefined) walk.found.push({ op: 'remove', path, before })
  else if (Array.isArray(before) && Array.isArray(after)) compareArrays(before, after, path, walk)
  else if (isJsonObject(before) && isJsonObject(after)) compareObjects(before, after, path, walk)
  else walk.found.push({ op: 'replace', path, before, after })
}

function present(value: Json | undefined): Json {
  if (value === undefined) throw new TypeError('There is no value on either side')
  return value
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, walk: Walk): void {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of [...names].sort())
    compare(own(before, name), own(after, name), pointerTo(path, name), walk)
}

/** A member of the value itself: a name such as `__proto__` never reaches a prototype. */
function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function compareArrays(before: Json[], after: Json[], path: string, walk: Walk): void {
  const aligned = alignment(before, after, walk.comparisonsLeft)
  if (aligned === undefined) {
    walk.found.push({ op: 'replace', path, before, after })
    return
  }
  walk.comparisonsLeft -= aligned.comparisons
  // Left of `index` the array already is as it shall be.
  let index = 0
  for (const { from, to } of aligned.steps) {
    const here = pointerTo(path, index)
    const old = from === undefined ? undefined : before[from]
    compare(old, to === undefined ? undefined : after[to], here, walk)
    if (to !== undefined) index += 1
  }
}

/**
 * The value after `differences`, which `diff` made from `before`; `before` itself is kept as it is.
 * Throws a RangeError when a path does not exist in it.
 */
export function apply(
  before: Json | undefined,
  differences: readonly Difference[],
): Json | undefined {
  let value = structuredCopy(before)
  for (const difference of differences) value = applyOne(value, difference)
  return value
}

function structuredCopy(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => present(structuredCopy(element)))
  if (!isJsonObject(value)) return value
  const copy: JsonObject = {}
  for (const name of Object.keys(value)) setMember(copy, name, structuredCopy(value[name]))
  return copy
}

function setMember(object: JsonObject, name: string, value: Json | undefined): void {
  Object.defineProperty(object, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function applyOne(root: Json | undefined, difference: Difference): Json | undefined {
  const tokens = pointerTokens(difference.path)
  if (tokens === undefined) throw misplaced(difference.path)
  const last = tokens.at(-1)
  const copy = difference.op === 'remove' ? undefined : structuredCopy(difference.after)
  if (last === undefined) return copy
  let parent = root
  for (const token of tokens.slice(0, -1)) parent = child(parent, token)
  if (Array.isArray(parent)) applyToArray(parent, elementIndex(last), copy, difference)
  else if (!isJsonObject(parent)) throw misplaced(difference.path)
  else if (difference.op !== 'add' && !Object.hasOwn(parent, last)) throw misplaced(difference.path)
  else if (difference.op === 'remove') delete parent[last]
  else setMember(parent, last, copy)
  return root
}

function child(parent: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(parent)) return parent[elementIndex(token)]
  return isJsonObject(parent) ? own(parent, token) : undefined
}

/** RFC 6901 section 4: digits without a leading zero. Anything else is no element: -1. */
function elementIndex(token: string): number {
  return /^(0|[1-9]\d{0,9})$/.test(token) ? Number(token) : -1
}

function applyToArray(
  array: Json[],
  index: number,
  value: Json | undefined,
  { op, path }: Difference,
): void {
  const last = op === 'add' ? array.length : array.length - 1
  if (index < 0 || index > last) throw misplaced(path)
  if (op === 'remove') array.splice(index, 1)
  else array.splice(index, op === 'add' ? 0 : 1, present(value))
}

function misplaced(path: string): RangeError {
  return new RangeError(`The value has no such place: ${path.length} characters of path`)
}
