// The states of a resource or of a type's resources as a FHIR history, the newest first. A state that
// the caller may not see is as if it were not there.

import type { Resource } from '@chartway/codecs/fhir'
import { rangeOfDate, readPairs } from '@chartway/codecs/fhir/search'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import type { State } from '../../mirror/index.ts'
import { seesType } from '../../people/index.ts'
import { type KeyedContext, practiceOf, readerOf } from '../context.ts'
import { operation } from '../operation.ts'
import { FhirAnswer } from './answer.ts'
import { historyBundle, type Link } from './bundle-text.ts'
import { fhirFields, fhirId, fhirResource, servedType } from './fields.ts'
import { openPlace, sealPlace } from './place.ts'
import { SearchRefused, unknownRefusal } from './refused.ts'
import { shownState } from './shown.ts'

const COUNT_DEFAULT = 50
/** Each state is a whole record. */
const COUNT_MAX = 200
/** States that one request looks at; what has more goes on in the next. */
const EXAMINED_MAX = 5_000

export const fhirHistory = operation({
  name: 'fhir.history',
  summary: 'The states of a resource, or of all resources of a type, as a FHIR history',
  need: 'charts',
  input: z.strictObject({ ...fhirFields, id: fhirId.optional() }),
  output: fhirResource,
  errors: ['FHIR_TYPE_UNKNOWN', 'CURSOR_INVALID', 'SEARCH_VALUE_INVALID'],
  run: async (context, { practice, type, id, base, query }) => {
    const ref = await practiceOf(context, practice)
    const named = { type: servedType(type), id }
    await context.charts.expectContent(ref)
    const asked = await askedOf(context, ref, named, query)
    const { since, before, count } = asked
    const { shown, last } = await gather(context, ref, { ...named, ...asked, base })
    if (id !== undefined && shown.length === 0) await mustBeThere(context, ref, type, id, base)
    const goesOn = last !== undefined
    const address = `${base}/${type}${id === undefined ? '' : `/${id}`}/_history`
    const links: Link[] = [{ relation: 'self', url: selfOf(address, query) }]
    if (goesOn) {
      const place = { ...named, since, count, last: lastOf(last) }
      const sealed = await sealPlace(context, ref, place)
      links.push({ relation: 'next', url: `${address}?_page=${sealed}` })
    }
    const total = before === undefined && !goesOn ? shown.length : undefined
    return new FhirAnswer(historyBundle({ base, total, links, states: shown }))
  },
})

interface Gathered {
  readonly shown: readonly { readonly state: State; readonly resource: Resource }[]
  /** The state behind which the next page begins; undefined when there is none. */
  readonly last: Asked['before']
}

/**
 * A page of what the caller may see: states that are hidden make it neither shorter nor go on, up to
 * EXAMINED_MAX of them.
 */
async function gather(
  context: KeyedContext,
  ref: PracticeRef,
  asked: Asked & { readonly type: string; readonly id: string | undefined; readonly base: string },
): Promise<Gathered> {
  const { charts } = context.principal
  const { type, id, since, count, base } = asked
  if (!seesType(charts, type)) return { shown: [], last: undefined }
  const reader = readerOf(context, 'fhir.history')
  const shown: { readonly state: State; readonly resource: Resource }[] = []
  let before = asked.before
  for (let examined = 0; examined < EXAMINED_MAX; examined += count + 1) {
    let seen: typeof shown = []
    const wanted = { type, id, since, before, limit: count + 1 }
    const states = await context.mirror.versions(ref, wanted, reader, (all) => {
      seen = all.flatMap((state) => {
        const resource = shownState(charts, state, base)
        return resource === undefined ? [] : [{ state, resource }]
      })
      return Math.min(seen.length, count - shown.length)
    })
    shown.push(...seen)
    if (shown.length > count) return { shown: shown.slice(0, count), last: shown[count - 1]?.state }
    if (states.length <= count) return { shown, last: undefined }
    before = states.at(-1)
  }
  return { shown, last: before }
}

interface Asked {
  readonly since: number
  readonly count: number
  readonly before: Pick<State, 'id' | 'version' | 'changedSeenAt'> | undefined
}

async function askedOf(
  context: KeyedContext,
  ref: PracticeRef,
  named: { readonly type: string; readonly id: string | undefined },
  query: string,
): Promise<Asked> {
  let asked: Asked = { since: 0, count: COUNT_DEFAULT, before: undefined }
  for (const [name, value] of readPairs(query) ?? malformed()) {
    if (name === '_page') return placeOf(await openPlace(context, ref, value), named)
    if (name === '_since') asked = { ...asked, since: sinceOf(value) }
    else if (name === '_count') asked = { ...asked, count: countOf(value) }
    else if (name !== '_format' && name !== '_pretty') throw new SearchRefused(unknownRefusal(name))
  }
  return asked
}

function malformed(): never {
  throw new SearchRefused({ code: 'SEARCH_QUERY_MALFORMED', parameter: undefined })
}

/** FHIR R4, http.html 3.1.0.14: an instant, which has a zone. */
function sinceOf(value: string): number {
  const range = rangeOfDate(value, 'UTC')
  if (range === undefined) throw new SearchRefused(invalid('_since'))
  return range.low
}

function countOf(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new SearchRefused(invalid('_count'))
  return Math.min(Number(value), COUNT_MAX)
}

function invalid(parameter: string) {
  return { code: 'SEARCH_VALUE_INVALID', parameter } as const
}

function placeOf(
  place: Readonly<Record<string, unknown>>,
  named: { readonly type: string; readonly id: string | undefined },
): Asked {
  const { type, id, since, count, last } = place
  const [lastId, version, changedSeenAt] = Array.isArray(last) ? last : []
  if (
    type !== named.type ||
    id !== named.id ||
    typeof since !== 'number' ||
    typeof count !== 'number' ||
    typeof lastId !== 'string' ||
    typeof version !== 'number' ||
    typeof changedSeenAt !== 'number'
  )
    throw new ChartwayError('CURSOR_INVALID')
  return { since, count, before: { id: lastId, version, changedSeenAt } }
}

function lastOf({
  id,
  version,
  changedSeenAt,
}: NonNullable<Asked['before']>): readonly (string | number)[] {
  return [id, version, changedSeenAt]
}

function selfOf(address: string, query: string): string {
  return query === '' ? address : `${address}?${query}`
}

/** A history without any state: of a record that is there, none since then; else there is no record. */
async function mustBeThere(
  context: KeyedContext,
  ref: PracticeRef,
  type: string,
  id: string,
  base: string,
): Promise<void> {
  const reader = readerOf(context, 'fhir.history')
  const [newest] = await context.mirror.versions(
    ref,
    { type, id, since: 0, limit: 1 },
    reader,
    () => 0,
  )
  if (newest === undefined || shownState(context.principal.charts, newest, base) === undefined)
    throw new ChartwayError('NOT_FOUND')
}
