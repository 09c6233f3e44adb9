// What stands beside a page's matches: resources they point at (`_include`) and resources that point at
// them (`_revinclude`), as far as the caller may see them. One step only; each resource once.

import { isStoredResource, type Resource } from '@chartway/codecs/fhir'
import {
  type Include,
  parametersOf,
  referencesAt,
  SEARCHED_TYPES,
} from '@chartway/codecs/fhir/search'
import { type Candidates, FOUND_BY, isFoundBy, type Mirrored } from '../../mirror/index.ts'
import { readerOf } from '../context.ts'
import type { Here } from './chains.ts'
import { PageGathering } from './gather.ts'
import { shownResource } from './shown.ts'

/** Resources beside one page. */
export const INCLUDED_MAX = 1_000
/** Candidates looked at for one inclusion. */
const EXAMINED_MAX = 5_000

export interface Included {
  readonly resources: readonly Resource[]
  /** True when there are more than `INCLUDED_MAX`. */
  readonly cut: boolean
  /** Of each inclusion, the oldest; undefined when one is not known. */
  readonly asOf: readonly (number | undefined)[]
}

/** Whether a reverse inclusion can be answered: by rows, since its type may be long. */
export function canRevinclude({ type, parameter }: Pick<Include, 'type' | 'parameter'>): boolean {
  return parameter.type === 'reference' && isFoundBy(type, parameter.name)
}

/** `Type:parameter` of everything that can be included with a type, in order. */
export function inclusionsOf(type: string): {
  readonly includes: readonly string[]
  readonly revincludes: readonly string[]
} {
  const points = (targets: readonly string[]) =>
    targets.length === 0 || targets.some((target) => SEARCHED_TYPES.includes(target))
  const includes = parametersOf(type)
    .filter((parameter) => parameter.type === 'reference' && points(parameter.targets))
    .map(({ name }) => `${type}:${name}`)
  const revincludes = Object.keys(FOUND_BY).flatMap((from) =>
    parametersOf(from)
      .filter((parameter) => canRevinclude({ type: from, parameter }))
      .filter(({ targets }) => targets.length === 0 || targets.includes(type))
      .map(({ name }) => `${from}:${name}`),
  )
  return { includes, revincludes }
}

export async function includedWith(
  here: Here,
  page: readonly Resource[],
  asked: { readonly includes: readonly Include[]; readonly revincludes: readonly Include[] },
): Promise<Included> {
  const known = new Set(page.map(keyOf))
  const resources: Resource[] = []
  const asOf: (number | undefined)[] = []
  let cut = false
  const keys = new Set(known)
  for (const { type, candidates, by } of inclusions(here, page, asked, known)) {
    const room = INCLUDED_MAX - resources.length
    const gathering = new PageGathering({
      limit: room,
      match: (found) => {
        const resource = newResource(here, found, known)
        if (resource === undefined || by === undefined) return resource
        // Rows know what the caller may not see: what points here must be seen to do so.
        const points = referencesAt(resource, by, here.match).some((key) => keys.has(key))
        return points ? resource : undefined
      },
    })
    const query = { type, candidates, examinedMax: EXAMINED_MAX, subject: `${type}?_include` }
    const reader = readerOf(here.context, 'fhir.search')
    const examined = await here.context.mirror.examine(here.ref, query, gathering, reader)
    for (const { resource } of gathering.page) {
      known.add(keyOf(resource))
      resources.push(resource)
    }
    if (gathering.page.length > 0) asOf.push(examined.asOf)
    if (gathering.more || examined.ended !== 'all') cut = true
  }
  return { resources, cut, asOf }
}

function* inclusions(
  { match }: Here,
  page: readonly Resource[],
  asked: { readonly includes: readonly Include[]; readonly revincludes: readonly Include[] },
  known: ReadonlySet<string>,
): Generator<{
  readonly type: string
  readonly candidates: Candidates
  /** The parameter that points at the page. */
  readonly by?: Include['parameter']
}> {
  const wanted = new Map<string, Set<string>>()
  for (const { parameter, target } of asked.includes)
    for (const reference of page.flatMap((one) => referencesAt(one, parameter, match))) {
      const [type = '', id = ''] = reference.split('/')
      const fits = target === undefined || target === type
      const served = SEARCHED_TYPES.includes(type) && isTarget(parameter.targets, type)
      if (!fits || !served || known.has(reference)) continue
      wanted.set(type, (wanted.get(type) ?? new Set()).add(id))
    }
  for (const [type, ids] of wanted) yield { type, candidates: { kind: 'ids', ids: [...ids] } }
  const keys = page.map(keyOf)
  const pointing = new Map(
    asked.revincludes.map((one) => [`${one.type}:${one.parameter.name}`, one]),
  )
  for (const { type, parameter } of pointing.values())
    if (keys.length > 0)
      yield {
        type,
        by: parameter,
        candidates: {
          kind: 'rows',
          conditions: [{ parameter: parameter.name, any: [{ kind: 'equal', values: keys }] }],
        },
      }
}

function isTarget(targets: readonly string[], type: string): boolean {
  return targets.length === 0 || targets.includes(type)
}

function newResource(
  here: Here,
  found: Mirrored,
  known: ReadonlySet<string>,
): Resource | undefined {
  if (known.has(`${found.type}/${found.id}`)) return undefined
  return shownResource(here.context.principal.charts, found, here.base)
}

function keyOf(resource: Resource): string {
  return isStoredResource(resource) ? `${resource.resourceType}/${resource.id}` : ''
}
