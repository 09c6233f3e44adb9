// The parts of one chart, each asked by itself, so that one which fails leaves the others readable.
// Parts that the role does not show are not asked.

import type { ApiError, Operations } from '@chartway/client'
import type { UseQueryResult } from '@tanstack/react-query'
import { useAnswer } from '../../api/client.ts'
import { useAccess } from '../../api/session.tsx'

/** Objects of one kind that a chart shows; the newest, where the API orders them. */
const ROWS = 200

export type ListOf<N extends keyof Operations> = UseQueryResult<Operations[N]['output'], ApiError>

export interface ChartOf {
  readonly visits: ListOf<'encounters.list'> | undefined
  readonly problems: ListOf<'problems.list'> | undefined
  readonly allergies: ListOf<'allergies.list'> | undefined
  readonly prescriptions: ListOf<'prescriptions.list'> | undefined
  readonly vitals: ListOf<'vitals.list'> | undefined
  readonly results: ListOf<'lab-results.list'> | undefined
  readonly documents: ListOf<'documents.list'> | undefined
  readonly immunizations: ListOf<'immunizations.list'> | undefined
}

/** Undefined parts are those that the role does not show. */
export function useChart(practice: string, patient: string): ChartOf {
  const { sees } = useAccess()
  const ask = { practice, patient, limit: ROWS }
  const seen = (type: string) => ({ enabled: sees(type) !== 'none' })
  const shown = <T>(type: string, answer: T): T | undefined =>
    sees(type) === 'none' ? undefined : answer
  const visits = useAnswer('encounters.list', ask, seen('Encounter'))
  const problems = useAnswer('problems.list', ask, seen('Condition'))
  const allergies = useAnswer('allergies.list', ask, seen('AllergyIntolerance'))
  const prescriptions = useAnswer('prescriptions.list', ask, seen('MedicationRequest'))
  const vitals = useAnswer('vitals.list', ask, seen('Observation'))
  const results = useAnswer('lab-results.list', ask, seen('Observation'))
  const documents = useAnswer('documents.list', ask, seen('DocumentReference'))
  const immunizations = useAnswer('immunizations.list', ask, seen('Immunization'))
  return {
    visits: shown('Encounter', visits),
    problems: shown('Condition', problems),
    allergies: shown('AllergyIntolerance', allergies),
    prescriptions: shown('MedicationRequest', prescriptions),
    vitals: shown('Observation', vitals),
    results: shown('Observation', results),
    documents: shown('DocumentReference', documents),
    immunizations: shown('Immunization', immunizations),
  }
}
