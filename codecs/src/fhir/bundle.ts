// Reads a search's answer (FHIR R4, Bundle of type `searchset`): what can be used, and where it could
// not. It follows no link and repairs none.

import { readOutcome } from './outcome.ts'
import { pointerTo } from './pointer.ts'
import { isJsonObject, isStoredResource, structureProblem } from './structure.ts'
import type { Json, JsonObject, OperationOutcome, Resource } from './types.ts'

export type BundleCode =
  | 'BUNDLE_NOT_A_BUNDLE'
  | 'BUNDLE_NOT_A_SEARCHSET'
  | 'BUNDLE_TOTAL_INVALID'
  | 'BUNDLE_LINK_INVALID'
  | 'BUNDLE_NEXT_TWICE'
  | 'BUNDLE_ENTRY_INVALID'
  | 'BUNDLE_ENTRY_MODE_INVALID'
  | 'BUNDLE_RESOURCE_INVALID'
  | 'BUNDLE_RESOURCE_TOO_DEEP'
  | 'BUNDLE_RESOURCE_NUMBER_RANGE'

export interface BundleProblem {
  readonly code: BundleCode
  /** JSON Pointer (RFC 6901) into the bundle. */
  readonly position: string
}

export interface FoundEntry {
  readonly resource: Resource & { readonly id: string }
  /** `match` when the server did not say (FHIR R4, Bundle.entry.search is optional). */
  readonly mode: 'match' | 'include'
  readonly fullUrl: string | undefined
  /** JSON Pointer (RFC 6901) into the bundle. */
  readonly position: string
}

export interface SearchAnswer {
  /** In the order of the bundle. */
  readonly entries: readonly FoundEntry[]
  readonly outcomes: readonly OperationOutcome[]
  /** The url of the one link with relation `next`, as it stands. */
  readonly next: string | undefined
  readonly total: number | undefined
  /** Empty means that nothing in the answer was passed over. */
  readonly problems: readonly BundleProblem[]
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }
interface Reading extends Mutable<Pick<SearchAnswer, 'next' | 'total'>> {
  entries: FoundEntry[]
  outcomes: OperationOutcome[]
  problems: BundleProblem[]
}

/** Reads one page. A page that is no searchset has no entries and says why. */
export function readSearchBundle(value: unknown): SearchAnswer {
  const reading: Reading = {
    entries: [],
    outcomes: [],
    next: undefined,
    total: undefined,
    problems: [],
  }
  if (!isJsonObject(value) || value.resourceType !== 'Bundle')
    reading.problems.push({ code: 'BUNDLE_NOT_A_BUNDLE', position: '' })
  else if (value.type !== 'searchset')
    reading.problems.push({ code: 'BUNDLE_NOT_A_SEARCHSET', position: '/type' })
  else readPage(value, reading)
  return reading
}

function readPage(bundle: JsonObject, reading: Reading): void {
  readTotal(bundle.total, reading)
  listOf(bundle.link, '/link', 'BUNDLE_LINK_INVALID', reading).forEach((link, index) => {
    readLink(link, pointerTo('/link', index), reading)
  })
  listOf(bundle.entry, '/entry', 'BUNDLE_ENTRY_INVALID', reading).forEach((entry, index) => {
    readEntry(entry, pointerTo('/entry', index), reading)
  })
}

function listOf(
  value: Json | undefined,
  position: string,
  code: BundleCode,
  reading: Reading,
): readonly Json[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  reading.problems.push({ code, position })
  return []
}

/** FHIR R4, Bundle.total: an unsignedInt, 0 to 2^31 - 1. */
function readTotal(total: Json | undefined, reading: Reading): void {
  if (total === undefined) return
  if (typeof total === 'number' && Number.isInteger(total) && total >= 0 && total < 2 ** 31)
    reading.total = total
  else reading.problems.push({ code: 'BUNDLE_TOTAL_INVALID', position: '/total' })
}

function readLink(link: Json, position: string, reading: Reading): void {
  if (!isJsonObject(link) || typeof link.relation !== 'string' || typeof link.url !== 'string') {
    reading.problems.push({ code: 'BUNDLE_LINK_INVALID', position })
    return
  }
  if (link.relation !== 'next') return
  if (reading.next === undefined || reading.next === link.url) reading.next = link.url
  else reading.problems.push({ code: 'BUNDLE_NEXT_TWICE', position })
}

function readEntry(entry: Json, position: string, reading: Reading): void {
  if (!isJsonObject(entry)) {
    reading.problems.push({ code: 'BUNDLE_ENTRY_INVALID', position })
    return
  }
  const outcome = readOutcome(entry.resource)
  if (outcome !== undefined) {
    reading.outcomes.push(outcome)
    return
  }
  const mode = isJsonObject(entry.search) ? (entry.search.mode ?? 'match') : 'match'
  if (mode !== 'match' && mode !== 'include') {
    reading.problems.push({ code: 'BUNDLE_ENTRY_MODE_INVALID', position: `${position}/search` })
    return
  }
  const code = resourceProblem(entry.resource)
  if (code !== undefined) reading.problems.push({ code, position: `${position}/resource` })
  else if (isStoredResource(entry.resource)) {
    const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined
    reading.entries.push({ resource: entry.resource, mode, fullUrl, position })
  }
}

function resourceProblem(resource: Json | undefined): BundleCode | undefined {
  if (!isStoredResource(resource)) return 'BUNDLE_RESOURCE_INVALID'
  const found = structureProblem(resource)
  if (found === undefined) return undefined
  return found === 'JSON_TOO_DEEP' ? 'BUNDLE_RESOURCE_TOO_DEEP' : 'BUNDLE_RESOURCE_NUMBER_RANGE'
}
