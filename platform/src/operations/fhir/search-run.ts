// Runs a search: plans where candidates come from, gathers a page of what matches and may be seen,
// and says where it goes on. How the answer is written is not its business.

import type { Resource } from '@chartway/codecs/fhir'
import {
  type Criterion,
  type MatchContext,
  matches,
  type Search,
  sortValue,
} from '@chartway/codecs/fhir/search'
import type { Candidates, Examined, Mirrored, Place } from '../../mirror/index.ts'
import { readerOf } from '../context.ts'
import { chainsOf, type Here } from './chains.ts'
import { PageGathering, type Wanted, WholeGathering } from './gather.ts'
import { candidatesOf, sortedByChange } from './plan.ts'
import { nameOf, SearchRefused } from './refused.ts'
import { shownResource } from './shown.ts'

/** Records that one request looks at; what has more goes on in the next, or is refused when sorted. */
export const EXAMINED_MAX = 20_000
const COUNT_DEFAULT = 50
export const COUNT_MAX = 500

/** Where a search goes on. */
export interface GoOn {
  readonly id: string
  readonly changedSeenAt: number
  readonly offset: number
}

export interface Found {
  readonly page: readonly Resource[]
  /** All that match; undefined when that is not known. */
  readonly total: number | undefined
  readonly next: GoOn | undefined
  readonly asOf: number | undefined
  /** True when a total was asked for and is not known. */
  readonly totalUnknown: boolean
}

/** Throws SearchRefused with SEARCH_TOO_COSTLY. */
export async function runSearch(here: Here, search: Search, after?: GoOn): Promise<Found> {
  const { context, match } = here
  const chained = await chainsOf(here, search)
  const planning = { access: context.principal.charts, now: match.now, chained }
  const candidates = candidatesOf(search, planning)
  if (candidates === undefined) throw tooCostly()
  const wanted = wantedOf(here, search, { ...match, chained })
  const run: Run = { here, search, candidates, wanted, after }
  return isWhole(run) ? whole(run) : pageByPage(run)
}

interface Run {
  readonly here: Here
  readonly search: Search
  readonly candidates: Candidates
  readonly wanted: Wanted
  readonly after: GoOn | undefined
}

function wantedOf(here: Here, search: Search, match: MatchContext): Wanted {
  const limit = search.summary === 'count' ? 0 : Math.min(search.count ?? COUNT_DEFAULT, COUNT_MAX)
  return {
    limit,
    match: (found: Mirrored) => {
      const resource = shownResource(here.context.principal.charts, found, here.base)
      if (resource === undefined) return undefined
      return matches(resource, search.criteria, match) ? resource : undefined
    },
  }
}

/** All that matches is gathered when its number or another order than that of ids is asked for. */
function isWhole({ search, candidates, wanted }: Run): boolean {
  if (candidates.kind === 'ids' || candidates.kind === 'patients') return true
  if (wanted.limit === 0 || search.total === 'accurate') return true
  if (candidates.kind === 'changed') return search.sort.length > 0 && !sortedByChange(search)
  return !sortedById(search)
}

function sortedById({ sort }: Search): boolean {
  const [first] = sort
  return first === undefined || (first.parameter.name === '_id' && !first.descending)
}

async function whole(run: Run): Promise<Found> {
  const { here, search, candidates, wanted, after } = run
  const gathering = new WholeGathering(wanted, {
    sortOf: (resource) =>
      search.sort.map(({ parameter, descending }) =>
        sortValue(resource, parameter, here.match, descending),
      ),
    descending: search.sort.map(({ descending }) => descending),
    after,
  })
  const examined = await examine(run, candidates, gathering)
  if (examined.ended !== 'all') throw tooCostly()
  const { matches: page, next } = gathering.page()
  const last = page.at(-1)
  return {
    page: page.map(({ resource }) => resource),
    total: gathering.total,
    next:
      next === undefined || last === undefined
        ? undefined
        : { id: last.id, changedSeenAt: last.found.changedSeenAt, offset: next },
    asOf: examined.asOf,
    totalUnknown: false,
  }
}

async function pageByPage(run: Run): Promise<Found> {
  const { search, candidates, wanted, after } = run
  const gathering = new PageGathering(wanted)
  const examined = await examine(run, candidates, gathering, after)
  const { page, more } = gathering
  const last = more ? placeOf(page.at(-1)?.found) : examined.last
  const goesOn = examined.ended !== 'all' && last !== undefined
  return {
    page: page.map(({ resource }) => resource),
    total: after === undefined && !goesOn ? page.length : undefined,
    next: goesOn ? { ...last, offset: 0 } : undefined,
    asOf: examined.asOf,
    totalUnknown: goesOn && search.total !== undefined && search.total !== 'none',
  }
}

function placeOf(found: Mirrored | undefined): Place | undefined {
  return found && { id: found.id, changedSeenAt: found.changedSeenAt }
}

function examine(
  { here, search }: Run,
  candidates: Candidates,
  gathering: PageGathering | WholeGathering,
  after?: Place,
): Promise<Examined> {
  const { type, criteria } = search
  const patient = candidates.kind === 'patients' ? candidates.patients : []
  const query = {
    type,
    candidates,
    after,
    examinedMax: EXAMINED_MAX,
    subject: subjectOf(type, criteria),
    ...(patient.length === 1 ? { patient: patient[0] } : {}),
  }
  return here.context.mirror.examine(
    here.ref,
    query,
    gathering,
    readerOf(here.context, 'fhir.search'),
  )
}

/** The question without its values, as the access ledger keeps it. */
function subjectOf(type: string, criteria: readonly Criterion[]): string {
  const names = criteria.flatMap(({ name }) => nameOf(name) ?? [])
  return names.length === 0 ? type : `${type}?${[...new Set(names)].sort().join()}`
}

function tooCostly(): SearchRefused {
  return new SearchRefused({ code: 'SEARCH_TOO_COSTLY', parameter: undefined })
}
