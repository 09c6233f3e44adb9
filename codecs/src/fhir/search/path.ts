// Walks to the elements that a search parameter looks at. The paths are the small part of FHIRPath that
// search parameters need: names, choices of types and one condition on a member; no functions.

import { isJsonObject } from '../structure.ts'
import type { Json, JsonObject } from '../types.ts'

interface Step {
  readonly name: string
  /** True for a choice of types: `effective[x]` is `effectiveDateTime` or `effectivePeriod`. */
  readonly choice: boolean
  readonly where: { readonly member: string; readonly value: string } | undefined
}

/** Elements that are looked at under one path; a resource has some dozens. */
const ELEMENTS_MAX = 10_000

/**
 * Everything at a path such as `name.family`, `effective[x]` or `telecom(system=phone)`, in the
 * resource's order. Lists are walked through; null and absent elements are none.
 */
export function elementsAt(resource: JsonObject, path: string): Json[] {
  let found: Json[] = [resource]
  for (const step of stepsOf(path))
    found = found.flatMap((value) => (isJsonObject(value) ? below(value, step) : []))
  return found.slice(0, ELEMENTS_MAX)
}

function below(value: JsonObject, step: Step): Json[] {
  const names = step.choice
    ? Object.keys(value).filter((name) => isChoice(name, step.name))
    : [step.name]
  return names
    .flatMap((name) => listOf(Object.hasOwn(value, name) ? value[name] : undefined))
    .filter((element) => holds(element, step.where))
}

function isChoice(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length))
}

function listOf(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.filter((member) => member !== null) : [value]
}

function holds(element: Json, where: Step['where']): boolean {
  return where === undefined || (isJsonObject(element) && element[where.member] === where.value)
}

const parsed = new Map<string, readonly Step[]>()
/** Paths come from the table of parameters, so there are no more than it has. */
const PATHS_MAX = 2000

function stepsOf(path: string): readonly Step[] {
  const known = parsed.get(path)
  if (known !== undefined) return known
  // A dot inside a condition, such as in a URL, parts nothing.
  const steps = (path.match(/(?:[^.(]|\([^)]*\))+/g) ?? []).map(stepOf)
  if (parsed.size >= PATHS_MAX) parsed.clear()
  parsed.set(path, steps)
  return steps
}

function stepOf(text: string): Step {
  const [, name = '', choice, member, value] =
    /^([A-Za-z_]+)(\[x\])?(?:\(([A-Za-z]+)=([^)]*)\))?$/.exec(text) ?? []
  return {
    name,
    choice: choice !== undefined,
    where: member === undefined || value === undefined ? undefined : { member, value },
  }
}
