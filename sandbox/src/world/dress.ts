// What the vendor's server puts on every instance it shows: `meta.lastUpdated`, `meta.profile` and a
// short generated narrative, in HAPI's manner, and no version id. `lastUpdated` is in the vendor's zone,
// not the practice's. The content is not touched.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { VENDOR_ZONE, zoneOf } from '../zone.ts'
import profiles from './data/profiles.json' with { type: 'json' }
import { isObject, usCoreProfile } from './shapes.ts'

const NAMED: Readonly<Record<string, string>> = profiles
const OBSERVATION_PROFILES: Readonly<Record<string, string>> = {
  'vital-signs': 'http://hl7.org/fhir/StructureDefinition/vitalsigns',
  laboratory: usCoreProfile('us-core-observation-lab'),
  'social-history': usCoreProfile('us-core-smokingstatus'),
  survey: usCoreProfile('us-core-observation-screening-assessment'),
  exam: usCoreProfile('us-core-observation-clinical-result'),
  imaging: usCoreProfile('us-core-observation-clinical-result'),
}

/**
 * The resource as stored and served when it was last changed at `at`, epoch ms; `labels` are its
 * security labels, if it shows any.
 */
export function dress(
  resource: Resource,
  at: number,
  labels: readonly JsonObject[] = [],
): Resource {
  const { resourceType, id, meta: _meta, text: _text, ...content } = resource
  const meta = {
    lastUpdated: zoneOf(VENDOR_ZONE).stamp(at),
    profile: [profileOf(resource)],
    ...(labels.length === 0 ? {} : { security: [...labels] }),
  }
  // Binary is not a DomainResource: it has no narrative (FHIR R4, Binary).
  if (resourceType === 'Binary') return { resourceType, ...optionalId(id), meta, ...content }
  const text = { status: 'generated', div: narrative(resource) }
  return { resourceType, ...optionalId(id), meta, text, ...content }
}

/** The resource as it is, last changed at `at`, epoch ms, where it says when that was. */
export function restamped(resource: Resource, at: number): Resource {
  const { meta } = resource
  if (!isObject(meta) || meta.lastUpdated === undefined) return resource
  return { ...resource, meta: { ...meta, lastUpdated: zoneOf(VENDOR_ZONE).stamp(at) } }
}

function optionalId(id: string | undefined): { id?: string } {
  return id === undefined ? {} : { id }
}

function profileOf(resource: Resource): string {
  if (resource.resourceType === 'Observation') {
    const profile = OBSERVATION_PROFILES[firstCategory(resource) ?? '']
    if (profile !== undefined) return profile
  }
  const name = NAMED[resource.resourceType]
  return name === undefined
    ? `http://hl7.org/fhir/StructureDefinition/${resource.resourceType}`
    : usCoreProfile(name)
}

function firstCategory(resource: Resource): string | undefined {
  const codes = objects(resource.category).flatMap((category) => objects(category.coding))
  const known = codes.find(({ code }) => typeof code === 'string' && code in OBSERVATION_PROFILES)
  return typeof known?.code === 'string' ? known.code : undefined
}

function objects(value: JsonObject[string]): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : []
}

function narrative(resource: Resource): string {
  const body =
    resource.resourceType === 'Patient'
      ? patientTable(resource)
      : `<div class="hapiHeaderText">${escapeXml(headline(resource))}</div>`
  return `<div xmlns="http://www.w3.org/1999/xhtml">${body}</div>`
}

function patientTable(patient: Resource): string {
  const row = (name: string, value: string) =>
    `<tr><td>${name}</td><td><span>${escapeXml(value)}</span></td></tr>`
  const account = objects(patient.identifier)[1]?.value
  const rows = [
    ...(typeof account === 'string' ? [row('Identifier', account)] : []),
    ...(typeof patient.birthDate === 'string' ? [row('Date of birth', patient.birthDate)] : []),
  ]
  const header = `<div class="hapiHeaderText">${escapeXml(headline(patient))}</div>`
  return `${header}<table class="hapiPropertyTable"><tbody>${rows.join('')}</tbody></table>`
}

/** The first words the resource says of itself: its name, code, type, or the name of its type. */
function headline(resource: Resource): string {
  for (const member of ['name', 'code', 'vaccineCode', 'medicationReference', 'type', 'category']) {
    const value = resource[member]
    const first = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') return first
    if (!isObject(first)) continue
    if (typeof first.text === 'string') return first.text
    if (typeof first.display === 'string') return first.display
  }
  return resource.resourceType
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
