// Answers the far side of chains: which resources, of those the caller may see, fulfil it. Each is a
// small search of its own, bounded like any other, and shows nobody anything.

import type { Criterion, MatchContext, Search } from '@chartway/codecs/fhir/search'
import { matches } from '@chartway/codecs/fhir/search'
import type { PracticeRef } from '../../kernel/ids.ts'
import type { KeyedContext } from '../context.ts'
import { PageGathering } from './gather.ts'
import { candidatesOf } from './plan.ts'
import { nameOf, SearchRefused } from './refused.ts'
import { shownResource } from './shown.ts'

/** Resources that a chain's far side may have; what has more is asked too widely. */
const CHAINED_MAX = 500
/** Chains of one search: each is a search of its own. */
const CHAINS_MAX = 5
/** Records that are looked at for it. */
const EXAMINED_MAX = 5_000

export interface Here {
  readonly context: KeyedContext
  readonly ref: PracticeRef
  readonly base: string
  readonly match: MatchContext
}

/** `Type/id` of all that fulfils each chain. Throws SearchRefused with SEARCH_TOO_COSTLY. */
export async function chainsOf(
  here: Here,
  search: Pick<Search, 'criteria'>,
): Promise<(criterion: Criterion) => ReadonlySet<string>> {
  const found = new Map<Criterion, ReadonlySet<string>>()
  const chained = search.criteria.filter(({ chain }) => chain.length > 0)
  const beyond = chained[CHAINS_MAX]
  if (beyond !== undefined) throw tooCostly(beyond)
  for (const criterion of chained) {
    const keys = new Set<string>()
    for (const { type, criterion: far } of criterion.chain)
      for (const key of await farSide(here, type, far, criterion)) keys.add(key)
    if (keys.size > CHAINED_MAX) throw tooCostly(criterion)
    found.set(criterion, keys)
  }
  return (criterion) => found.get(criterion) ?? new Set()
}

async function farSide(
  here: Here,
  type: string,
  far: Criterion,
  whole: Criterion,
): Promise<readonly string[]> {
  const { context, ref, base, match } = here
  const { charts: access } = context.principal
  const search = { ...NO_SEARCH, type, criteria: [far] }
  const candidates = candidatesOf(search, { access, now: match.now, chained: () => new Set() })
  if (candidates === undefined) throw tooCostly(whole)
  const gathering = new PageGathering({
    limit: CHAINED_MAX,
    match: (found) => {
      const resource = shownResource(access, found, base)
      return resource !== undefined && matches(resource, [far], match) ? resource : undefined
    },
  })
  const query = { type, candidates, examinedMax: EXAMINED_MAX, subject: type }
  const { ended } = await context.mirror.examine(ref, query, gathering, undefined)
  if (ended !== 'all') throw tooCostly(whole)
  return gathering.page.map(({ id }) => `${type}/${id}`)
}

const NO_SEARCH: Search = {
  type: '',
  criteria: [],
  sort: [],
  includes: [],
  revincludes: [],
  count: undefined,
  total: undefined,
  summary: undefined,
  elements: [],
  ignored: [],
  problems: [],
}

function tooCostly({ name }: Criterion): SearchRefused {
  return new SearchRefused({ code: 'SEARCH_TOO_COSTLY', parameter: nameOf(name) })
}
