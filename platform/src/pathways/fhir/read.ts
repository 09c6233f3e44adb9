// Asks questions and reads all pages of the answer. A listing calls itself complete only when
// nothing was left out, shifted or unusable on the way; it never decides what absence means.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import {
  type Ask,
  type Listing,
  NOT_SERVED_CODES,
  type ReadAnswer,
  type Sighting,
  type WireProblem,
} from '../contract.ts'
import { fillQuery, followable, isId, parameterNames } from './address.ts'
import type { CallOptions, Connection } from './connect.ts'
import type { ConnectionDialect, DialectSearch } from './dialect.ts'
import { ask } from './exchange.ts'
import { entriesOf, fromWire, referencesIn } from './from-wire.ts'
import { isFailure, isObject } from './outcome.ts'
import type { RepairTables } from './repair.ts'

/** Pages of one answer. The vendor's page size is not known; at 20 this is 40,000 resources. */
export const PAGES_MAX = 2000
const PROVENANCE = '_revinclude=Provenance:target'

export interface Reader {
  readonly connection: Connection
  readonly clock: Clock
  readonly dialect: ConnectionDialect
  readonly tables: RepairTables
  /** Types that can be asked for by id here; fewer once the server has said what it serves. */
  typesById: ReadonlySet<string>
  /** Searches at which the vendor refused the provenance; learnt, and not asked again. */
  readonly plain: Set<string>
  /** Searches that the vendor refused for good reason, and when; at most one for each of the plan. */
  readonly refused: Map<string, { readonly error: ChartwayError; readonly at: number }>
}

/** How long a refusal is believed that only the vendor or the practice can undo. */
const REFUSED_MS = 3_600_000
/** Everything found on the pages so far. */
interface Pages {
  readonly sightings: Map<string, Sighting>
  readonly problems: WireProblem[]
  matches: number
  /** Ids that came twice, or totals that moved: the pages are not of one moment. */
  shifted: boolean
  total: number | undefined
  count: number
}

/**
 * Asks one question of the plan. Rejects with PATHWAY_* errors; half an answer is never returned. A
 * refusal that would meet every patient alike is repeated from memory for a while, without a call.
 */
export async function list(reader: Reader, question: Ask, options: CallOptions): Promise<Listing> {
  const row = reader.dialect.searches.find((one) => one.name === question.search)
  if (row === undefined)
    throw new ChartwayError('PATHWAY_SEARCH_UNKNOWN', { details: { search: question.search } })
  const askedAt = reader.clock.now()
  if (row.per === 'id') return listById(reader, row, question, options)
  const pages = await unlessRefused(reader, row, () => readPages(reader, row, question, options))
  const sightings = [...pages.sightings.values()]
  return {
    ask: question,
    askedAt,
    answeredAt: reader.clock.now(),
    complete: isComplete(reader, row, pages),
    sightings,
    problems: pages.problems,
    calls: pages.count,
    references: referencesOf(reader, sightings),
  }
}

async function unlessRefused(
  { refused, clock }: Reader,
  row: DialectSearch,
  work: () => Promise<Pages>,
): Promise<Pages> {
  const before = refused.get(row.name)
  if (before !== undefined && clock.now() < before.at + REFUSED_MS) throw before.error
  try {
    const pages = await work()
    refused.delete(row.name)
    return pages
  } catch (error) {
    if (error instanceof ChartwayError && NOT_SERVED_CODES.has(error.code))
      refused.set(row.name, { error, at: clock.now() })
    throw error
  }
}

/** Reads one resource. `absent` only when the vendor itself says that there is no such thing. */
export async function read(
  reader: Reader,
  type: string,
  id: string,
  options: CallOptions,
): Promise<ReadAnswer> {
  if (!isId(id)) throw new ChartwayError('PATHWAY_SUBJECT_INVALID', { details: { position: 'id' } })
  const askedAt = reader.clock.now()
  const row = reader.dialect.searches.find((one) => one.type === type && one.per === 'id')
  const found =
    row !== undefined && row.query !== ''
      ? await searchById(reader, type, id, options)
      : await readPlain(reader, type, id, options)
  return found === undefined
    ? { kind: 'absent', askedAt }
    : { kind: 'found', sighting: found, askedAt, references: referencesOf(reader, [found]) }
}

