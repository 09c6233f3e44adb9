// Bundles as FHIR R4 writes them: of a search and of a history. It finds nothing and knows no caller.

import type { Json, JsonObject, Resource } from '@chartway/codecs/fhir'
import type { State } from '../../mirror/index.ts'
import { instant } from '../fields.ts'

export interface Link {
  readonly relation: 'self' | 'next'
  readonly url: string
}

export interface SearchEntry {
  readonly resource: JsonObject
  readonly mode: 'match' | 'include' | 'outcome'
}

/** Bundle of type `searchset`; `total` only when it is known. */
export function searchBundle(of: {
  readonly base: string
  readonly total: number | undefined
  readonly links: readonly Link[]
  readonly entries: readonly SearchEntry[]
}): string {
  const { base, total, links, entries } = of
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    ...(total === undefined ? {} : { total }),
    link: links,
    // FHIR R4 JSON: an array is never empty.
    ...(entries.length === 0
      ? {}
      : { entry: entries.map(({ resource, mode }) => entryOf(base, resource, mode)) }),
  })
}

function entryOf(base: string, resource: JsonObject, mode: SearchEntry['mode']): JsonObject {
  const { resourceType, id } = resource
  const place: JsonObject = id === undefined ? {} : { fullUrl: `${base}/${resourceType}/${id}` }
  return { ...place, resource, search: { mode } }
}

/** Bundle of type `history`, the newest first: FHIR R4, http.html 3.1.0.14. */
export function historyBundle(of: {
  readonly base: string
  readonly total: number | undefined
  readonly links: readonly Link[]
  readonly states: readonly { readonly state: State; readonly resource: Resource }[]
}): string {
  const { base, total, links, states } = of
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'history',
    ...(total === undefined ? {} : { total }),
    link: links,
    ...(states.length === 0
      ? {}
      : { entry: states.map(({ state, resource }) => stateEntry(base, state, resource)) }),
  })
}

function stateEntry(base: string, state: State, resource: Resource): Json {
  const { type, id, version, changedSeenAt, deleted } = state
  const method = deleted ? 'DELETE' : version === 1 ? 'POST' : 'PUT'
  const status = deleted ? '204' : version === 1 ? '201' : '200'
  return {
    fullUrl: `${base}/${type}/${id}`,
    ...(deleted ? {} : { resource }),
    request: { method, url: method === 'POST' ? type : `${type}/${id}` },
    response: { status, etag: `W/"${version}"`, lastModified: instant(changedSeenAt) },
  }
}
