// Searches resources of one type as FHIR: reads the query, runs it, writes the bundle. What the query
// may say is the codec's; which records are looked at is planned elsewhere.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { type Pair, parseSearch, readPairs, type Search } from '@chartway/codecs/fhir/search'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import { type KeyedContext, practiceOf } from '../context.ts'
import { operation } from '../operation.ts'
import { FhirAnswer } from './answer.ts'
import { type Link, type SearchEntry, searchBundle } from './bundle-text.ts'
import type { Here } from './chains.ts'
import { onlyElements, withoutText } from './elements.ts'
import { fhirFields, fhirResource, servedType } from './fields.ts'
import { canRevinclude, INCLUDED_MAX, includedWith } from './includes.ts'
import { openPlace, sealPlace } from './place.ts'
import { nameOf, type Refusal, refusalOf, SearchRefused, unknownRefusal } from './refused.ts'
import { type Found, type GoOn, runSearch } from './search-run.ts'

/** Freshness rows looked at for an empty answer: more than any patient has searches. */
const FRESHNESS_ROWS_MAX = 100

export const fhirSearch = operation({
  name: 'fhir.search',
  summary: 'Search resources of one type as FHIR',
  need: 'charts',
  input: z.strictObject({
    ...fhirFields,
    handling: z.enum(['strict', 'lenient']).describe('What becomes of unknown parameters'),
  }),
  output: fhirResource,
  errors: ['FHIR_TYPE_UNKNOWN', 'CURSOR_INVALID', 'SEARCH_TOO_COSTLY', 'SEARCH_VALUE_INVALID'],
  run: async (context, input) => {
    const ref = await practiceOf(context, input.practice)
    await context.charts.expectContent(ref)
    const type = servedType(input.type)
    const asked = await askedOf(context, ref, type, input)
    const here = await hereOf(context, ref, input.base)
    const search = parseSearch(type, asked.pairs, here.match)
    refuse(search, asked.handling)
    const found = await runSearch(here, search, asked.after)
    const included = await includedWith(here, found.page, search)
    const links = await linksOf(here, { type, asked, search, found })
    const entries: SearchEntry[] = [
      ...found.page.map((resource) => entryOf(resource, search, 'match')),
      ...included.resources.map((resource) => entryOf(resource, search, 'include')),
      ...notesOf(search, found, included.cut),
    ]
    const { base } = input
    const text = searchBundle({ base, total: found.total, links, entries })
    const asOf =
      found.page.length > 0 ? oldest([found.asOf, ...included.asOf]) : await askedAsOf(here, search)
    return new FhirAnswer(text, { asOf })
  },
})

interface Asked {
  readonly pairs: readonly Pair[]
  readonly handling: 'strict' | 'lenient'
  readonly after: GoOn | undefined
  /** The page's own address, when it is not the first. */
  readonly page: string | undefined
}

/** The question as it was sent, or as the place holds it from which it goes on. */
async function askedOf(
  context: KeyedContext,
  ref: PracticeRef,
  type: string,
  input: { readonly query: string; readonly handling: Asked['handling'] },
): Promise<Asked> {
  const pairs = readPairs(input.query)
  if (pairs === undefined)
    throw new SearchRefused({ code: 'SEARCH_QUERY_MALFORMED', parameter: undefined })
  const page = pairs.find(([name]) => name === '_page')?.[1]
  if (page === undefined) return { pairs, handling: input.handling, after: undefined, page }
  const place = await openPlace(context, ref, page)
  const { query, id, changedSeenAt, offset } = place
  const known = typeof query === 'string' ? readPairs(query) : undefined
  if (
    place.type !== type ||
    known === undefined ||
    typeof id !== 'string' ||
    typeof changedSeenAt !== 'number' ||
    typeof offset !== 'number'
  )
    throw new ChartwayError('CURSOR_INVALID')
  return { pairs: known, handling: 'lenient', after: { id, changedSeenAt, offset }, page }
}

