// Which resources of a set the vendor's published surface can serve at all, and why not the others.
// Rests on the vendor's CapabilityStatement and observed answers, not on what the platform asks.

import { type Item, isItem, type Value } from './compare.ts'

/** Types a patient's search returns, and what it needs besides the patient. */
const BY_PATIENT: Readonly<Record<string, (resource: Item) => string | undefined>> = {
  AllergyIntolerance: () => undefined,
  Basic: () => undefined,
  CarePlan: (resource) =>
    codesOf(resource.category).includes('assess-plan')
      ? undefined
      : 'CarePlan needs category assess-plan',
  CareTeam: (resource) =>
    resource.status === 'active' ? undefined : 'CareTeam needs status active',
  ChargeItem: () => undefined,
  Condition: () => undefined,
  Coverage: () => undefined,
  Device: () => undefined,
  DiagnosticReport: () => undefined,
  DocumentReference: () => undefined,
  Encounter: () => undefined,
  FamilyMemberHistory: () => 'no published scope lets a backend application read it',
  Goal: () => undefined,
  Immunization: () => undefined,
  MedicationAdministration: () => undefined,
  MedicationDispense: () => undefined,
  MedicationRequest: () => undefined,
  Observation: (resource) =>
    codesOf(resource.category).some((code) => OBSERVATION_CATEGORIES.has(code))
      ? undefined
      : 'Observation has none of the seven categories that can be asked for',
  Procedure: () => undefined,
  QuestionnaireResponse: () => undefined,
  ServiceRequest: () => undefined,
  Specimen: () => undefined,
}
const OBSERVATION_CATEGORIES = new Set([
  'laboratory',
  'vital-signs',
  'social-history',
  'survey',
  'exam',
  'imaging',
  'sdoh',
])
/** Types with a roster by name. */
const BY_NAME = new Set(['Patient', 'Practitioner', 'Organization', 'Location'])
/** Types that can be had by id only: served when something that is served refers to them. */
const BY_ID = new Set(['Claim', 'Binary', 'Media', 'Medication', 'Provenance', 'RelatedPerson'])
const BY_ID_ALSO = new Set(['PractitionerRole', 'Questionnaire', 'OperationDefinition', 'Group'])

export interface Reach {
  readonly served: readonly Item[]
  /** Why the others cannot be served: `Type: reason` → how many. */
  readonly unserved: Readonly<Record<string, number>>
}

/**
 * Splits the resources. A resource that no search returns is still served when a served one refers to
 * it, because every type can be read by id.
 */
export function reachOf(resources: readonly Item[]): Reach {
  const patients = new Set(
    resources.filter((one) => one.resourceType === 'Patient').map((one) => String(one.id)),
  )
  const byName = new Map(resources.map((one) => [nameOf(one), one]))
  const reasons = new Map(resources.map((one) => [nameOf(one), directReason(one, patients)]))
  const provenance = resources.filter((one) => one.resourceType === 'Provenance')
  const queue = resources.filter((one) => reasons.get(nameOf(one)) === undefined)
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const follow = [...referencesIn(one)]
    for (const record of provenance)
      if (targetsOf(record).includes(nameOf(one))) follow.push(nameOf(record))
    for (const name of follow) {
      const target = byName.get(name)
      if (target === undefined || reasons.get(name) === undefined) continue
      if (reasons.get(name)?.startsWith('not a type')) continue
      reasons.set(name, undefined)
      queue.push(target)
    }
  }
  const unserved: Record<string, number> = {}
  for (const one of resources) {
    const reason = reasons.get(nameOf(one))
    if (reason === undefined) continue
    const key = `${one.resourceType}: ${reason}`
    unserved[key] = (unserved[key] ?? 0) + 1
  }
  return { served: resources.filter((one) => reasons.get(nameOf(one)) === undefined), unserved }
}

export function directReason(resource: Item, patients: ReadonlySet<string>): string | undefined {
  const type = String(resource.resourceType)
  if (BY_NAME.has(type)) return undefined
  const need = BY_PATIENT[type]
  if (need !== undefined) {
    const patient = patientOf(resource)
    if (patient === undefined || !patients.has(patient))
      return 'is searched by patient and its subject is no patient of the practice'
    return need(resource)
  }
  if (BY_ID.has(type) || BY_ID_ALSO.has(type))
    return 'can be had by id only and nothing that is served refers to it'
  return 'not a type of the vendor’s surface'
}

function patientOf(resource: Item): string | undefined {
  for (const name of ['subject', 'patient', 'beneficiary']) {
    const value = resource[name]
    if (!isItem(value) || typeof value.reference !== 'string') continue
    const [type, id] = value.reference.split('/').slice(-2)
    if (type === 'Patient') return id
  }
  return undefined
}

function codesOf(categories: Value | undefined): string[] {
  if (!Array.isArray(categories)) return []
  return categories.flatMap((category) =>
    isItem(category) && Array.isArray(category.coding)
      ? category.coding.flatMap((coding) =>
          isItem(coding) && typeof coding.code === 'string' ? [coding.code] : [],
        )
      : [],
  )
}

function targetsOf(provenance: Item): string[] {
  return Array.isArray(provenance.target) ? [...referencesIn({ target: provenance.target })] : []
}

function* referencesIn(value: Value): Iterable<string> {
  if (Array.isArray(value)) for (const one of value) yield* referencesIn(one)
  else if (isItem(value))
    for (const [name, one] of Object.entries(value)) {
      if (name === 'reference' && typeof one === 'string' && /^[A-Za-z]+\/[^/]+$/.test(one))
        yield one
      else yield* referencesIn(one)
    }
}

export function nameOf(resource: Item): string {
  return `${resource.resourceType}/${resource.id}`
}
