// Patients whose every word is a canary: a text that occurs nowhere else on earth, so that wherever one
// is found, a chart has leaked there. Knows nothing of the platform.

export interface Canaries {
  /** The practice as FHIR R4 NDJSON. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** Every text of a chart. */
  readonly words: readonly string[]
  /** Ids of records: in an address or an answer they are right, in a log or a metric they are not. */
  readonly ids: readonly string[]
  readonly patients: readonly string[]
}

/** Records of one patient, in which each `word()` is another canary. */
const RECORDS: readonly ((patient: string, word: () => string, id: string) => object)[] = [
  (patient, word, id) => ({
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: `Patient/${patient}` },
    reasonCode: [{ text: word() }],
    period: { start: '2026-03-02T09:00:00-05:00' },
    text: narrative(word()),
  }),
  (patient, word, id) => ({
    resourceType: 'Condition',
    id,
    category: [{ coding: [{ code: 'problem-list-item' }] }],
    code: { text: word() },
    subject: { reference: `Patient/${patient}` },
    note: [{ text: word() }],
  }),
  (patient, word, id) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'laboratory',
          },
        ],
      },
    ],
    code: { text: word() },
    subject: { reference: `Patient/${patient}` },
    valueString: word(),
  }),
  (patient, word, id) => ({
    resourceType: 'AllergyIntolerance',
    id,
    code: { text: word() },
    patient: { reference: `Patient/${patient}` },
    reaction: [{ manifestation: [{ text: word() }] }],
  }),
  (patient, word, id) => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: word() },
    subject: { reference: `Patient/${patient}` },
    dosageInstruction: [{ text: word() }],
  }),
  (patient, word, id) => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    category: [{ coding: [{ code: 'clinical-note' }] }],
    subject: { reference: `Patient/${patient}` },
    description: word(),
    content: [
      {
        attachment: { contentType: 'text/plain', data: Buffer.from(word()).toString('base64') },
      },
    ],
  }),
]

export function canaries(patients: number, seed: number): Canaries {
  const words: string[] = []
  const ids: string[] = []
  const word = () => {
    words.push(`Zq${seed.toString(36)}k${(words.length + 46_656).toString(36)}vx`)
    return words.at(-1) ?? ''
  }
  const id = (kind: string) => {
    ids.push(`zq${kind}${String(ids.length).padStart(34, '0')}`)
    return ids.at(-1) ?? ''
  }
  const byType = new Map<string, object[]>()
  const add = (resource: object) => {
    const type = 'resourceType' in resource ? String(resource.resourceType) : ''
    byType.set(type, [...(byType.get(type) ?? []), resource])
  }
  const named = Array.from({ length: patients }, () => id('p'))
  for (const [index, patient] of named.entries()) {
    add(person(patient, word, phone(index, words)))
    for (const record of RECORDS) add(record(patient, word, id('r')))
  }
  const files = [...byType].map(([type, resources]) => ({
    name: `${type}.ndjson`,
    text: resources.map((resource) => JSON.stringify(resource)).join('\n'),
  }))
  return { files, words, ids, patients: named }
}

function person(id: string, word: () => string, number: string): object {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ use: 'usual', system: 'urn:oid:2.16.840.1.113883.4.391.9', value: word() }],
    name: [{ use: 'official', family: word(), given: [word()] }],
    telecom: [{ system: 'phone', use: 'home', value: number }],
    gender: 'unknown',
    birthDate: '1951-05-05',
    address: [{ line: [word()], city: word(), state: 'MA' }],
    contact: [{ name: { family: word() } }],
    text: narrative(word()),
  }
}

/** Ten digits; the exchange 999 is nobody's. */
function phone(index: number, words: string[]): string {
  const number = `508999${String(index).padStart(4, '0')}`
  words.push(number)
  return number
}

function narrative(text: string): object {
  return {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`,
  }
}
