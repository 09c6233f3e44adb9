// Whether a resource fulfils a criterion, what it is sorted by, and what it may be looked up by. It
// reads the resource as it stands and asks nobody; chains are answered by whoever can look further.

import { isJsonObject } from '../structure.ts'
import type { Json, JsonObject, Resource } from '../types.ts'
import { compareRanges, rangeOfDate } from './date.ts'
import { elementsAt } from './path.ts'
import type {
  Criterion,
  MatchContext,
  NumberValue,
  QuantityValue,
  Range,
  ReferenceValue,
  SearchContext,
  SearchParameter,
  SearchValue,
  TokenValue,
} from './types.ts'
import { readReferenceText } from './value.ts'

/** Share of the distance from now to a searched date by which `ap` widens it: FHIR R4 suggests a tenth. */
const APPROXIMATELY = 0.1
/** Digits from which on a contact is compared as a telephone number. */
const TELEPHONE_DIGITS_MIN = 7

/** True when the resource fulfils all of the criteria. */
export function matches(
  resource: Resource,
  criteria: readonly Criterion[],
  context: MatchContext,
): boolean {
  return criteria.every((criterion) => fulfils(resource, criterion, context))
}

function fulfils(resource: Resource, criterion: Criterion, context: MatchContext): boolean {
  const { parameter, modifier, values, chain } = criterion
  const elements = parameter.paths.flatMap((path) => elementsAt(resource, path))
  if (chain.length > 0) {
    const wanted = context.chained?.(criterion) ?? new Set()
    return elements.some((element) => wanted.has(keyOf(referenceIn(element, context))))
  }
  if (modifier === 'missing')
    return values.some(
      (value) => value.kind === 'missing' && value.missing === (elements.length === 0),
    )
  if (parameter.form === 'presence') {
    const present = elements.some((element) => element !== false)
    const told = values.some((value) => value.kind === 'token' && value.code === String(present))
    return modifier === 'not' ? !told : told
  }
  const any = values.some((value) =>
    elements.some((element) => holds(element, value, criterion, context)),
  )
  return modifier === 'not' ? !any : any
}

function holds(
  element: Json,
  value: SearchValue,
  { parameter, modifier }: Criterion,
  context: MatchContext,
): boolean {
  switch (value.kind) {
    case 'string':
      return modifier === 'text'
        ? displaysIn(element).some((text) => folded(text).startsWith(folded(value.text)))
        : textsIn(element).some((text) => textHolds(text, value.text, modifier))
    case 'token':
      return modifier === 'identifier'
        ? isJsonObject(element) && tokenHolds(element.identifier, value, parameter)
        : tokenHolds(element, value, parameter)
    case 'uri':
      return element === value.uri
    case 'reference':
      return referenceHolds(referenceIn(element, context), value, parameter)
    case 'date':
      return rangesIn(element, context).some((range) =>
        compareRanges(value.prefix, value.range, range, slackOf(value.range, context.now)),
      )
    case 'number':
      return typeof element === 'number' && numberHolds(element, value)
    case 'quantity':
      return quantityHolds(element, value)
    case 'missing':
      return false
  }
}

/**
 * Text without what FHIR R4, search.html 3.1.1.4.8 says to pass over: case, accents, and white space
 * that is more than one.
 */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

function textHolds(text: string, wanted: string, modifier: Criterion['modifier']): boolean {
  if (modifier === 'exact') return text === wanted
  return modifier === 'contains'
    ? folded(text).includes(folded(wanted))
    : folded(text).startsWith(folded(wanted))
}

/** Members of a HumanName or an Address that a string parameter looks at. */
const TEXT_MEMBERS = [
  ['text', 'family', 'given', 'prefix', 'suffix'],
  ['line', 'city', 'district', 'state', 'postalCode', 'country'],
].flat()

function textsIn(element: Json): string[] {
  if (typeof element === 'string') return [element]
  if (!isJsonObject(element)) return []
  return TEXT_MEMBERS.flatMap((name) => elementsAt(element, name)).filter(
    (text) => typeof text === 'string',
  )
}

/** FHIR R4, search.html 3.1.1.4.10, `:text`: what a person reads of a code or an identifier. */
function displaysIn(element: Json): string[] {
  if (!isJsonObject(element)) return []
  const found = ['text', 'display', 'coding.display', 'type.text']
  return found
    .flatMap((path) => elementsAt(element, path))
    .filter((text) => typeof text === 'string')
}

interface Token {
  readonly system: string | undefined
  readonly code: string
}

/** FHIR R4, search.html 3.1.1.4.10: codes of a concept, an identifier's value, a plain code or flag. */
function tokensIn(element: Json | undefined, parameter: SearchParameter): Token[] {
  if (typeof element === 'string') return [{ system: parameter.system, code: element }]
  if (typeof element === 'boolean') return [{ system: undefined, code: String(element) }]
  if (!isJsonObject(element)) return []
  if (Array.isArray(element.coding))
    return element.coding.flatMap((coding) => tokensIn(coding, parameter))
  const code = element.code ?? element.value
  if (typeof code !== 'string') return []
  const system = parameter.form === 'contact' ? undefined : element.system
  return [{ system: typeof system === 'string' ? system : undefined, code }]
}

function tokenHolds(
  element: Json | undefined,
  value: TokenValue,
  parameter: SearchParameter,
): boolean {
  return tokensIn(element, parameter).some(({ system, code }) => {
    if (parameter.form === 'contact')
      return value.code !== undefined && contactOf(code) === contactOf(value.code)
    const ofSystem = value.system === undefined || value.system === (system ?? '')
    return ofSystem && (value.code === undefined || value.code === code)
  })
}

