// Fields that the FHIR operations share, and what they throw for a type that is not served.

import { SEARCHED_TYPES } from '@chartway/codecs/fhir/search'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import { idField, practiceField } from '../fields.ts'

/** Characters of a query, of the address and a form together. */
export const QUERY_LENGTH_MAX = 32_000

export const fhirFields = {
  practice: practiceField.unwrap(),
  type: z.string().describe('A FHIR type'),
  /** Where the practice's FHIR stands, without a slash at the end; the face says it. */
  base: z.string().describe('The address below which answers link'),
  query: z.string().max(QUERY_LENGTH_MAX).describe('The query as it was sent, form-encoded'),
}

export const fhirId: typeof idField = idField

export const fhirResource: z.ZodObject = z.looseObject({ resourceType: z.string() })

/** Throws FHIR_TYPE_UNKNOWN. */
export function servedType(type: string): string {
  if (!SEARCHED_TYPES.includes(type)) throw new ChartwayError('FHIR_TYPE_UNKNOWN')
  return type
}
