// The vendor's scope vocabulary, written out from its compact table, and what a granted scope lets a
// client do. Nothing here knows an app.

import type { Switches } from '../switches.ts'
import { list, record, text, texts } from '../table.ts'
import type { Token } from './apps.ts'
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

/** One way in which a token covers a type; undefined is no limit. */
export interface Allowance {
  readonly categories: ReadonlySet<string> | undefined
  /** Ids of the charts it reaches. */
  readonly patients: ReadonlySet<string> | undefined
}

/** What a token may see of a type: a resource that any of them admits. Never empty. */
export type Coverage = readonly Allowance[]

/** Suffixes that let a client read and search. `.r` searches by switch `scope-r-searches`. */
const READS = new Set(['read', 'rs', 'r', '*'])
const SEARCHES = new Set(['read', 'rs', '*'])

/** What the token allows for `type`; undefined when nothing. */
export function coverageOf(
  { scopes, bounds }: Pick<Token, 'scopes' | 'bounds'>,
  type: string,
  interaction: 'read' | 'search',
  switches: Switches,
): Coverage | undefined {
  const rSearches = switches.is('scope-r-searches', 'yes')
  const allowed = interaction === 'read' || rSearches ? READS : SEARCHES
  const allowances: Allowance[] = []
  for (const scope of scopes) {
    const [, context = '', of = '', suffix = '', category] =
      /^(system|user|patient)\/([A-Za-z*]+)\.([a-z*]+)(?:\?category=.*\|(.+))?$/.exec(scope) ?? []
    if ((of !== type && of !== '*') || !allowed.has(suffix)) continue
    if ((context === 'system') !== (bounds === undefined)) continue
    const charts = context === 'patient' ? bounds?.patients : bounds?.charts
    const patients = charts === undefined ? undefined : new Set(charts)
    const categories = category === undefined ? undefined : new Set([category])
    if (patients === undefined && categories === undefined) return [{ categories, patients }]
    allowances.push({ categories, patients })
  }
  return allowances.length === 0 ? undefined : allowances
}