async function readPlain(
  reader: Reader,
  type: string,
  id: string,
  options: CallOptions,
): Promise<Sighting | undefined> {
  const url = `${reader.connection.settings.baseUrl}/${type}/${id}`
  try {
    const body = await ask(reader.connection, url, `${type}/id`, options)
    return expected(reader, body, type, id)
  } catch (error) {
    if (!(error instanceof ChartwayError)) throw error
    // A 404 without an outcome may come from anything on the way; the vendor's own says why.
    if (error.code === 'PATHWAY_NOT_THERE' && error.details.issue !== undefined) return undefined
    if (error.code === 'PATHWAY_DOTTED_ID') return searchById(reader, type, id, options)
    throw error
  }
}

async function searchById(
  reader: Reader,
  type: string,
  id: string,
  options: CallOptions,
): Promise<Sighting | undefined> {
  const url = `${reader.connection.settings.baseUrl}/${type}?_id=${id}`
  const bundle = await askBundle(reader, url, `${type}?_id`, options)
  const matches = entriesOf(bundle).filter(({ mode }) => mode === undefined || mode === 'match')
  const first = matches.find(({ resource }) => isObject(resource) && resource.id === id)
  if (first !== undefined) return expected(reader, first.resource, type, id)
  // An empty answer that says so is proof; one that announces more than it holds is not.
  const total = bundle.total
  if (matches.length > 0 || (total !== undefined && total !== 0))
    throw new ChartwayError('PATHWAY_ANSWER_OTHER', { retry: 'later', details: { type } })
  return undefined
}

function expected(reader: Reader, body: unknown, type: string, id: string): Sighting {
  const answer = fromWire(body, reader.tables, { type })
  if ('code' in answer) throw new ChartwayError(answer.code, { retry: 'later', details: { type } })
  if (answer.sighting.resource.id !== id)
    throw new ChartwayError('PATHWAY_ANSWER_OTHER', { retry: 'later', details: { type } })
  return answer.sighting
}

async function listById(
  reader: Reader,
  row: DialectSearch,
  question: Ask,
  options: CallOptions,
): Promise<Listing> {
  const answer = await read(reader, row.type, question.subject, options)
  const sightings = answer.kind === 'found' ? [answer.sighting] : []
  return {
    ask: question,
    askedAt: answer.askedAt,
    answeredAt: reader.clock.now(),
    complete: true,
    sightings,
    problems: [],
    calls: 1,
    references: referencesOf(reader, sightings),
  }
}

function referencesOf(reader: Reader, sightings: readonly Sighting[]): string[] {
  const seen = new Set(sightings.map(({ resource }) => `${resource.resourceType}/${resource.id}`))
  const found = sightings.flatMap(({ resource }) => referencesIn(resource, reader.typesById))
  return [...new Set(found)].filter((reference) => !seen.has(reference))
}

async function readPages(
  reader: Reader,
  row: DialectSearch,
  question: Ask,
  options: CallOptions,
): Promise<Pages> {
  const pages: Pages = {
    sightings: new Map(),
    problems: [],
    matches: 0,
    shifted: false,
    total: undefined,
    count: 0,
  }
  const query = fillQuery(row.query, question)
  const { baseUrl } = reader.connection.settings
  const first = await firstPage(reader, row, query, options, pages)
  const visited = new Set([first.url])
  let bundle = first.bundle
  for (;;) {
    takePage(reader, row, question, bundle, pages)
    const link = nextLink(bundle)
    if (link === undefined) return pages
    const url = followable(link, baseUrl)
    if (visited.has(url)) throw new ChartwayError('PATHWAY_PAGES_CIRCLE', pagesDetails(row, pages))
    if (pages.count >= PAGES_MAX)
      throw new ChartwayError('PATHWAY_PAGES_TOO_MANY', pagesDetails(row, pages))
    visited.add(url)
    bundle = await askBundle(reader, url, `${purposeOf(row)} next page`, options)
    pages.count++
  }
}

