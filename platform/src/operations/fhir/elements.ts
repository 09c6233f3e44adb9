// Parts of resources: only named elements and what a type must have, or all but the narrative. Every
// part is marked as one.

import type { Resource } from '@chartway/codecs/fhir'
import { subsetted } from './shown.ts'

/** FHIR R4: elements that each resource of a type must have (1..1 or 1..*); choices by their stem. */
const MUST_HAVE: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['patient'],
  Basic: ['code'],
  Binary: ['contentType'],
  CarePlan: ['status', 'intent', 'subject'],
  ChargeItem: ['status', 'code', 'subject'],
  Claim: ['status', 'type', 'use', 'patient', 'created', 'provider', 'priority', 'insurance'],
  Condition: ['subject'],
  Coverage: ['status', 'beneficiary', 'payor'],
  DiagnosticReport: ['status', 'code'],
  DocumentReference: ['status', 'content'],
  Encounter: ['status', 'class'],
  FamilyMemberHistory: ['status', 'patient', 'relationship'],
  Goal: ['lifecycleStatus', 'description', 'subject'],
  Group: ['type', 'actual'],
  Immunization: ['status', 'vaccineCode', 'patient', 'occurrence[x]'],
  Media: ['status', 'content'],
  MedicationAdministration: ['status', 'medication[x]', 'subject', 'effective[x]'],
  MedicationDispense: ['status', 'medication[x]'],
  MedicationRequest: ['status', 'intent', 'medication[x]', 'subject'],
  Observation: ['status', 'code'],
  Procedure: ['status', 'subject'],
  Provenance: ['target', 'recorded', 'agent'],
  Questionnaire: ['status'],
  QuestionnaireResponse: ['status'],
  RelatedPerson: ['patient'],
  ServiceRequest: ['status', 'intent', 'subject'],
}
const ALWAYS = ['resourceType', 'id', 'meta', 'implicitRules']

/** The named elements and what must be there; everything when none is named. */
export function onlyElements(resource: Resource, elements: readonly string[]): Resource {
  if (elements.length === 0) return resource
  const wanted = [...ALWAYS, ...elements, ...(MUST_HAVE[resource.resourceType] ?? [])]
  return subsetted(kept(resource, (name) => wanted.some((one) => isElement(name, one))))
}

/** FHIR R4, search.html 3.1.1.5.8, `_summary=data`: all but the narrative. */
export function withoutText(resource: Resource): Resource {
  return subsetted(kept(resource, (name) => name !== 'text'))
}

/** `name` may be the sibling of a primitive (`_birthDate`), or the choice that a stem stands for. */
function isElement(name: string, wanted: string): boolean {
  const element = name.replace(/^_/, '')
  const stem = wanted.replace('[x]', '')
  return (
    element === stem ||
    (element.startsWith(stem) &&
      /^[A-Z]/.test(element.slice(stem.length)) &&
      isChoice(wanted, element))
  )
}

const CHOICES =
  /^(value|effective|onset|abatement|performed|occurrence|medication|deceased|multipleBirth|created|collected|reported|serviced|timing|asNeeded|product|born|age|defaultValue)$/

/** A choice may be named by its stem, as its type's page lists it. */
function isChoice(wanted: string, element: string): boolean {
  return wanted.endsWith('[x]') || (CHOICES.test(wanted) && element !== wanted)
}

function kept(resource: Resource, wanted: (name: string) => boolean): Resource {
  const entries = Object.entries(resource).filter(([name]) => wanted(name))
  return { resourceType: resource.resourceType, ...Object.fromEntries(entries) }
}
