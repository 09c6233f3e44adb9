// FHIR R4 as plain values: canonical form, field-level difference, NDJSON, search bundles, outcomes.

export { canonicalContent, canonicalize, withoutVolatile } from './canonical.ts'
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
