// A resource as the vendor sent it becomes a sighting: checked for what it must have, repaired, tied
// to its patient. Pure; which questions follow from it is `references`.

import { type JsonObject, type Resource, structureProblem } from '@chartway/codecs/fhir'
import type { ErrorCode } from '../../kernel/errors.ts'
import type { Sighting } from '../contract.ts'
import { isId } from './address.ts'
import { isObject } from './outcome.ts'
import { type RepairTables, repair } from './repair.ts'

/** FHIR R4 elements that name the patient, in the order in which they decide. */
const PATIENT_ELEMENTS = ['patient', 'subject', 'beneficiary', 'for'] as const

/** The first type is what was asked for; undefined when any will do. */
export function fromWire(
  value: unknown,
  tables: RepairTables,
  wanted: { readonly type?: string; readonly patientId?: string | undefined },
): { readonly sighting: Sighting } | { readonly code: ErrorCode } {
  if (!isResource(value)) return { code: 'PATHWAY_ENTRY_NO_RESOURCE' }
  if (wanted.type !== undefined && value.resourceType !== wanted.type)
    return { code: 'PATHWAY_ENTRY_WRONG_TYPE' }
  if (!hasId(value)) return { code: 'PATHWAY_ENTRY_NO_ID' }
  const repairs = repair(value, tables)
  if (repairs === undefined)
    return structureProblem(value) === 'JSON_NUMBER_RANGE'
      ? { code: 'PATHWAY_ENTRY_NUMBER_RANGE' }
      : { code: 'PATHWAY_ENTRY_TOO_DEEP' }
  const patientId = patientOf(value) ?? wanted.patientId
  return { sighting: { resource: value, repairs, patientId } }
}

/** The patient that a resource itself names. */
export function patientOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id
  for (const name of PATIENT_ELEMENTS) {
    const element = resource[name]
    const reference = isObject(element) ? element.reference : undefined
    const id = typeof reference === 'string' ? idIn(reference, 'Patient') : undefined
    if (id !== undefined) return id
  }
  return undefined
}

/** Objects looked into for references; a resource has some dozens, a hostile one more. */
const OBJECTS_MAX = 20_000

/**
 * `Type/id` of everything a resource points at whose type is in `types`: references, attachments
 * kept as Binary, and the questionnaire that a response answers. Itself is left out.
 */
export function referencesIn(resource: Resource, types: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  const queue: unknown[] = [resource]
  for (let next = 0; next < queue.length && next < OBJECTS_MAX; next++) {
    const value = queue[next]
    if (Array.isArray(value)) queue.push(...value.filter(isContainer))
    if (!isObject(value)) continue
    for (const name of ['reference', 'url', 'questionnaire'] as const) {
      const target = typeof value[name] === 'string' ? targetOf(name, value[name]) : undefined
      if (target !== undefined && types.has(target.type)) found.add(`${target.type}/${target.id}`)
    }
    queue.push(...Object.values(value).filter(isContainer))
  }
  found.delete(`${resource.resourceType}/${resource.id}`)
  return [...found]
}

function targetOf(
  name: 'reference' | 'url' | 'questionnaire',
  text: string,
): { readonly type: string; readonly id: string } | undefined {
  // A canonical may be absolute; a plain `url` is a place only when it leads to a Binary.
  const pattern =
    name === 'questionnaire'
      ? /(?:^|\/)(Questionnaire)\/([A-Za-z0-9.-]{1,64})(?:\||$)/
      : name === 'url'
        ? /^(Binary)\/([A-Za-z0-9.-]{1,64})$/
        : /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/|$)/
  const [, type, id] = pattern.exec(text) ?? []
  return type === undefined || id === undefined ? undefined : { type, id }
}

function idIn(reference: string, type: string): string | undefined {
  const target = targetOf('reference', reference)
  return target?.type === type ? target.id : undefined
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string'
}

function hasId(resource: Resource): resource is Resource & { id: string } {
  return isId(resource.id ?? '')
}

/** Resources in a bundle's entries with how each came to be there. */
export function entriesOf(
  bundle: JsonObject,
): { readonly resource: unknown; readonly mode: string | undefined }[] {
  const entries = Array.isArray(bundle.entry) ? bundle.entry : []
  return entries.map((entry) => {
    const search = isObject(entry) && isObject(entry.search) ? entry.search.mode : undefined
    return {
      resource: isObject(entry) ? entry.resource : undefined,
      mode: typeof search === 'string' ? search : undefined,
    }
  })
}
