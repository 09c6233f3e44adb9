// At which facility something belongs: what the record says itself, else what its encounter says.
// Nothing is concluded from who did it or where others like it belong.

import type { JsonObject } from '@chartway/codecs/fhir'
import { isJsonObject } from '@chartway/codecs/fhir'
import { refAt, referenceParts } from './parts.ts'
import type { Spot } from './spot.ts'
import type { Beside, FacilityOf } from './view.ts'

/** Of what says nothing of a place. */
export const NONE_STATED: FacilityOf = { id: null, name: null, reason: 'none-stated' }

/** `Encounter/id` of each record's encounter, for `View.wants`. */
export function encounterOf(resource: JsonObject): readonly string[] {
  const { encounter, context } = resource
  const places = [encounter, context]
  if (isJsonObject(context) && Array.isArray(context.encounter)) places.push(context.encounter[0])
  for (const place of places) {
    const text = isJsonObject(place) ? place.reference : undefined
    const parts = typeof text === 'string' ? referenceParts(text) : undefined
    if (parts?.type === 'Encounter') return [`Encounter/${parts.id}`]
  }
  return []
}

/**
 * Of a record whose element `via` names its encounter, and whose element `own`, if it has one, a
 * location.
 */
export function facilityOf(
  record: Spot,
  beside: Beside,
  { via, own }: { readonly via: 'encounter' | 'context'; readonly own?: string },
): FacilityOf {
  const direct = own === undefined ? undefined : locationAt(record, own)
  if (direct !== undefined) return direct
  if (!record.sees(via)) return { id: null, name: null, reason: 'withheld' }
  const [reference] = isJsonObject(record.raw) ? encounterOf(record.raw) : []
  if (reference === undefined) return NONE_STATED
  const encounter = beside.one(reference)
  if (encounter === undefined) return { id: null, name: null, reason: 'encounter-not-here' }
  const there = facilityOfEncounter(encounter)
  return there.reason === 'none-stated' ? { ...there, reason: 'encounter-states-none' } : there
}

/** An encounter's location, when it has one and not several. */
export function facilityOfEncounter(encounter: Spot): FacilityOf {
  if (!encounter.sees('location')) return { id: null, name: null, reason: 'withheld' }
  const places = encounter.items('location').flatMap((one) => refAt(one.at('location')) ?? [])
  return only(places.filter(({ type }) => type === 'Location'))
}

/** The one place, or why there is not one. */
export function only(
  places: readonly { readonly id: string | null; readonly name: string | null }[],
): FacilityOf {
  const distinct = [...new Map(places.map((place) => [place.id, place])).values()]
  const [first, second] = distinct
  if (first === undefined || first.id === null) return NONE_STATED
  if (second !== undefined) return { id: null, name: null, reason: 'several' }
  return { id: first.id, name: first.name, reason: null }
}

function locationAt(record: Spot, element: string): FacilityOf | undefined {
  const at = record.at(element)
  if (!at.there) return undefined
  const spots = Array.isArray(at.raw) ? record.items(element) : [at]
  const places = spots.flatMap((spot) => refAt(spot) ?? [])
  const found = only(places.filter(({ type }) => type === 'Location'))
  return found.reason === 'none-stated' ? undefined : found
}
