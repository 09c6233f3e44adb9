// What an answer that is not the wished one means: the vendor's statuses, OperationOutcomes and
// OAuth errors as one typed error each. Pure; what to do about it stands in error-codes.json.

import type { JsonObject } from '@chartway/codecs/fhir'
import { ChartwayError, type ErrorCode, type Retry } from '../../kernel/errors.ts'

export interface Answer {
  readonly status: number
  readonly body: JsonObject | undefined
  /** What was asked, without values. */
  readonly purpose: string
}

/** Texts of the vendor and what they tell, most telling first. Grades as in the vendor's surface. */
const TEXTS: readonly (readonly [RegExp, ErrorCode, Retry])[] = [
  // [D] what an app sees that the practice has not switched on.
  [/authentication is not enabled/i, 'PATHWAY_NOT_ACTIVATED', 'later'],
  // [P] HAPI's handlers are per combination of parameters.
  [/does not know how to handle/i, 'PATHWAY_COMBINATION_UNKNOWN', 'never'],
  // [I] since 2026 for _count.
  [/unsupported query parameter/i, 'PATHWAY_PARAMETER_REFUSED', 'never'],
  // [I] a read of an id with a dot.
  [/string index out of range/i, 'PATHWAY_DOTTED_ID', 'never'],
  // [D] the text is paraphrased in the vendor's documentation.
  [/not supported/i, 'PATHWAY_BUILD_LACKS_TYPE', 'never'],
]

const STATUSES: Readonly<Record<number, readonly [ErrorCode, Retry]>> = {
  400: ['PATHWAY_REQUEST_REFUSED', 'never'],
  401: ['PATHWAY_UNAUTHORIZED', 'after-login'],
  403: ['PATHWAY_SCOPE_MISSING', 'never'],
  404: ['PATHWAY_NOT_THERE', 'never'],
  410: ['PATHWAY_NOT_THERE', 'never'],
}

/** OAuth error codes [D]. The vendor says `invalid_grant` for a scope it does not publish. */
const OAUTH: Readonly<Record<string, readonly [ErrorCode, Retry]>> = {
  invalid_client: ['PATHWAY_CLIENT_REFUSED', 'later'],
  invalid_grant: ['PATHWAY_GRANT_REFUSED', 'never'],
  invalid_scope: ['PATHWAY_GRANT_REFUSED', 'never'],
  unsupported_grant_type: ['PATHWAY_TOKEN_REFUSED', 'never'],
  invalid_request: ['PATHWAY_TOKEN_REFUSED', 'never'],
  access_denied: ['PATHWAY_TOKEN_DENIED', 'later'],
}

/** The error that a FHIR answer stands for; undefined when it is a usable resource. */
export function problemOf(answer: Answer): ChartwayError | undefined {
  const { status, body, purpose } = answer
  const outcome = body?.resourceType === 'OperationOutcome' ? readOutcome(body) : undefined
  if (status === 200 && body !== undefined && !outcome?.failed) return undefined
  const details = { status, purpose, issue: outcome?.code }
  const told = TEXTS.find(([text]) => outcome?.texts.some((line) => text.test(line)))
  if (told) return new ChartwayError(told[1], { retry: told[2], details })
  const [code, retry] = byStatus(status, outcome !== undefined)
  return new ChartwayError(code, { retry, details })
}

function byStatus(status: number, hasOutcome: boolean): readonly [ErrorCode, Retry] {
  const known = STATUSES[status]
  if (known) return known
  if (status >= 300 && status < 400) return ['PATHWAY_REDIRECTED', 'never']
  if (status >= 500) return ['PATHWAY_VENDOR_FAILED', 'later']
  if (status === 200 && hasOutcome) return ['PATHWAY_OUTCOME', 'later']
  return ['PATHWAY_UNEXPECTED', 'later']
}

/** The error that a token endpoint's answer stands for. */
export function tokenProblem(answer: Answer): ChartwayError {
  const { status, body } = answer
  const error = typeof body?.error === 'string' ? body.error : undefined
  const description = [body?.error, body?.error_description].join(' ')
  const details = { status, purpose: answer.purpose }
  if (/authentication is not enabled|not activated/i.test(description))
    return new ChartwayError('PATHWAY_NOT_ACTIVATED', { retry: 'later', details })
  const known = error === undefined ? undefined : OAUTH[error]
  if (known) return new ChartwayError(known[0], { retry: known[1], details })
  const [code, retry]: readonly [ErrorCode, Retry] =
    status >= 500 ? ['PATHWAY_VENDOR_FAILED', 'later'] : ['PATHWAY_TOKEN_REFUSED', 'never']
  return new ChartwayError(code, { retry, details })
}

interface Outcome {
  readonly failed: boolean
  readonly code: string | undefined
  readonly texts: readonly string[]
}

/** The issue codes of FHIR R4 (value set issue-type) are words like these; nothing else gets out. */
const ISSUE_CODE = /^[a-z-]{1,32}$/

function readOutcome(body: JsonObject): Outcome {
  const issues = Array.isArray(body.issue) ? body.issue.filter(isObject) : []
  const severe = issues.filter((issue) => /^(error|fatal)$/.test(String(issue.severity)))
  const first = (severe[0] ?? issues[0])?.code
  return {
    failed: severe.length > 0 || issues.length === 0,
    code: typeof first === 'string' && ISSUE_CODE.test(first) ? first : undefined,
    texts: issues.flatMap((issue) => {
      const details = isObject(issue.details) ? issue.details.text : undefined
      return [issue.diagnostics, details].filter((text) => typeof text === 'string')
    }),
  }
}

/** True for an outcome entry in a bundle that says something went wrong. */
export function isFailure(body: JsonObject): boolean {
  return readOutcome(body).failed
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