function pagesDetails(row: DialectSearch, pages: Pages) {
  return { retry: 'later' as const, details: { search: row.name, pages: pages.count } }
}

/** Asks with the provenance where it is declared, and without when the vendor refuses the pair. */
async function firstPage(
  reader: Reader,
  row: DialectSearch,
  query: string,
  options: CallOptions,
  pages: Pages,
): Promise<{ readonly url: string; readonly bundle: JsonObject }> {
  const base = `${reader.connection.settings.baseUrl}/${row.type}`
  const plain = query === '' ? base : `${base}?${query}`
  const purpose = purposeOf(row)
  if (row.provenance && !reader.plain.has(row.name)) {
    const url = `${plain}&${PROVENANCE}`
    pages.count++
    try {
      return { url, bundle: await askBundle(reader, url, `${purpose},_revinclude`, options) }
    } catch (error) {
      if (!isRefusalOfParameters(error)) throw error
      reader.plain.add(row.name)
    }
  }
  pages.count++
  return { url: plain, bundle: await askBundle(reader, plain, purpose, options) }
}

function isRefusalOfParameters(error: unknown): boolean {
  return (
    error instanceof ChartwayError &&
    ['PATHWAY_COMBINATION_UNKNOWN', 'PATHWAY_PARAMETER_REFUSED'].includes(error.code)
  )
}

function purposeOf(row: DialectSearch): string {
  return `${row.type}?${parameterNames(row.query)}`
}

async function askBundle(
  reader: Reader,
  url: string,
  purpose: string,
  options: CallOptions,
): Promise<JsonObject> {
  const body = await ask(reader.connection, url, purpose, options)
  const sound =
    body.resourceType === 'Bundle' && (body.entry === undefined || Array.isArray(body.entry))
  if (!sound)
    throw new ChartwayError('PATHWAY_NOT_A_BUNDLE', { retry: 'later', details: { purpose } })
  return body
}

function takePage(
  reader: Reader,
  row: DialectSearch,
  question: Ask,
  bundle: JsonObject,
  pages: Pages,
): void {
  const total = typeof bundle.total === 'number' ? bundle.total : undefined
  if (pages.total === undefined) pages.total = total
  else if (total !== undefined && total !== pages.total) pages.shifted = true
  const page = pages.count
  entriesOf(bundle).forEach(({ resource, mode }, index) => {
    const position = `page ${page} /entry/${index}/resource`
    const patientId = row.per === 'patient' ? question.subject : undefined
    if (isObject(resource) && resource.resourceType === 'OperationOutcome') {
      if (isFailure(resource)) pages.problems.push({ code: 'PATHWAY_OUTCOME', position })
      return
    }
    const included = mode === 'include'
    const wanted = included ? { patientId } : { type: row.type, patientId }
    const answer = fromWire(resource, reader.tables, wanted)
    if ('code' in answer) pages.problems.push({ code: answer.code, position })
    else takeSighting(answer.sighting, included, pages)
  })
}

function takeSighting(sighting: Sighting, included: boolean, pages: Pages): void {
  const { resourceType, id } = sighting.resource
  const key = `${resourceType}/${id}`
  const twice = pages.sightings.has(key)
  // Included resources come along with each match that names them and count for nothing.
  if (!included) {
    pages.matches++
    if (twice) pages.shifted = true
  }
  if (!twice) pages.sightings.set(key, sighting)
}

function isComplete(reader: Reader, row: DialectSearch, pages: Pages): boolean {
  const counted =
    pages.total === undefined ||
    pages.total === pages.matches ||
    reader.dialect.totalsIgnored.includes(row.type)
  return counted && !pages.shifted && pages.problems.length === 0
}

function nextLink(bundle: JsonObject): string | undefined {
  const links = Array.isArray(bundle.link) ? bundle.link : []
  const next = links.find((link) => isObject(link) && link.relation === 'next')
  const url = isObject(next) ? next.url : undefined
  return typeof url === 'string' && url !== '' ? url : undefined
}
