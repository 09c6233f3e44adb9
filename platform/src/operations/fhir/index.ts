// What a caller may do in FHIR's own terms. They stand beside the other operations, and not in their
// list: their description is the CapabilityStatement.

import type { Operation } from '../operation.ts'
import { fhirCapabilities } from './capabilities.ts'
import { fhirHistory } from './history.ts'
import { fhirRead, fhirVread } from './read.ts'
import { fhirSearch } from './search.ts'

export { FhirAnswer } from './answer.ts'
export { QUERY_LENGTH_MAX } from './fields.ts'
export { type Refusal, SearchRefused } from './refused.ts'

export const fhirOperations = {
  read: fhirRead,
  vread: fhirVread,
  history: fhirHistory,
  search: fhirSearch,
  capabilities: fhirCapabilities,
} as const satisfies Readonly<Record<string, Operation>>
