// Where a search's candidates come from, so that no question costs more than it may: ids, patients, rows
// by which resources are found, the time of change, or a small type as a whole. It reads nothing.

import { isId } from '@chartway/codecs/fhir'
import {
  type Criterion,
  contactOf,
  folded,
  type Search,
  type SearchValue,
} from '@chartway/codecs/fhir/search'
import type { ChartAccess } from '../../kernel/principal.ts'
import {
  type Alternative,
  type Candidates,
  type Condition,
  isFoundBy,
  storedText,
  storedToken,
  TOKEN_PART,
  ZONE_MS_MAX,
} from '../../mirror/index.ts'

/** Ids, or patients, that one search may name. */
export const NAMED_MAX = 500
/** Alternatives of one condition beyond which its rows are not looked up. */
const ALTERNATIVES_MAX = 50
/** Share of the distance from now by which `ap` widens a date, as the matching does. */
const APPROXIMATELY = 0.1

/** Types of which a practice has few, so that all of them may be looked through. */
const SMALL: ReadonlySet<string> = new Set([
  'Group',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
])
/** Types that belong to no one patient. */
const SHARED: ReadonlySet<string> = new Set([...SMALL, 'Binary', 'Provenance'])
/** Reference parameters by which the mirror keeps whose a record is. */
const OWNERS: ReadonlySet<string> = new Set(['patient', 'subject', 'beneficiary'])
/** Half of a practice has the same: looked up only when nothing else is asked. */
const COMMON: ReadonlySet<string> = new Set(['gender'])

export interface Planning {
  readonly access: ChartAccess
  /** Epoch ms of now. */
  readonly now: number
  /** `Type/id` of everything that fulfils a chain's far side. */
  readonly chained: (criterion: Criterion) => ReadonlySet<string>
}

/** Undefined: the question has no bound. */
export function candidatesOf(search: Search, planning: Planning): Candidates | undefined {
  const { type, criteria } = search
  const ids = namedIds(criteria)
  if (ids !== undefined) return { kind: 'ids', ids }
  const patients = namedPatients(criteria, planning) ?? ownPatient(type, planning.access)
  if (patients !== undefined)
    return type === 'Patient' ? { kind: 'ids', ids: patients } : { kind: 'patients', patients }
  const conditions = conditionsOf(type, criteria, planning)
  if (conditions.length > 0) return { kind: 'rows', conditions }
  const asked = criteria.some(({ parameter }) => parameter.name === '_lastUpdated')
  if (asked || sortedByChange(search)) return changed(search, planning.now)
  return criteria.length === 0 || SMALL.has(type) ? { kind: 'all' } : undefined
}

/** Whether the candidates of a change come in the order that is asked for. */
export function sortedByChange({ sort }: Pick<Search, 'sort'>): boolean {
  return sort.length === 1 && sort[0]?.parameter.name === '_lastUpdated'
}

function namedIds(criteria: readonly Criterion[]): readonly string[] | undefined {
  const criterion = criteria.find(
    ({ parameter, modifier }) => parameter.name === '_id' && modifier === undefined,
  )
  return criterion?.values.flatMap((value) =>
    value.kind === 'token' && value.code !== undefined && isId(value.code) ? [value.code] : [],
  )
}

/** Patients whose records alone can match; undefined when that is not said. */
function namedPatients(
  criteria: readonly Criterion[],
  { chained }: Planning,
): readonly string[] | undefined {
  for (const criterion of criteria) {
    const { parameter, modifier, chain } = criterion
    if (!OWNERS.has(parameter.name) || modifier !== undefined) continue
    const ids =
      chain.length > 0 ? patientsIn([...chained(criterion)]) : criterion.values.map(patientIn)
    if (ids.length <= NAMED_MAX && ids.every((id) => id !== undefined)) return ids
  }
  return undefined
}

function patientIn(value: SearchValue): string | undefined {
  if (value.kind !== 'reference' || value.url !== undefined) return undefined
  return value.type === undefined || value.type === 'Patient' ? value.id : undefined
}

/** Undefined among them: something that is no patient. */
function patientsIn(references: readonly string[]): readonly (string | undefined)[] {
  return references.map((reference) =>
    reference.startsWith('Patient/') ? reference.slice('Patient/'.length) : undefined,
  )
}

/** The one patient whose records the caller sees at all. */
function ownPatient(type: string, { patient }: ChartAccess): readonly string[] | undefined {
  return patient === undefined || SHARED.has(type) ? undefined : [patient]
}

function conditionsOf(
  type: string,
  criteria: readonly Criterion[],
  planning: Planning,
): readonly Condition[] {
  const found = criteria.flatMap((criterion) => {
    const any = isFoundBy(type, criterion.parameter.name)
      ? alternativesOf(criterion, planning)
      : undefined
    return any === undefined ? [] : [{ parameter: criterion.parameter.name, any }]
  })
  const rare = found.filter(({ parameter }) => !COMMON.has(parameter))
  return merged(rare.length > 0 ? rare : found)
}

/** Bounds on the same interval as one condition: the dates that are looked up stand in a record once. */
function merged(conditions: readonly Condition[]): readonly Condition[] {
  const ranges = new Map<string, Bounds>()
  const others: Condition[] = []
  for (const condition of conditions) {
    const [only, ...more] = condition.any
    if (only?.kind !== 'range' || more.length > 0) others.push(condition)
    else ranges.set(condition.parameter, narrower(ranges.get(condition.parameter), only))
  }
  return [...others, ...[...ranges].map(([parameter, range]) => ({ parameter, any: [range] }))]
}

