// FHIR R4 as plain values: canonical form, field-level difference, NDJSON, search bundles, outcomes.

export type { BundleCode, BundleProblem, FoundEntry, SearchAnswer } from './bundle.ts'
export { readSearchBundle } from './bundle.ts'
export { canonicalContent, canonicalize, withoutVolatile } from './canonical.ts'
export type { Difference } from './diff.ts'
export { apply, DIFF_COMPARISONS_MAX, diff } from './diff.ts'
export type { NdjsonCode, NdjsonLine, NdjsonOptions, NdjsonProblem } from './ndjson.ts'
export { NDJSON_LINE_MAX, parseNdjson, parseNdjsonStream } from './ndjson.ts'
export type { OutcomeIssue } from './outcome.ts'
export { makeOutcome, readOutcome } from './outcome.ts'
export { pointerTo, pointerTokens } from './pointer.ts'
export type { StructureProblem } from './structure.ts'
export {
  DEPTH_MAX,
  isId,
  isJsonObject,
  isResource,
  isStoredResource,
  structureProblem,
} from './structure.ts'
export type {
  BundleEntry,
  BundleLink,
  IssueSeverity,
  Json,
  JsonObject,
  OperationOutcome,
  Resource,
  SearchBundle,
} from './types.ts'
