// The judge's own eyes: whether two JSON values say the same, and where not. Shares no code with what
// it judges.

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value }
export type Item = { [name: string]: Value }

export interface RepairNote {
  readonly path: string
  readonly rule: string
  readonly original?: Value
  readonly repaired?: Value
}

/** Paths at which the two differ, RFC 6901; [] when they are equal as JSON. */
export function differingPaths(expected: Value, actual: Value, path = ''): string[] {
  if (Object.is(expected, actual)) return []
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return [path]
    return expected.flatMap((value, i) => differingPaths(value, actual[i] ?? null, `${path}/${i}`))
  }
  if (isItem(expected) && isItem(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...names].flatMap((name) => {
      const [left, right] = [expected[name], actual[name]]
      if (left === undefined || right === undefined) return [`${path}/${name}`]
      return differingPaths(left, right, `${path}/${name}`)
    })
  }
  return [path === '' ? '/' : path]
}

/** The resource as it was before the repairs: each original put back at its place. */
export function withoutRepairs(resource: Item, repairs: readonly RepairNote[]): Item {
  const undone: Item = structuredClone(resource)
  for (const { path, original, repaired } of repairs)
    putBack(undone, path.split('/').slice(1).map(plainStep), original, repaired === undefined)
  return undone
}

function putBack(
  root: Item,
  steps: readonly string[],
  original: Value | undefined,
  removed: boolean,
): void {
  let parent: Value = root
  for (const step of steps.slice(0, -1)) {
    const next: Value | undefined = Array.isArray(parent)
      ? parent[Number(step)]
      : isItem(parent)
        ? parent[step]
        : undefined
    if (next === undefined || next === null || typeof next !== 'object') return
    parent = next
  }
  const last = steps.at(-1) ?? ''
  if (Array.isArray(parent)) {
    if (original === undefined) parent.splice(Number(last), 1)
    else parent.splice(Number(last), removed ? 0 : 1, original)
  } else if (isItem(parent)) {
    if (original === undefined) delete parent[last]
    else parent[last] = original
  }
}

/** What a server may change although nothing was said anew (FHIR R4, Resource.meta). */
export function withoutServerMeta(resource: Item): Item {
  const { meta, ...others } = resource
  if (!isItem(meta)) return resource
  const { lastUpdated: _lastUpdated, versionId: _versionId, ...rest } = meta
  return Object.keys(rest).length === 0 ? others : { ...others, meta: rest }
}

export function isItem(value: Value | undefined): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function plainStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
