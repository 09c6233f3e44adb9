// How a record is shown as FHIR: the caller's part of it, our version and time in `meta`, the
// practice's own time beside them. Which records are shown is not decided here.

import { isJsonObject, type Json, type JsonObject, type Resource } from '@chartway/codecs/fhir'
import { entriesOf, parameterOf } from '@chartway/codecs/fhir/search'
import type { ChartAccess } from '../../kernel/principal.ts'
import type { Mirrored, State } from '../../mirror/index.ts'
import { visibleContent } from '../../people/index.ts'
import { instant } from '../fields.ts'

export type Recorded = Pick<
  Mirrored,
  | 'type'
  | 'id'
  | 'version'
  | 'content'
  | 'patientId'
  | 'changedSeenAt'
  | 'vendorUpdatedAt'
  | 'deleted'
> & { readonly held?: true }

const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
}

/**
 * The resource as the caller may see it; undefined when it is as if it were not there, or its content
 * is not kept. `meta.versionId` and `meta.lastUpdated` are ours: the count of states we have seen, and
 * when we saw this one. What the practice says of its last change is an extension of `meta`, by a URL
 * below `base`.
 */
export function shownResource(
  access: ChartAccess,
  found: Recorded,
  base: string,
): Resource | undefined {
  // What is not kept cannot be shown.
  if (found.content === '') return undefined
  const content = visibleContent(access, found)
  if (content === undefined) return undefined
  const resource = resourceOf(content)
  const { resourceType, id, meta: own, ...rest } = resource
  const meta = metaOf(isJsonObject(own) ? own : {}, found, base)
  const shown: Resource = { resourceType, ...(id === undefined ? {} : { id }), meta, ...rest }
  return seesWhole(access, found.type) ? shown : subsetted(shown)
}

function seesWhole({ types }: ChartAccess, type: string): boolean {
  return types === 'all' || types.get(type) === 'whole'
}

/**
 * As `shownResource`, of one of several states: neither a state that the caller may not see is shown,
 * nor any of a record that is now such, or was another patient's then.
 */
export function shownState(access: ChartAccess, state: State, base: string): Resource | undefined {
  const { type, patientId, present } = state
  if (present === '' || state.content === '') return undefined
  if (visibleContent(access, { type, patientId, content: present }) === undefined) return undefined
  if (access.patient !== undefined && !isAbout(state, access.patient)) return undefined
  return shownResource(access, state, base)
}

const NO_CONTEXT = { timeZone: 'UTC', bases: [] }

/** False when the state names patients and not this one. */
export function isAbout({ content }: Pick<State, 'content'>, patient: string): boolean {
  const resource = resourceOf(content)
  if (resource.resourceType === 'Patient') return resource.id === patient
  const parameter = parameterOf(resource.resourceType, 'patient')
  if (parameter === undefined) return true
  const entries = entriesOf(resource, parameter, NO_CONTEXT)
  return (
    entries.length === 0 ||
    entries.some((entry) => entry.kind === 'reference' && entry.reference === `Patient/${patient}`)
  )
}

function metaOf(own: JsonObject, found: Recorded, base: string): JsonObject {
  const lastUpdated = instant(found.changedSeenAt)
  const meta: JsonObject = { ...own, versionId: String(found.version), lastUpdated }
  if (found.vendorUpdatedAt === undefined) return meta
  const url = `${base}/StructureDefinition/practice-last-updated`
  const extension: Json[] = Array.isArray(own.extension) ? own.extension : []
  return {
    ...meta,
    extension: [...extension, { url, valueInstant: instant(found.vendorUpdatedAt) }],
  }
}

/** Marks a resource that does not show all of itself: FHIR R4, search.html 3.1.1.5.9. */
export function subsetted(resource: Resource): Resource {
  const meta = isJsonObject(resource.meta) ? resource.meta : {}
  const tag: Json[] = Array.isArray(meta.tag) ? meta.tag : []
  return { ...resource, meta: { ...meta, tag: [...tag, SUBSETTED] } }
}

/** Written by the mirror from a resource. */
function resourceOf(content: string): Resource {
  const resource: Resource = JSON.parse(content)
  return resource
}