type Bounds = Extract<Alternative, { kind: 'range' }>

function narrower(one: Bounds | undefined, other: Bounds): Bounds {
  if (one === undefined) return other
  const least = (name: 'lowBelow' | 'highBelow') => bound(Math.min, name, one[name], other[name])
  const most = (name: 'lowFrom' | 'highFrom') => bound(Math.max, name, one[name], other[name])
  return {
    kind: 'range',
    ...least('lowBelow'),
    ...least('highBelow'),
    ...most('lowFrom'),
    ...most('highFrom'),
  }
}

function bound(
  choose: (one: number, other: number) => number,
  name: keyof Omit<Bounds, 'kind'>,
  one: number | undefined,
  other: number | undefined,
): Partial<Omit<Bounds, 'kind'>> {
  if (one === undefined) return other === undefined ? {} : { [name]: other }
  return { [name]: other === undefined ? one : choose(one, other) }
}

/** Undefined when rows do not bound it. */
function alternativesOf(
  criterion: Criterion,
  planning: Planning,
): readonly Alternative[] | undefined {
  const { parameter, modifier, values, chain } = criterion
  if (chain.length > 0) return [{ kind: 'equal', values: [...planning.chained(criterion)] }]
  if (modifier !== undefined && modifier !== 'exact') return undefined
  const equal: string[] = []
  const others: Alternative[] = []
  for (const value of values) {
    const one = alternativeOf(value, parameter, planning.now)
    if (one === undefined) return undefined
    if (one.kind === 'equal') equal.push(...one.values)
    else others.push(one)
  }
  if (others.length > ALTERNATIVES_MAX) return undefined
  return equal.length === 0 ? others : [...others, { kind: 'equal', values: equal }]
}

function alternativeOf(
  value: SearchValue,
  parameter: Criterion['parameter'],
  now: number,
): Alternative | undefined {
  switch (value.kind) {
    case 'string': {
      const text = storedText(folded(value.text))
      return text === '' ? undefined : { kind: 'prefix', value: text }
    }
    case 'token': {
      if (value.code === undefined) return undefined
      if (parameter.form === 'contact')
        return { kind: 'equal', values: [storedToken(contactOf(value.code), '')] }
      return value.system === undefined
        ? { kind: 'prefix', value: storedText(value.code + TOKEN_PART) }
        : { kind: 'equal', values: [storedToken(value.code, value.system)] }
    }
    case 'reference': {
      const { type, id } = value
      if (id === undefined) return undefined
      const types = type === undefined ? parameter.targets : [type]
      return types.length === 0
        ? undefined
        : { kind: 'equal', values: types.map((one) => `${one}/${id}`) }
    }
    case 'date':
      return rangeOf(value, now)
    default:
      return undefined
  }
}

/** Bounds that hold of every interval that matches, whatever zone the dates are in. */
function rangeOf(
  { prefix, range }: Extract<SearchValue, { kind: 'date' }>,
  now: number,
): Alternative | undefined {
  const slack = prefix === 'ap' ? Math.abs(now - (range.low + range.high) / 2) * APPROXIMATELY : 0
  const before = Math.floor(range.low - slack) - ZONE_MS_MAX
  const after = Math.ceil(range.high + slack) + ZONE_MS_MAX + 1
  switch (prefix) {
    case 'eq':
      // What lies within begins and ends there: either index is narrowed from both sides.
      return { kind: 'range', lowFrom: before, lowBelow: after, highFrom: before, highBelow: after }
    case 'gt':
      return { kind: 'range', highFrom: range.high - ZONE_MS_MAX }
    case 'ge':
      return { kind: 'range', highFrom: before }
    case 'lt':
      return { kind: 'range', lowBelow: range.low + ZONE_MS_MAX }
    case 'le':
      return { kind: 'range', lowBelow: after }
    case 'sa':
      return { kind: 'range', lowFrom: range.high - ZONE_MS_MAX }
    case 'eb':
      return { kind: 'range', highBelow: range.low + ZONE_MS_MAX + 1 }
    case 'ap':
      return { kind: 'range', lowBelow: after, highFrom: before }
    case 'ne':
      return undefined
  }
}

/** The widest span of time in which everything was changed that can match. */
function changed({ criteria, sort }: Search, now: number): Candidates {
  let from = Number.MIN_SAFE_INTEGER
  let before = Number.MAX_SAFE_INTEGER
  for (const { parameter, modifier, values } of criteria) {
    if (parameter.name !== '_lastUpdated' || modifier !== undefined) continue
    const spans = values.map((value) => spanOf(value, now))
    from = Math.max(from, Math.min(...spans.map((span) => span.from)))
    before = Math.min(before, Math.max(...spans.map((span) => span.before)))
  }
  return { kind: 'changed', from, before, descending: sort[0]?.descending ?? false }
}

function spanOf(
  value: SearchValue,
  now: number,
): { readonly from: number; readonly before: number } {
  const always = { from: Number.MIN_SAFE_INTEGER, before: Number.MAX_SAFE_INTEGER }
  if (value.kind !== 'date') return always
  const { low, high } = value.range
  const slack = Math.ceil(Math.abs(now - (low + high) / 2) * APPROXIMATELY)
  switch (value.prefix) {
    case 'eq':
      return { from: low, before: high }
    case 'gt':
    case 'sa':
      return { ...always, from: high - 1 }
    case 'ge':
      return { ...always, from: low }
    case 'lt':
    case 'eb':
      return { ...always, before: low + 1 }
    case 'le':
      return { ...always, before: high }
    case 'ap':
      return { from: low - slack, before: high + slack }
    case 'ne':
      return always
  }
}
