// Lists as iterators over all their pages. Which operations have pages, and which field goes on, is the
// API's own description; a page that is short or empty ends nothing.

import { clientError } from './errors.ts'
import { type Operations, PAGES, type Page } from './generated.ts'

export type Paged = keyof typeof PAGES

/** One item of a list. */
export type Item<N extends Paged> = Operations[N]['output'] extends {
  readonly items: readonly (infer T)[]
}
  ? T
  : never

/** The most pages that are walked: an answer that always goes on is a fault, not a list. */
const PAGES_MAX = 1_000_000

/**
 * Every item, page after page; `ask` asks for one page. Throws API_ANSWER_UNREADABLE when the answers
 * go in a circle.
 */
export async function* allOf<N extends Paged>(
  name: N,
  input: Operations[N]['input'],
  ask: (input: Operations[N]['input']) => Promise<unknown>,
): AsyncGenerator<Item<N>, void, undefined> {
  const { by, limit }: Page = PAGES[name]
  let at: unknown
  for (let page = 0; page < PAGES_MAX; page++) {
    const on = at === undefined ? {} : { [by]: at }
    const { items, next } = pageIn<N>(await ask({ limit, ...input, ...on }))
    yield* items
    // A feed always says where to go on: it has ended for now when nothing came.
    if (next === null || (by === 'after' && items.length === 0)) return
    if (next === at) break
    at = next
  }
  throw clientError('API_ANSWER_UNREADABLE', 0)
}

function pageIn<N extends Paged>(
  value: unknown,
): {
  readonly items: readonly Item<N>[]
  readonly next: string | number | null
} {
  if (!isPage<N>(value)) throw clientError('API_ANSWER_UNREADABLE', 0)
  return value
}

function isPage<N extends Paged>(
  value: unknown,
): value is { readonly items: readonly Item<N>[]; readonly next: string | number | null } {
  if (typeof value !== 'object' || value === null) return false
  const { items, next }: { items?: unknown; next?: unknown } = value
  return (
    Array.isArray(items) && (next === null || typeof next === 'string' || typeof next === 'number')
  )
}
