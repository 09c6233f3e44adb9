// Records that neither the public samples nor the living practice have: staff without an NPI, visits in
// every state, money, values of the wrong kind. Invented for this proof.

const LOCATION = { reference: 'Location/own-north', display: 'North Clinic' }
const PATIENT = { reference: 'Patient/own-patient', display: 'STONE Ada' }
const NURSE = { reference: 'Practitioner/own-nurse', display: 'Reed, Sam' }
const DOCTOR = { reference: 'Practitioner/own-doctor', display: 'Hale, Kim' }

const STATES = ['planned', 'arrived', 'triaged', 'in-progress', 'finished', 'cancelled', 'onleave']

function encounter(status: string, index: number): object {
  return {
    resourceType: 'Encounter',
    id: `own-visit-${index}`,
    status,
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: index % 2 === 0 ? 'AMB' : 'VR',
    },
    type: [{ coding: [{ system: 'http://snomed.info/sct', code: '185349003' }], text: 'Check-up' }],
    subject: PATIENT,
    participant: [
      { individual: NURSE },
      { type: [{ coding: [{ code: 'PPRF' }] }], individual: DOCTOR },
    ],
    // Near midnight: the day at the practice is not the day in UTC.
    period: {
      start: `2026-03-0${index + 1}T23:30:00-05:00`,
      end: `2026-03-0${index + 1}T23:50:00-05:00`,
    },
    reasonCode: [{ text: 'Cough' }],
    location: [{ location: LOCATION }],
  }
}

const RECORDS: readonly object[] = [
  { resourceType: 'Location', id: 'own-north', name: 'North Clinic', status: 'active' },
  {
    resourceType: 'Patient',
    id: 'own-patient',
    name: [
      { use: 'old', family: 'Blake', given: ['Ada'] },
      { use: 'usual', family: 'Stone', given: ['Ada', 'M'] },
    ],
    birthDate: '1980-02',
    deceasedDateTime: '1899-12-30T00:00:00-05:00',
    generalPractitioner: [DOCTOR],
  },
  {
    resourceType: 'Practitioner',
    id: 'own-nurse',
    active: true,
    name: [{ family: 'Reed', given: ['Sam'] }],
    qualification: [{ code: { text: 'Registered nurse' } }],
  },
  {
    resourceType: 'Practitioner',
    id: 'own-doctor',
    name: [{ family: 'Hale', given: ['Kim'] }],
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }],
  },
  {
    resourceType: 'PractitionerRole',
    id: 'own-role',
    active: true,
    practitioner: DOCTOR,
    code: [{ text: 'Doctor' }],
    location: [LOCATION],
  },
  ...STATES.map(encounter),
  {
    resourceType: 'ChargeItem',
    id: 'own-charge',
    status: 'billable',
    code: { text: 'Office visit' },
    subject: PATIENT,
    context: { reference: 'Encounter/own-visit-4' },
    quantity: { value: 2 },
    priceOverride: { value: 19.99, currency: 'USD' },
    factorOverride: 0.5,
  },
  {
    resourceType: 'Observation',
    id: 'own-result',
    status: 'final',
    category: [{ coding: [{ code: 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
    subject: PATIENT,
    effectiveDateTime: '2026-03-05T09:00:00-05:00',
    valueString: '13.50',
    interpretation: [{ coding: [{ code: 'N' }], text: 'Normal' }],
  },
  {
    resourceType: 'Observation',
    id: 'own-words',
    status: 'final',
    category: [{ coding: [{ code: 'laboratory' }] }],
    code: { text: 'Potassium' },
    subject: PATIENT,
    effectiveDateTime: '2026-03-05',
    valueString: '<3.5',
    note: [{ text: 'Repeat it.' }],
  },
  {
    resourceType: 'Condition',
    id: 'own-problem',
    clinicalStatus: { text: 'Well-controlled' },
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' }] },
    subject: PATIENT,
    onsetDateTime: '2019',
    severity: { text: 'Mild' },
    note: [{ text: 'Watch it.' }],
  },
]

/** As files of the sandbox's loader. */
export const OWN_FILES: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'own.ndjson', text: RECORDS.map((one) => JSON.stringify(one)).join('\n') },
]
