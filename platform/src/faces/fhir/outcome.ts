// Errors as an OperationOutcome: our code and its explanation, and FHIR's kind of issue. Nothing of a
// request enters it but names of parameters, so that foreign and absent look the same to the byte.

import type { JsonObject } from '@chartway/codecs/fhir'
import { ChartwayError, type ErrorCode, explain } from '../../kernel/errors.ts'
import { type Refusal, SearchRefused } from '../../operations/index.ts'

/** FHIR R4, value set issue-type; by status where the code says no more. */
const BY_CODE: Readonly<Partial<Record<ErrorCode, string>>> = {
  FHIR_TYPE_UNKNOWN: 'not-supported',
  FHIR_FORMAT_NOT_SERVED: 'not-supported',
  FHIR_INTERACTION_NOT_SERVED: 'not-supported',
  METHOD_NOT_ALLOWED: 'not-supported',
  MEDIA_TYPE_UNSUPPORTED: 'not-supported',
  // Not given out by a rule of this installation: FHIR R4, valueset-issue-type.
  CONTENT_NOT_KEPT: 'suppressed',
  RESOURCE_DELETED: 'deleted',
  SEARCH_TOO_COSTLY: 'too-costly',
  SEARCH_VALUE_INVALID: 'value',
  SEARCH_QUERY_MALFORMED: 'structure',
  SEARCH_PARAMETERS_TOO_MANY: 'too-long',
  SEARCH_VALUES_TOO_MANY: 'too-long',
  SEARCH_PARAMETER_UNKNOWN: 'not-supported',
  SEARCH_MODIFIER_NOT_SERVED: 'not-supported',
  SEARCH_CHAIN_NOT_SERVED: 'not-supported',
  SEARCH_HAS_NOT_SERVED: 'not-supported',
  SEARCH_ITERATE_NOT_SERVED: 'not-supported',
  SEARCH_INCLUDE_NOT_SERVED: 'not-supported',
  SEARCH_SORT_NOT_SERVED: 'not-supported',
  SEARCH_SUMMARY_NOT_SERVED: 'not-supported',
}

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  429: 'throttled',
  500: 'exception',
  502: 'transient',
  503: 'transient',
  504: 'timeout',
}

/** What an error says of each thing that is wrong: its code, and the parameter it is about. */
export function refusalsIn(error: unknown, code: ErrorCode): readonly Refusal[] {
  if (error instanceof SearchRefused) return error.refusals
  const parameter = error instanceof ChartwayError ? error.details.parameter : undefined
  return [{ code, parameter: typeof parameter === 'string' ? parameter : undefined }]
}

export function outcomeText(
  refusals: readonly Refusal[],
  status: number,
  publicUrl: string,
): string {
  const issue = refusals.map((refusal) => issueOf(refusal, status, publicUrl))
  return JSON.stringify({ resourceType: 'OperationOutcome', issue })
}

function issueOf({ code, parameter }: Refusal, status: number, publicUrl: string): JsonObject {
  const { title, cause, cure } = explain(code)
  return {
    severity: 'error',
    code: BY_CODE[code] ?? BY_STATUS[status] ?? 'invalid',
    details: { coding: [{ system: `${publicUrl}/errors`, code }], text: title },
    diagnostics: `${cause} ${cure}`,
    ...(parameter === undefined ? {} : { expression: [`http.${parameter}`] }),
  }
}
