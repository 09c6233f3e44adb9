// What a FHIR R4 search is once it is read: parameters, criteria, values and problems. Values only.

/** FHIR R4, search.html 3.1.1.2.1; composite and special parameters are not held. */
export type SearchType = 'token' | 'string' | 'date' | 'reference' | 'uri' | 'number' | 'quantity'

export interface SearchParameter {
  readonly name: string
  readonly type: SearchType
  /** Where it looks, beneath the resource; see `elementsAt` for the form. */
  readonly paths: readonly string[]
  /** Types that a reference may point at; empty when any. */
  readonly targets: readonly string[]
  /** The code system that a plain `code` at these paths is bound to. */
  readonly system?: string
  /** `contact`: telephone numbers and addresses; `presence`: true when there is anything but `false`. */
  readonly form?: 'contact' | 'presence'
}

/** FHIR R4, search.html 3.1.1.4.4. */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** From `low` to before `high`; epoch ms for dates; infinite where it is open. */
export interface Range {
  readonly low: number
  readonly high: number
}

export interface TokenValue {
  readonly kind: 'token'
  /** Undefined: any; empty: none at all. */
  readonly system: string | undefined
  /** Undefined: any code of the system. */
  readonly code: string | undefined
}

export interface ReferenceValue {
  readonly kind: 'reference'
  readonly type: string | undefined
  readonly id: string | undefined
  /** What is no `Type/id` of ours. */
  readonly url: string | undefined
}

export interface NumberValue {
  readonly kind: 'number'
  readonly prefix: Prefix
  readonly value: number
  /** What the number means at the precision in which it was written. */
  readonly range: Range
}

export interface QuantityValue extends Omit<NumberValue, 'kind'> {
  readonly kind: 'quantity'
  /** Undefined: any. */
  readonly system: string | undefined
  /** A code or a unit as written; undefined: any. */
  readonly code: string | undefined
}

export type SearchValue =
  | TokenValue
  | ReferenceValue
  | NumberValue
  | QuantityValue
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'date'; readonly prefix: Prefix; readonly range: Range }
  | { readonly kind: 'missing'; readonly missing: boolean }

/** One parameter of a search; all of a search's criteria must hold, and of its values any. */
export interface Criterion {
  /** As it was written, with its modifier or chain. */
  readonly name: string
  readonly parameter: SearchParameter
  readonly modifier: Modifier | undefined
  readonly values: readonly SearchValue[]
  /** Of a chain: what must hold of the resource that is pointed at, by its type; else empty. */
  readonly chain: readonly { readonly type: string; readonly criterion: Criterion }[]
}

export type Modifier = 'missing' | 'exact' | 'contains' | 'not' | 'text' | 'identifier'

export interface SortKey {
  readonly parameter: SearchParameter
  readonly descending: boolean
}

export interface Include {
  /** As it was written. */
  readonly text: string
  readonly type: string
  readonly parameter: SearchParameter
  /** Undefined: whatever it points at. */
  readonly target: string | undefined
}

export interface Search {
  readonly type: string
  readonly criteria: readonly Criterion[]
  readonly sort: readonly SortKey[]
  readonly includes: readonly Include[]
  readonly revincludes: readonly Include[]
  readonly count: number | undefined
  readonly total: 'none' | 'estimate' | 'accurate' | undefined
  readonly summary: 'count' | 'data' | undefined
  readonly elements: readonly string[]
  /** Names of parameters that are not served; FHIR R4 lets a server ignore them. */
  readonly ignored: readonly string[]
  readonly problems: readonly SearchProblem[]
}

export type SearchProblemCode =
  | 'SEARCH_QUERY_MALFORMED'
  | 'SEARCH_PARAMETERS_TOO_MANY'
  | 'SEARCH_VALUES_TOO_MANY'
  | 'SEARCH_VALUE_INVALID'
  | 'SEARCH_MODIFIER_NOT_SERVED'
  | 'SEARCH_CHAIN_NOT_SERVED'
  | 'SEARCH_HAS_NOT_SERVED'
  | 'SEARCH_ITERATE_NOT_SERVED'
  | 'SEARCH_INCLUDE_NOT_SERVED'
  | 'SEARCH_SORT_NOT_SERVED'
  | 'SEARCH_SUMMARY_NOT_SERVED'

export interface SearchProblem {
  readonly code: SearchProblemCode
  /** The parameter's name as it was written, without its value. */
  readonly parameter: string
}

/** What a value means depends on these. */
export interface SearchContext {
  /** IANA zone of dates and times that carry none of their own, on either side. */
  readonly timeZone: string
  /** Base URLs without a slash at the end; a reference below one of them is a `Type/id`. */
  readonly bases: readonly string[]
}

export interface MatchContext extends SearchContext {
  /** Epoch ms of now, by which `ap` is measured for dates. */
  readonly now: number
  /** `Type/id` of everything that fulfils a chain's far side. */
  readonly chained?: (criterion: Criterion) => ReadonlySet<string>
}
