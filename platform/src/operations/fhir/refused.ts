// A search that is not answered, with everything that is wrong with it: codes and parameters' names,
// never their values.

import type { SearchProblem } from '@chartway/codecs/fhir/search'
import { ChartwayError, type ErrorCode } from '../../kernel/errors.ts'

export interface Refusal {
  readonly code: ErrorCode
  /** As it was written, when it looks like a parameter's name. */
  readonly parameter: string | undefined
}

export class SearchRefused extends ChartwayError {
  readonly refusals: readonly Refusal[]

  constructor(first: Refusal, ...more: readonly Refusal[]) {
    super(first.code, { details: { parameter: first.parameter } })
    this.refusals = [first, ...more]
  }
}

export function refusalOf({ code, parameter }: SearchProblem): Refusal {
  return { code, parameter: nameOf(parameter) }
}

/** Unknown parameters under `Prefer: handling=strict`. */
export function unknownRefusal(name: string): Refusal {
  return { code: 'SEARCH_PARAMETER_UNKNOWN', parameter: nameOf(name) }
}

/** A name that the caller made up is repeated only when it looks like one. */
export function nameOf(text: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(text) ? text : undefined
}
