// FHIR R4 search: a query's text becomes criteria, and resources are held against them. It finds
// nothing by itself: where resources come from is the caller's.

export { rangeOfDate } from './date.ts'
export type { Entry } from './match.ts'
export { contactOf, entriesOf, folded, matches, referencesAt, sortValue } from './match.ts'
export { parameterOf, parametersOf, SEARCHED_TYPES } from './parameters.ts'
export { parseSearch, VALUES_MAX } from './parse.ts'
export type { Pair } from './query-text.ts'
export { PAIRS_MAX, readPairs } from './query-text.ts'
export type {
  Criterion,
  Include,
  MatchContext,
  Modifier,
  Prefix,
  Range,
  ReferenceValue,
  Search,
  SearchContext,
  SearchParameter,
  SearchProblem,
  SearchProblemCode,
  SearchType,
  SearchValue,
  SortKey,
  TokenValue,
} from './types.ts'
export { readReferenceText, VALUE_LENGTH_MAX } from './value.ts'
