// One record of each kind that the unified objects are made from, of one organization's first patient:
// for tests that need something to be there. Invented, and as small as it can be.

import type { Resource } from '../codecs/src/fhir/index.ts'
import type { Platform } from '../platform/src/compose.ts'
import type { PracticeRef } from '../platform/src/kernel/ids.ts'

type Stored = Resource & { readonly id: string }

/** By unified object: the id of the record that one is made from. */
export function idOf(organization: string, object: string): string {
  return object === 'patients' ? `${organization}-1` : `${organization}-${object}`
}

function coded(system: string, code: string) {
  return { coding: [{ system, code }], text: code }
}

function recordsOf(organization: string): readonly Stored[] {
  const id = (object: string) => idOf(organization, object)
  const patient = { reference: `Patient/${organization}-1` }
  const category = (code: string) => [coded('http://terminology.hl7.org/test', code)]
  const npi = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }
  return [
    { resourceType: 'Practitioner', id: id('providers'), identifier: [npi] },
    { resourceType: 'Practitioner', id: id('clinical-staff'), active: true },
    { resourceType: 'Location', id: id('facilities'), name: 'Main Office' },
    { resourceType: 'Encounter', id: id('encounters'), status: 'finished', subject: patient },
    { resourceType: 'Encounter', id: id('appointments'), status: 'planned', subject: patient },
    { resourceType: 'Condition', id: id('problems'), subject: patient },
    { resourceType: 'AllergyIntolerance', id: id('allergies'), patient },
    { resourceType: 'MedicationRequest', id: id('medications'), intent: 'plan', subject: patient },
    {
      resourceType: 'MedicationRequest',
      id: id('prescriptions'),
      intent: 'order',
      subject: patient,
    },
    { resourceType: 'Immunization', id: id('immunizations'), patient },
    {
      resourceType: 'Observation',
      id: id('vitals'),
      category: category('vital-signs'),
      subject: patient,
    },
    {
      resourceType: 'Observation',
      id: id('lab-results'),
      category: category('laboratory'),
      subject: patient,
    },
    {
      resourceType: 'ServiceRequest',
      id: id('lab-orders'),
      category: category('108252007'),
      subject: patient,
    },
    {
      resourceType: 'ServiceRequest',
      id: id('referrals'),
      category: category('3457005'),
      subject: patient,
    },
    { resourceType: 'DiagnosticReport', id: id('diagnostic-reports'), subject: patient },
    { resourceType: 'Procedure', id: id('procedures'), subject: patient },
    {
      resourceType: 'DocumentReference',
      id: id('documents'),
      subject: patient,
      content: [{ attachment: { contentType: 'text/plain', data: 'SGVsbG8=' } }],
    },
    { resourceType: 'Coverage', id: id('coverages'), beneficiary: patient },
    { resourceType: 'CarePlan', id: id('care-plans'), subject: patient },
    { resourceType: 'CareTeam', id: id('care-teams'), subject: patient },
    { resourceType: 'Goal', id: id('goals'), subject: patient },
    { resourceType: 'Device', id: id('devices'), patient },
    { resourceType: 'ChargeItem', id: id('charge-items'), subject: patient },
  ]
}

/** Puts them into the mirror of a practice, as if it had just shown them. */
export async function mirrorRecords(
  { mirror }: Pick<Platform, 'mirror'>,
  ref: PracticeRef,
  askedAt: number,
): Promise<void> {
  const { organization } = ref
  const listing = {
    ...{ pathway: 'fhir', search: 'Test.records', subject: `${organization}-1` },
    ...{ covers: [], askedAt, complete: true },
    sightings: recordsOf(organization).map((resource) => ({
      ...{ resource, repairs: [], patientId: patientIn(resource, organization) },
    })),
  }
  await mirror.apply(ref, [listing])
}

function patientIn(resource: Stored, organization: string): string | undefined {
  return resource.resourceType === 'Practitioner' || resource.resourceType === 'Location'
    ? undefined
    : `${organization}-1`
}
