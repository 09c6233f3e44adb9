// Gathers what matches from the candidates it is shown: one page, and, where that is asked, how many
// there are in all and in which order. It is bounded in records and in bytes.

import type { Resource } from '@chartway/codecs/fhir'
import type { Mirrored, Visitor } from '../../mirror/index.ts'

/** Bytes of one page's records; a single record may have more, since it must be shown somehow. */
const PAGE_CHARACTERS_MAX = 8 * 1024 * 1024

export type SortTuple = readonly (number | string | undefined)[]

export interface Match {
  readonly id: string
  readonly found: Mirrored
  readonly resource: Resource
}

/** What is asked of a gathering. */
export interface Wanted {
  readonly limit: number
  /** The candidate's resource as the caller sees it when it matches; else undefined. */
  match(found: Mirrored): Resource | undefined
}

/** In the order in which candidates come, until the page is full. */
export class PageGathering implements Visitor {
  readonly page: Match[] = []
  /** True when there is a match beyond the page. */
  more = false
  readonly #wanted: Wanted
  #characters = 0

  constructor(wanted: Wanted) {
    this.#wanted = wanted
  }

  take(found: Mirrored): boolean {
    const resource = this.#wanted.match(found)
    if (resource === undefined) return true
    const tooLong = this.#characters + found.content.length > PAGE_CHARACTERS_MAX
    if (this.page.length >= this.#wanted.limit || (tooLong && this.page.length > 0)) {
      this.more = true
      return false
    }
    this.#characters += found.content.length
    this.page.push({ id: found.id, found, resource })
    return true
  }

  shown() {
    return this.page.map(({ found: { type, id } }) => ({ type, id }))
  }
}

/** Characters of all that is kept for a sorted answer. */
const SORTED_CHARACTERS_MAX = 64 * 1024 * 1024

/** All that matches, sorted, of which a page is shown: the one after a record, or from an offset. */
export class WholeGathering implements Visitor {
  /** How many match; of what was looked at. */
  total = 0
  /** True when more would have to be kept than may be. */
  tooMany = false
  readonly #wanted: Wanted
  readonly #sortOf: (resource: Resource) => SortTuple
  readonly #descending: readonly boolean[]
  readonly #after: { readonly id: string; readonly offset: number } | undefined
  #characters = 0
  #kept: { readonly match: Match; readonly sort: SortTuple }[] = []

  constructor(
    wanted: Wanted,
    order: {
      readonly sortOf: (resource: Resource) => SortTuple
      readonly descending: readonly boolean[]
      readonly after: { readonly id: string; readonly offset: number } | undefined
    },
  ) {
    this.#wanted = wanted
    this.#sortOf = order.sortOf
    this.#descending = order.descending
    this.#after = order.after
  }

  take(found: Mirrored): boolean {
    const resource = this.#wanted.match(found)
    if (resource === undefined) return true
    this.total += 1
    this.#characters += found.content.length
    if (this.#characters > SORTED_CHARACTERS_MAX) {
      this.tooMany = true
      return false
    }
    const match = { id: found.id, found, resource }
    this.#kept.push({ match, sort: this.#sortOf(resource) })
    return true
  }

  /** The page and the offset at which the next begins; undefined when it is the last. */
  page(): { readonly matches: readonly Match[]; readonly next: number | undefined } {
    const sorted = this.#sorted()
    const start = this.#start(sorted)
    const matches: Match[] = []
    let characters = 0
    for (const { match } of sorted.slice(start, start + this.#wanted.limit)) {
      characters += match.found.content.length
      if (characters > PAGE_CHARACTERS_MAX && matches.length > 0) break
      matches.push(match)
    }
    const end = start + matches.length
    return { matches, next: end < sorted.length && matches.length > 0 ? end : undefined }
  }

  shown() {
    return this.page().matches.map(({ found: { type, id } }) => ({ type, id }))
  }

  #sorted() {
    if (this.#descending.length > 0)
      this.#kept = this.#kept.toSorted((one, other) => this.#compare(one.sort, other.sort))
    return this.#kept
  }

  /** Behind the record that was shown last, wherever it is now; when it is gone, where it was. */
  #start(sorted: readonly { readonly match: Match }[]): number {
    if (this.#after === undefined) return 0
    const { id, offset } = this.#after
    const at = sorted.findIndex(({ match }) => match.id === id)
    return at === -1 ? Math.min(offset, sorted.length) : at + 1
  }

  /** What has nothing to be sorted by comes last, in either direction; equals keep the order of ids. */
  #compare(one: SortTuple, other: SortTuple): number {
    for (const [index, descending] of this.#descending.entries()) {
      const [first, second] = [one[index], other[index]]
      if (first === second) continue
      if (first === undefined) return 1
      if (second === undefined) return -1
      return first < second === descending ? 1 : -1
    }
    return 0
  }
}