async function hereOf(context: KeyedContext, ref: PracticeRef, base: string): Promise<Here> {
  const practice = await context.practices.get(ref)
  const timeZone = practice?.timeZone ?? 'UTC'
  const bases = [base, ...(practice === undefined ? [] : [practice.baseUrl])]
  return { context, ref, base, match: { timeZone, bases, now: context.clock.now() } }
}

/** Everything that is wrong at once. */
function refuse(search: Search, handling: Asked['handling']): void {
  const refusals: Refusal[] = search.problems.map(refusalOf)
  for (const include of search.revincludes)
    if (!canRevinclude(include))
      refusals.push({ code: 'SEARCH_INCLUDE_NOT_SERVED', parameter: '_revinclude' })
  if (handling === 'strict') refusals.push(...search.ignored.map(unknownRefusal))
  const [first, ...more] = refusals
  if (first !== undefined) throw new SearchRefused(first, ...more)
}

async function linksOf(
  { context, ref, base }: Here,
  of: {
    readonly type: string
    readonly asked: Asked
    readonly search: Search
    readonly found: Found
  },
): Promise<readonly Link[]> {
  const { type, asked, search, found } = of
  const address = `${base}/${type}`
  const query = asked.pairs
    .filter(([name]) => !search.ignored.includes(name))
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')
  const self = asked.page === undefined ? query : `_page=${encodeURIComponent(asked.page)}`
  const links: Link[] = [{ relation: 'self', url: self === '' ? address : `${address}?${self}` }]
  if (found.next === undefined) return links
  const sealed = await sealPlace(context, ref, { type, query, ...found.next })
  return [...links, { relation: 'next', url: `${address}?_page=${sealed}` }]
}

function entryOf(resource: Resource, search: Search, mode: 'match' | 'include'): SearchEntry {
  const part = search.summary === 'data' ? withoutText(resource) : resource
  return { resource: mode === 'match' ? onlyElements(part, search.elements) : part, mode }
}

/** What the answer does not do, as an outcome among its entries: FHIR R4, search.html 3.1.1.4.16. */
function notesOf(search: Search, found: Found, cut: boolean): SearchEntry[] {
  const unknown = search.ignored.map((name) => {
    const known = nameOf(name)
    return {
      severity: 'warning',
      code: 'not-supported',
      diagnostics: `A parameter is not known for ${search.type} and was ignored`,
      ...(known === undefined ? {} : { expression: [`http.${known}`] }),
    }
  })
  const notes = [
    ...unknown,
    ...(cut
      ? [note('incomplete', `More than ${INCLUDED_MAX} resources stand beside the page`)]
      : []),
    ...(found.totalUnknown
      ? [note('informational', 'The total is not known without counting')]
      : []),
  ]
  if (notes.length === 0) return []
  const resource: JsonObject = { resourceType: 'OperationOutcome', issue: notes }
  return [{ resource, mode: 'outcome' }]
}

function note(code: string, diagnostics: string) {
  return { severity: 'information', code, diagnostics }
}

/** How old an empty answer is: as old as the oldest question that would have shown something. */
async function askedAsOf({ context, ref }: Here, search: Search): Promise<number | undefined> {
  const criterion = search.criteria.find(({ parameter }) => parameter.name === 'patient')
  const value = criterion?.values[0]
  const subject = value?.kind === 'reference' ? value.id : undefined
  const { patient } = context.principal.charts
  // Of somebody whose records the caller does not see, not even this is told.
  if (patient !== undefined && subject !== patient) return undefined
  const rows = await context.charts.freshness(ref, { subject, limit: FRESHNESS_ROWS_MAX })
  const about = rows.filter((row) => row.type === search.type)
  return about.length === 0 ? undefined : oldest(about.map(({ asOf }) => asOf))
}

/** Undefined when any is not known: an answer is only as fresh as its worst part. */
function oldest(times: readonly (number | undefined)[]): number | undefined {
  let least: number | undefined
  for (const time of times) {
    if (time === undefined) return undefined
    if (least === undefined || time < least) least = time
  }
  return least
}
