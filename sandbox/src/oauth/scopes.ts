// The vendor's scope vocabulary, written out from its compact table, and what a granted scope lets a
// backend app do. Nothing here knows an app or a token.

import type { Switches } from '../switches.ts'
import { list, record, text, texts } from '../table.ts'
import scopeTable from './data/scopes.json' with { type: 'json' }

const CONTEXTS = ['patient', 'user', 'system'] as const

/** `scopes_supported` as published: 486 entries, one of them twice [P]. */
export const PUBLISHED_SCOPES: readonly string[] = published()

const PUBLISHED: ReadonlySet<string> = new Set(PUBLISHED_SCOPES)

function published(): string[] {
  const file = record(scopeTable, 'scopes')
  const granular = record(file.granular, 'granular')
  const scopes = [...texts(file.plain, 'plain')]
  for (const cell of list(file.suffixes, 'suffixes')) {
    const row = record(cell, 'suffixes')
    for (const type of texts(row.types, 'types').flatMap((types) => types.split(' '))) {
      for (const context of CONTEXTS) {
        for (const suffix of words(row[context])) scopes.push(`${context}/${type}.${suffix}`)
      }
    }
  }
  for (const [type, cell] of Object.entries(record(granular.categories, 'categories'))) {
    for (const category of texts(cell, type)) {
      for (const context of CONTEXTS) {
        for (const suffix of words(granular.suffixes)) {
          scopes.push(`${context}/${type}.${suffix}?category=${category}`)
        }
      }
    }
  }
  return [...scopes, ...texts(file.twice, 'twice')]
}

function words(cell: unknown): readonly string[] {
  return cell === undefined ? [] : text(cell, 'suffixes').split(' ')
}

/** Is this scope spelled as the vendor publishes it (or, by switch, with `.read` for any type)? */
export function isKnownScope(scope: string, switches: Switches): boolean {
  if (PUBLISHED.has(scope)) return true
  if (switches.is('scope-vocabulary', 'published')) return false
  const stem = /^(patient|user|system)\/[A-Za-z]+(?=\.read$)/.exec(scope)?.[0]
  return stem !== undefined && PUBLISHED_SCOPES.some((each) => each.startsWith(`${stem}.`))
}

/** What a token may see of a type: everything, or only some categories of it. */
export interface Coverage {
  readonly categories: ReadonlySet<string> | undefined
}

/** Suffixes that let a client read and search. `.r` searches by switch `scope-r-searches`. */
const READS = new Set(['read', 'rs', 'r', '*'])
const SEARCHES = new Set(['read', 'rs', '*'])

/** What the scopes allow for `type`; undefined when nothing. Only `system/` scopes count. */
export function coverageOf(
  scopes: readonly string[],
  type: string,
  interaction: 'read' | 'search',
  switches: Switches,
): Coverage | undefined {
  const rSearches = switches.is('scope-r-searches', 'yes')
  const allowed = interaction === 'read' || rSearches ? READS : SEARCHES
  const categories = new Set<string>()
  for (const scope of scopes) {
    const [, of = '', suffix = '', category] =
      /^system\/([A-Za-z*]+)\.([a-z*]+)(?:\?category=.*\|(.+))?$/.exec(scope) ?? []
    if ((of !== type && of !== '*') || !allowed.has(suffix)) continue
    if (category === undefined) return { categories: undefined }
    categories.add(category)
  }
  return categories.size === 0 ? undefined : { categories }
}
