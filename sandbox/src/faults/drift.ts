// The shape of records as an upgrade leaves it: members gone, renamed, of another type, with values
// nobody had seen. It changes answers, never what is true in the practice.

import type { Json, JsonObject } from '@chartway/codecs/fhir'
import type { Draft } from '../reply.ts'
import type { DriftRule } from './weather.ts'

/** Entries of a bundle and contained records are looked through this deep. */
const DEPTH_MAX = 4

/**
 * The answer in tonight's shape, and the classes of drift that really changed something in it;
 * undefined when nothing did. Answers that are not JSON are left alone.
 */
export function drifted(
  draft: Draft,
  rules: readonly DriftRule[],
): { readonly draft: Draft; readonly classes: readonly string[] } | undefined {
  if (rules.length === 0 || draft.status !== 200 || !/^\s*\{/.test(draft.body)) return undefined
  const classes = new Set<string>()
  const change = (value: Json, depth: number): Json => {
    if (Array.isArray(value)) return value.map((each) => change(each, depth))
    if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return value
    let next = value
    for (const rule of rules) {
      if (next.resourceType !== rule.type) continue
      const other = applied(next, rule)
      if (other !== next) classes.add(rule.class)
      next = other
    }
    for (const inner of ['entry', 'resource', 'contained'] as const) {
      const child = next[inner]
      if (child !== undefined) next = { ...next, [inner]: change(child, depth + 1) }
    }
    return next
  }
  const parsed: Json = JSON.parse(draft.body)
  const next = change(parsed, 0)
  if (classes.size === 0) return undefined
  return { draft: { ...draft, body: JSON.stringify(next) }, classes: [...classes] }
}

/** The record after one rule; the same object when the rule finds nothing in it. */
function applied(record: JsonObject, rule: DriftRule): JsonObject {
  const { member } = rule
  const value = record[member]
  if (value === undefined) return record
  const { [member]: _, ...rest } = record
  switch (rule.class) {
    case 'removed':
      return rest
    case 'renamed':
      return { ...rest, [rule.to ?? `${member}2`]: value }
    case 'retyped':
      return { ...record, [member]: typeof value === 'string' ? { value } : String(value) }
    case 'nulled':
      return { ...record, [member]: null }
    case 'enum':
      return value === rule.from ? { ...record, [member]: rule.to ?? 'unheard-of' } : record
    case 'unit':
      return inOtherUnit(record, rule, value)
  }
}

function inOtherUnit(record: JsonObject, rule: DriftRule, value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return record
  const { from, to = '', factor = 1 } = rule
  if (value.code !== from || typeof value.value !== 'number') return record
  const changed = Math.round(value.value * factor * 10) / 10
  return { ...record, [rule.member]: { ...value, value: changed, unit: to, code: to } }
}
