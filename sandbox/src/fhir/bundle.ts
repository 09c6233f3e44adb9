// Writes the answers of reads and searches as text, each resource version serialised once. It does
// not decide what belongs in them.

import type { Resource } from '@chartway/codecs/fhir'

const texts = new WeakMap<Resource, string>()

/** The resource as JSON; remembered, because a version never changes. */
export function serialised(resource: Resource): string {
  let text = texts.get(resource)
  if (text === undefined) {
    text = JSON.stringify(resource)
    texts.set(resource, text)
  }
  return text
}

export interface SearchPage {
  readonly id: string
  /** ISO 8601 with milliseconds and offset. */
  readonly lastUpdated: string
  readonly total: number
  readonly links: readonly { readonly relation: string; readonly url: string }[]
  readonly matches: readonly Resource[]
  readonly included: readonly Resource[]
  /** Base URL of the fullUrls, without a trailing slash. */
  readonly base: string
}

/** A searchset Bundle in the shape of the recorded ones [P]. */
export function bundleText(page: SearchPage): string {
  const head = {
    resourceType: 'Bundle',
    id: page.id,
    meta: { lastUpdated: page.lastUpdated },
    type: 'searchset',
    total: page.total,
    link: page.links,
  }
  const entries = [
    ...page.matches.map((resource) => entryText(page.base, resource, 'match')),
    ...page.included.map((resource) => entryText(page.base, resource, 'include')),
  ]
  const open = JSON.stringify(head).slice(0, -1)
  return entries.length === 0 ? `${open}}` : `${open},"entry":[${entries.join(',')}]}`
}

function entryText(base: string, resource: Resource, mode: 'match' | 'include'): string {
  const fullUrl = JSON.stringify(`${base}/${resource.resourceType}/${resource.id ?? ''}`)
  return `{"fullUrl":${fullUrl},"resource":${serialised(resource)},"search":{"mode":"${mode}"}}`
}
