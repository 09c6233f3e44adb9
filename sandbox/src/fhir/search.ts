// One search at one practice: from parameters to a page of resources. The table of combinations
// decides whether it is answered at all; authorization was checked before.

import type { Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import { type Draft, FHIR_JSON, outcome } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { PracticeView } from '../world/index.ts'
import { VENDOR_ZONE, zoneOf } from '../zone.ts'
import { bundleText } from './bundle.ts'
import { type Inclusion, included, undeclared } from './includes.ts'
import { type MatchOptions, referencesIn, type Test, testFor } from './matching.ts'
import type { Admits } from './reach.ts'
import { type Combination, combinationOf, TYPES, type TypeRule } from './tables.ts'
import { at } from './values.ts'

export interface SearchContext {
  readonly view: PracticeView
  readonly rule: TypeRule
  /** Vendor time, epoch ms. */
  readonly now: number
  readonly switches: Switches
  readonly random: Random
  /** Base URL in links, without a trailing slash. */
  readonly base: string
  /** Query string as sent, without the question mark. */
  readonly rawQuery: string
  /** Whether the token lets this resource of the type asked for through. */
  readonly admits: Admits
  /** The same of any type; included resources that it does not let through are left out. */
  readonly admitsIncluded: Admits
  /** Deleted resources that still show, see the switch `deleted-listing`. */
  readonly remains: (type: string) => Iterable<Resource>
  /** Rows a page begins too late (positive) or too early, by a fault. */
  readonly shift: number
}

/** Parameters that steer the answer and are no part of a combination. */
const CONTROL = new Set(['_include', '_revinclude', '_format'])
const COUNT_MAX = 1000

interface Asked {
  readonly pairs: readonly (readonly [name: string, value: string])[]
  readonly inclusion: Inclusion
  readonly page: string | undefined
  readonly count: string | undefined
}

/** Answers a search with a Bundle or a 400 in the vendor's words. */
export function search(context: SearchContext): Draft {
  const { rule, switches } = context
  const all = [...new URLSearchParams(context.rawQuery)].filter(([, value]) => value !== '')
  const asked = readAsked(all, rule)
  if (asked.count !== undefined && switches.is('count-parameter', 'reject-2026')) {
    const words = 'Unsupported query parameter(s): _count. These parameters are not allowed.'
    return outcome(400, words)
  }
  const names = asked.pairs.map(([name]) => name)
  const row = combinationOf(rule.type, names)
  if (row === undefined || row.answer !== 'ok') return unknownCombination(all)
  const foreign = undeclared(rule, asked.inclusion)
  if (foreign !== undefined) {
    return outcome(400, `Invalid ${foreign[0]} parameter value: "${foreign[1]}"`)
  }
  const options = matchOptions(context)
  const tests: Test[] = []
  for (const [name, value] of asked.pairs) {
    const parameter = rule.parameters.get(name)
    if (parameter === undefined) return unknownCombination(all)
    const test = testFor(parameter, value, options)
    if (typeof test !== 'function') return outcome(400, test.unreadable)
    tests.push(test)
  }
  const unlisted = isUnlisted(row, asked)
  if (unlisted && switches.is('unlisted-value', 'refuse')) return unknownCombination(all)
  const isEmpty = unlisted && switches.is('unlisted-value', 'empty')
  const matches = isEmpty ? [] : [...matching(context, asked, tests)]
  return answer(context, asked, matches)
}

/** The vendor's words for a set of parameters without a handler [P: recorded 2024-11]. */
function unknownCombination(all: readonly (readonly [string, string])[]): Draft {
  const names = [...new Set(all.map(([name]) => name))].join(',')
  const words = 'Invalid request: Does not know how to handle get operation with parameter'
  return outcome(400, `${words} [${names}]`)
}

function readAsked(all: readonly [string, string][], rule: TypeRule): Asked {
  const isPaged = rule.parameters.has('page')
  const valuesOf = (name: string) => all.filter(([each]) => each === name).map(([, value]) => value)
  return {
    pairs: all.filter(
      ([name]) => !CONTROL.has(name) && name !== '_count' && !(isPaged && name === 'page'),
    ),
    inclusion: { includes: valuesOf('_include'), revincludes: valuesOf('_revinclude') },
    page: isPaged ? valuesOf('page')[0] : undefined,
    count: valuesOf('_count')[0],
  }
}

function matchOptions({ switches, view, now }: SearchContext): MatchOptions {
  return {
    zone: zoneOf(switches.is('search-zone', 'vendor') ? VENDOR_ZONE : view.timeZone),
    open: switches.is('open-period', 'instant') ? 'instant' : 'unbounded',
    commaIsOr: switches.is('comma-values', 'or'),
    now,
  }
}

function isUnlisted(row: Combination, asked: Asked): boolean {
  return asked.pairs.some(([name, value]) => {
    const listed = row.answers.get(name)
    return listed !== undefined && !listed.includes(value.slice(value.indexOf('|') + 1))
  })
}

function* matching(context: SearchContext, asked: Asked, tests: readonly Test[]) {
  const { rule, switches, admits } = context
  const isByPatient = asked.pairs.some(([name]) => name === 'patient')
  const hidesTelephone =
    rule.type === 'Encounter' && isByPatient && switches.is('telephone-encounters', 'omitted')
  for (const resource of candidates(context, asked)) {
    if (!tests.every((test) => test(resource))) continue
    if (hidesTelephone && isTelephone(resource)) continue
    if (admits(resource)) yield resource
  }
}

/** The smallest indexed set that holds every match. */
function* candidates(context: SearchContext, asked: Asked): Iterable<Resource> {
  const { view, rule, now } = context
  const sent = (name: string) => asked.pairs.find(([each]) => each === name)?.[1]
  const id = sent('_id')
  if (id !== undefined && !id.includes(',')) {
    const resource = view.get(rule.type, id, now)
    if (resource !== undefined) yield resource
  } else {
    const patient = sent('patient') ?? sent('subject') ?? patientOfEncounter(context, sent)
    const isOne = patient !== undefined && !patient.includes(',')
    const patientId = patient?.slice(patient.lastIndexOf('/') + 1) ?? ''
    if (isOne) yield* view.listOfPatient(rule.type, patientId, now)
    else yield* view.list(rule.type, now)
  }
  yield* context.remains(rule.type)
}

/** A visit's patient narrows a search by visit; whoever the visit is not known of is searched wide. */
function patientOfEncounter(
  { view, now }: SearchContext,
  sent: (name: string) => string | undefined,
): string | undefined {
  const encounter = sent('encounter') ?? sent('context')
  if (encounter === undefined) return undefined
  const id = encounter.slice(encounter.lastIndexOf('/') + 1)
  const found = view.get('Encounter', id, now)
  const subject = TYPES.get('Encounter')?.parameters.get('patient')
  if (found === undefined || subject === undefined) return undefined
  return referencesIn(subject, found)[0]
}

/** A visit type that says so; a virtual visit (class VR) alone is no telephone encounter. */
export function isTelephone(encounter: Resource): boolean {
  const words = [
    ...at(encounter, ['type', 'text']),
    ...at(encounter, ['type', 'coding', 'display']),
  ]
  return words.some((word) => typeof word === 'string' && /telephone/i.test(word))
}

function answer(context: SearchContext, asked: Asked, matches: readonly Resource[]): Draft {
  const { rule, switches, view, now, random } = context
  const isPaged = rule.parameters.has('page') || asked.count !== undefined
  const number = pageNumber(asked.page)
  if (number === undefined) return outcome(400, `Invalid page parameter value: "${asked.page}"`)
  const size = isPaged ? pageSize(asked.count, switches) : Math.max(matches.length, 1)
  const start = Math.max(0, (number - 1) * size + (number > 1 ? context.shift : 0))
  const slice = matches.slice(start, start + size)
  const links = [{ relation: 'self', url: linkTo(context) }]
  if (rule.parameters.has('page') && number * size < matches.length) {
    links.push({ relation: 'next', url: linkTo(context, number + 1) })
  }
  const wrongTotal = goalTotal(context, asked)
  const extra = included(view, slice, asked.inclusion, now)
  const body = bundleText({
    id: uuid(random),
    lastUpdated: zoneOf(VENDOR_ZONE).stamp(now),
    total: wrongTotal?.total ?? matches.length,
    links,
    matches: wrongTotal?.isEmpty === true ? [] : slice,
    included: extra.filter(context.admitsIncluded),
    base: context.base,
  })
  return { status: 200, headers: [['Content-Type', FHIR_JSON]], body }
}

function goalTotal(
  { rule, switches }: SearchContext,
  { count }: Asked,
): { total: number; isEmpty: boolean } | undefined {
  if (rule.type !== 'Goal' || switches.is('goal-total', 'right')) return undefined
  if (switches.is('goal-total', 'always-fifty')) return { total: 50, isEmpty: false }
  return count === undefined ? undefined : { total: Number(count), isEmpty: true }
}

function pageSize(count: string | undefined, switches: Switches): number {
  const wanted = Number(count ?? switches.value('page-size'))
  return Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, COUNT_MAX) : COUNT_MAX
}

const PAGE_TOKEN = 'cGFnZQ'

function pageNumber(page: string | undefined): number | undefined {
  const digits = page?.startsWith(PAGE_TOKEN) === true ? page.slice(PAGE_TOKEN.length) : page
  if (digits === undefined) return 1
  return /^[1-9]\d{0,6}$/.test(digits) ? Number(digits) : undefined
}

function linkTo({ base, rule, rawQuery, switches }: SearchContext, page?: number): string {
  const parts = rawQuery.split('&').filter((part) => part !== '')
  const kept = page === undefined ? parts : parts.filter((part) => !part.startsWith('page='))
  const value = switches.is('next-link', 'page-token') ? `${PAGE_TOKEN}${page}` : `${page}`
  const query = page === undefined ? kept : [...kept, `page=${value}`]
  return `${base}/${rule.type}${query.length === 0 ? '' : '?'}${query.join('&')}`
}

function uuid(random: Random): string {
  const hex = (length: number) => random.text(length, '0123456789abcdef')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
}
