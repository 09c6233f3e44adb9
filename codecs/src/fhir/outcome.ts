// OperationOutcome (FHIR R4): what a server says went wrong, made and read. It judges nothing: whether
// an outcome means refusal is the reader's to say.

import { isJsonObject } from './structure.ts'
import type { IssueSeverity, Json, JsonObject, OperationOutcome } from './types.ts'

export type OutcomeIssue = OperationOutcome['issue'][number]

/** At least one issue, as FHIR R4 demands of OperationOutcome.issue (1..*). */
export function makeOutcome(issue: OutcomeIssue, ...more: OutcomeIssue[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [issue, ...more] }
}

/**
 * The outcome in a value; undefined when it is none. Issues of a wrong form are left out, and so are
 * their members: a server in trouble rarely speaks well, and what it did say is still worth reading.
 */
export function readOutcome(value: unknown): OperationOutcome | undefined {
  if (!isJsonObject(value) || value.resourceType !== 'OperationOutcome') return undefined
  const issue = Array.isArray(value.issue) ? value.issue.flatMap(readIssue) : []
  return { resourceType: 'OperationOutcome', issue }
}

function readIssue(value: Json): OutcomeIssue[] {
  if (!isJsonObject(value) || !isSeverity(value.severity) || typeof value.code !== 'string')
    return []
  const { severity, code, diagnostics } = value
  const text = isJsonObject(value.details) ? value.details.text : undefined
  const expression = texts(value, 'expression')
  return [
    {
      severity,
      code,
      ...(typeof diagnostics === 'string' ? { diagnostics } : {}),
      ...(typeof text === 'string' ? { details: { text } } : {}),
      ...(expression.length > 0 ? { expression } : {}),
    },
  ]
}

function isSeverity(value: Json | undefined): value is IssueSeverity {
  return value === 'fatal' || value === 'error' || value === 'warning' || value === 'information'
}

function texts(value: JsonObject, name: string): string[] {
  const list = value[name]
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : []
}
