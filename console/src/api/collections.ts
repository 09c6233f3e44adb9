// FHIR types and the names under which their records are served. Names that address the raw record are
// those of the API; a page of a record is addressed by them.

import { COLLECTIONS } from '@chartway/client'

export type Collection = (typeof COLLECTIONS)[number]

/** `AllergyIntolerance` → `allergy-intolerances`; undefined for types that are not served. */
export function collectionOf(type: string): Collection | undefined {
  const dashed = type.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
  const plurals = [dashed, `${dashed}s`, dashed.replace(/y$/, 'ies')]
  return COLLECTIONS.find((each) => plurals.includes(each))
}

export function isCollection(text: string): text is Collection {
  return COLLECTIONS.some((each) => each === text)
}

/** Unified objects whose histories tell fields under their own names, by FHIR type. */
export const OBJECT_OF = {
  Patient: 'patients',
  Encounter: 'encounters',
  Condition: 'problems',
  AllergyIntolerance: 'allergies',
  MedicationRequest: 'prescriptions',
  Immunization: 'immunizations',
  DiagnosticReport: 'diagnostic-reports',
  Procedure: 'procedures',
  DocumentReference: 'documents',
  Coverage: 'coverages',
  CarePlan: 'care-plans',
  CareTeam: 'care-teams',
  Goal: 'goals',
  Device: 'devices',
  ChargeItem: 'charge-items',
  Practitioner: 'providers',
  Location: 'facilities',
} as const
