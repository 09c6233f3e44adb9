// The names under which mirrored types are served: plural, in lower case with dashes. One table; a
// type that is not here is mirrored by nobody.

import { z } from 'zod'

export const COLLECTIONS = {
  'allergy-intolerances': 'AllergyIntolerance',
  basics: 'Basic',
  binaries: 'Binary',
  'care-plans': 'CarePlan',
  'care-teams': 'CareTeam',
  'charge-items': 'ChargeItem',
  claims: 'Claim',
  conditions: 'Condition',
  coverages: 'Coverage',
  devices: 'Device',
  'diagnostic-reports': 'DiagnosticReport',
  'document-references': 'DocumentReference',
  encounters: 'Encounter',
  'family-member-histories': 'FamilyMemberHistory',
  goals: 'Goal',
  groups: 'Group',
  immunizations: 'Immunization',
  locations: 'Location',
  media: 'Media',
  medications: 'Medication',
  'medication-administrations': 'MedicationAdministration',
  'medication-dispenses': 'MedicationDispense',
  'medication-requests': 'MedicationRequest',
  observations: 'Observation',
  organizations: 'Organization',
  patients: 'Patient',
  practitioners: 'Practitioner',
  'practitioner-roles': 'PractitionerRole',
  procedures: 'Procedure',
  provenances: 'Provenance',
  questionnaires: 'Questionnaire',
  'questionnaire-responses': 'QuestionnaireResponse',
  'related-persons': 'RelatedPerson',
  'service-requests': 'ServiceRequest',
  specimens: 'Specimen',
} as const

export type Collection = keyof typeof COLLECTIONS

const names = Object.keys(COLLECTIONS).filter((name): name is Collection => name in COLLECTIONS)

export const collectionField = z.enum(names).describe('A mirrored type: plural, with dashes')