/** A telephone number by its digits alone, an address without its case. */
export function contactOf(text: string): string {
  const digits = text.replace(/\D/g, '')
  const isNumber = digits.length >= TELEPHONE_DIGITS_MIN && /^[-+\d\s().x/]+$/i.test(text)
  return isNumber ? digits : text.toLowerCase()
}

function referenceIn(element: Json, { bases }: SearchContext): ReferenceValue {
  const text = isJsonObject(element) ? element.reference : element
  return readReferenceText(typeof text === 'string' ? text : '', bases)
}

function keyOf({ type, id }: ReferenceValue): string {
  return `${type}/${id}`
}

function referenceHolds(
  element: ReferenceValue,
  value: ReferenceValue,
  parameter: SearchParameter,
): boolean {
  if (value.url !== undefined) return element.url !== undefined && urlHolds(element.url, value.url)
  if (element.id !== value.id) return false
  if (value.type !== undefined) return element.type === value.type
  return parameter.targets.length === 0 || parameter.targets.includes(element.type ?? '')
}

/** A canonical without a version stands for each of them: FHIR R4, references.html 2.3.0.3. */
function urlHolds(element: string, value: string): boolean {
  return element === value || (!value.includes('|') && element.split('|')[0] === value)
}

/** The intervals of a date, a dateTime, an instant, a Period or a Timing. */
function rangesIn(element: Json, { timeZone }: SearchContext): Range[] {
  if (typeof element === 'string') {
    const range = rangeOfDate(element, timeZone)
    return range === undefined ? [] : [range]
  }
  if (!isJsonObject(element)) return []
  if (Array.isArray(element.event))
    return element.event.flatMap((event) => rangesIn(event, { timeZone, bases: [] }))
  const period = periodOf(element, timeZone)
  return period === undefined ? [] : [period]
}

/** FHIR R4, search.html 3.1.1.4.7: a missing bound is before or after everything. */
function periodOf({ start, end }: JsonObject, timeZone: string): Range | undefined {
  const first = typeof start === 'string' ? rangeOfDate(start, timeZone) : undefined
  const last = typeof end === 'string' ? rangeOfDate(end, timeZone) : undefined
  if (first === undefined && last === undefined) return undefined
  return { low: first?.low ?? -Infinity, high: last?.high ?? Infinity }
}

function slackOf({ low, high }: Range, now: number): number {
  return Math.abs(now - (low + high) / 2) * APPROXIMATELY
}

/** FHIR R4, search.html 3.1.1.4.6: precision counts for equality alone. */
function numberHolds(found: number, { prefix, value, range }: Omit<NumberValue, 'kind'>): boolean {
  const within = found >= range.low && found < range.high
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
    case 'sa':
      return found > value
    case 'lt':
    case 'eb':
      return found < value
    case 'ge':
      return found >= value
    case 'le':
      return found <= value
    case 'ap':
      return Math.abs(found - value) <= Math.abs(value) * APPROXIMATELY
  }
}

/** A Quantity's comparator is not looked at; units are compared as they are written. */
function quantityHolds(element: Json, wanted: QuantityValue): boolean {
  if (!isJsonObject(element) || typeof element.value !== 'number') return false
  const { system, code } = wanted
  const ofSystem = system === undefined || element.system === system
  const coded = code === undefined || element.code === code
  const named = system === undefined && element.unit === code
  return ofSystem && (coded || named) && numberHolds(element.value, wanted)
}

/** What a resource may be found by, as an index keeps it. */
export type Entry =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'token'; readonly system: string; readonly code: string }
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'range'; readonly range: Range }

/**
 * Everything a parameter finds the resource by: folded texts, tokens, `Type/id` references and
 * intervals. What matches a criterion has an entry that does; the reverse need not hold.
 */
export function entriesOf(
  resource: Resource,
  parameter: SearchParameter,
  context: SearchContext,
): Entry[] {
  const elements = parameter.paths.flatMap((path) => elementsAt(resource, path))
  switch (parameter.type) {
    case 'string':
      return elements.flatMap((element) =>
        textsIn(element).map((text) => ({ kind: 'text', text: folded(text) })),
      )
    case 'token':
      return elements.flatMap((element) =>
        tokensIn(element, parameter).map(({ system = '', code }) => ({
          kind: 'token',
          system,
          code: parameter.form === 'contact' ? contactOf(code) : code,
        })),
      )
    case 'reference':
      return elements
        .map((element) => referenceIn(element, context))
        .filter(({ id }) => id !== undefined)
        .map((reference) => ({ kind: 'reference', reference: keyOf(reference) }))
    case 'date':
      return elements
        .flatMap((element) => rangesIn(element, context))
        .map((range) => ({ kind: 'range', range }))
    default:
      return []
  }
}

/** By what a resource is sorted: numbers before texts before nothing. */
export function sortValue(
  resource: Resource,
  parameter: SearchParameter,
  context: SearchContext,
  descending: boolean,
): number | string | undefined {
  const values = entriesOf(resource, parameter, context).map((entry) => sortedBy(entry, descending))
  let chosen: number | string | undefined
  for (const value of values)
    if (chosen === undefined || (descending ? value > chosen : value < chosen)) chosen = value
  return chosen
}

function sortedBy(entry: Entry, descending: boolean): number | string {
  switch (entry.kind) {
    case 'text':
      return entry.text
    case 'token':
      return entry.code
    case 'reference':
      return entry.reference
    case 'range':
      return descending ? entry.range.high : entry.range.low
  }
}

/** Every `Type/id` that a reference parameter's elements point at. */
export function referencesAt(
  resource: Resource,
  parameter: SearchParameter,
  context: SearchContext,
): string[] {
  return entriesOf(resource, parameter, context).flatMap((entry) =>
    entry.kind === 'reference' ? [entry.reference] : [],
  )
}
