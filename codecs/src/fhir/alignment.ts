// Which element of an array became which: a longest common subsequence over what names the elements.
// It decides the shape of a difference, never whether there is one.

import { canonicalize } from './canonical.ts'
import { isJsonObject } from './structure.ts'
import type { Json } from './types.ts'

/** One element: kept or changed (`from` and `to`), removed (`from` alone) or added (`to` alone). */
export interface Step {
  readonly from: number | undefined
  readonly to: number | undefined
}

export interface Alignment {
  /** In the order of the array, removals before additions. */
  readonly steps: readonly Step[]
  /** Comparisons spent beyond the equal head and tail. */
  readonly comparisons: number
}

/**
 * Aligns two arrays; undefined when more than `comparisonsMax` comparisons would be needed.
 *
 * Elements with the same name are the same element, changed or not; what names an element is its `id`
 * (FHIR R4, Element.id), else what tells it apart among its kind: `linkId` (Questionnaire items),
 * `url` (Extension), `reference` (Reference), `system` with `code` (Coding) or with `value`
 * (Identifier). All others are matched when they are equal; what is left between two matches is paired
 * in order.
 */
export function alignment(
  before: readonly Json[],
  after: readonly Json[],
  comparisonsMax: number,
): Alignment | undefined {
  const old = before.map(tokenOf)
  const fresh = after.map(tokenOf)
  const shorter = Math.min(old.length, fresh.length)
  let head = 0
  while (head < shorter && old[head] === fresh[head]) head++
  let tail = 0
  while (tail < shorter - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++
  const middle = commonSubsequence(
    old.slice(head, old.length - tail),
    fresh.slice(head, fresh.length - tail),
    comparisonsMax,
  )
  if (middle === undefined) return undefined
  const matches: [number, number][] = []
  for (let index = 0; index < head; index++) matches.push([index, index])
  for (const [from, to] of middle.matches) matches.push([from + head, to + head])
  for (let left = tail; left > 0; left--) matches.push([old.length - left, fresh.length - left])
  return {
    steps: stepsBetween(matches, before, after),
    comparisons: middle.comparisons,
  }
}

function tokenOf(element: Json): string {
  return nameOf(element) ?? canonicalize(element)
}

function nameOf(element: Json): string | undefined {
  if (!isJsonObject(element)) return undefined
  const { id, linkId, url, reference, system, code, value } = element
  if (typeof id === 'string') return `id ${id}`
  if (typeof linkId === 'string') return `linkId ${linkId}`
  if (typeof url === 'string') return `url ${url}`
  if (typeof reference === 'string') return `reference ${reference}`
  if (typeof system !== 'string') return undefined
  if (typeof code === 'string') return `code ${JSON.stringify([system, code])}`
  return typeof value === 'string' ? `value ${JSON.stringify([system, value])}` : undefined
}

interface Matched {
  readonly matches: readonly (readonly [number, number])[]
  readonly comparisons: number
}

/** The textbook table of lengths from the end, walked from the start: one answer for one input. */
function commonSubsequence(
  old: readonly string[],
  fresh: readonly string[],
  comparisonsMax: number,
): Matched | undefined {
  const comparisons = old.length * fresh.length
  if (comparisons === 0) return { matches: [], comparisons }
  if (comparisons > comparisonsMax) return undefined
  const width = fresh.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  const at = (from: number, to: number) => lengths[from * width + to] ?? 0
  for (let from = old.length - 1; from >= 0; from--)
    for (let to = fresh.length - 1; to >= 0; to--)
      lengths[from * width + to] =
        old[from] === fresh[to]
          ? at(from + 1, to + 1) + 1
          : Math.max(at(from + 1, to), at(from, to + 1))
  const matches: [number, number][] = []
  for (let from = 0, to = 0; from < old.length && to < fresh.length; ) {
    if (old[from] === fresh[to]) matches.push([from++, to++])
    else if (at(from + 1, to) >= at(from, to + 1)) from++
    else to++
  }
  return { matches, comparisons }
}

function stepsBetween(
  matches: readonly (readonly [number, number])[],
  before: readonly Json[],
  after: readonly Json[],
): Step[] {
  const steps: Step[] = []
  let from = 0
  let to = 0
  for (const [nextFrom, nextTo] of [...matches, [before.length, after.length] as const]) {
    while (from < nextFrom && to < nextTo && pairable(before[from], after[to]))
      steps.push({ from: from++, to: to++ })
    while (from < nextFrom) steps.push({ from: from++, to: undefined })
    while (to < nextTo) steps.push({ from: undefined, to: to++ })
    if (from < before.length && to < after.length) steps.push({ from: from++, to: to++ })
  }
  return steps
}

/** An unmatched pair is one changed element unless both have names, which then differ. */
function pairable(before: Json | undefined, after: Json | undefined): boolean {
  if (before === undefined || after === undefined) return false
  return nameOf(before) === undefined || nameOf(after) === undefined
}
