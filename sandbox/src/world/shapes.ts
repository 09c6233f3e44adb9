// Elements that many resources share, in the vendor's manner: references, concepts, the systems they
// come from. Only shapes; no facts about anybody.

import type { Json, JsonObject } from '@chartway/codecs/fhir'

const HL7 = 'http://terminology.hl7.org/CodeSystem'
const US_CORE = 'http://hl7.org/fhir/us/core'

export const SYSTEM = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ndc: 'http://hl7.org/fhir/sid/ndc',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  cpt: 'http://www.ama-assn.org/go/cpt',
  npi: 'http://hl7.org/fhir/sid/us-npi',
  taxonomy: 'http://nucc.org/provider-taxonomy',
  race: 'urn:oid:2.16.840.1.113883.6.238',
  nullFlavor: `${HL7}/v3-NullFlavor`,
  actCode: `${HL7}/v3-ActCode`,
  roleCode: `${HL7}/v3-RoleCode`,
  participation: `${HL7}/v3-ParticipationType`,
  absent: `${HL7}/data-absent-reason`,
  serviceSection: `${HL7}/v2-0074`,
  observationCategory: `${HL7}/observation-category`,
  /** Malformed as the vendor publishes it in its granular scopes. [P] */
  socialHistory: 'http://terminology.hl7.org//CodeSystem-observation-category',
  usCoreCategory: `${US_CORE}/CodeSystem/us-core-category`,
  careplanCategory: `${US_CORE}/CodeSystem/careplan-category`,
  documentCategory: `${US_CORE}/CodeSystem/us-core-documentreference-category`,
  conditionCategory: `${HL7}/condition-category`,
  conditionClinical: `${HL7}/condition-clinical`,
  conditionVerification: `${HL7}/condition-ver-status`,
  allergyClinical: `${HL7}/allergyintolerance-clinical`,
  allergyVerification: `${HL7}/allergyintolerance-verification`,
  vendor: 'urn:oid:2.16.840.1.113883.4.391',
} as const

export function coding(system: string, code: string): JsonObject {
  return { system, code }
}

/** The text stands alone when there are no codings, as it often does in the vendor's data. */
export function concept(text: string, ...codings: JsonObject[]): JsonObject {
  return codings.length === 0 ? { text } : { coding: codings, text }
}

export function coded(system: string, code: string): JsonObject {
  return { coding: [{ system, code }] }
}

export function refer(type: string, id: string, display?: string): JsonObject {
  const reference = `${type}/${id}`
  return display === undefined ? { reference } : { reference, display }
}

/** The extension that stands in a value's place; goes under `_name`, or into an element. */
export function absent(reason: 'unknown' | 'not-performed'): JsonObject {
  const url = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'
  return { extension: [{ url, valueCode: reason }] }
}

export function usCoreProfile(name: string): string {
  return `${US_CORE}/StructureDefinition/${name}`
}

/** Leaves the member out when there is nothing to say. */
export function optional(name: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value with its UCUM unit; lab values of this vendor come without. */
export function quantity(value: number, unit: string): JsonObject {
  return { value, unit, system: 'http://unitsofmeasure.org', code: unit }
}
