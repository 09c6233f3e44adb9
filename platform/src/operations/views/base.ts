// What every unified object carries beside its own fields: where it belongs, where it comes from, how
// old it is, what could not be read or may not be seen, and where to go on reading.

import { z } from 'zod'
import type { Mirrored } from '../../mirror/index.ts'
import { type FacilityOf, facilityField, type Note, RULES } from '../../views/index.ts'
import {
  freshnessField,
  freshnessOf,
  instant,
  instantField,
  instantOrNull,
  maybeInstant,
} from '../fields.ts'

const sourceField = z.object({
  reference: z.string().describe('`Type/id` of a record that the object says something of'),
  version: z.int(),
  asOf: maybeInstant,
})

/** In the order in which they are written; `id` always stands in an answer. */
export const BASE_FIELDS = {
  id: z.string(),
  practice: z.string(),
  timeZone: z.string().describe('IANA name; local days are days there'),
  facility: facilityField,
}

export const CLOSING_FIELDS = {
  provenance: z
    .object({
      pathway: z.string().describe('The way it came in'),
      search: z.string().describe('The question whose answer showed this state'),
      version: z.int().describe('Counts the states of the record that we have seen'),
      firstSeenAt: instantField,
      changedSeenAt: instantField,
      vendorUpdatedAt: maybeInstant,
      sources: z.array(sourceField).describe('Every record it was made from, its own first'),
    })
    .meta({ id: 'ProvenanceOf' }),
  freshness: freshnessField.describe('Of the oldest of its sources'),
  withheld: z
    .array(z.string())
    .describe('Elements, `Type.element`, that this caller may not see; what they make is null'),
  problems: z
    .array(z.object({ source: z.string(), path: z.string(), rule: z.enum(RULES) }))
    .describe('Values that could not be read: where and why, never what they were'),
  links: z
    .object({ self: z.string(), fhir: z.string(), history: z.string() })
    .meta({ id: 'LinksOf' }),
}

export interface Made {
  readonly found: Mirrored
  /** Other records it says something of. */
  readonly sources: readonly Mirrored[]
  readonly facility: FacilityOf
  readonly fields: Readonly<Record<string, unknown>>
  readonly notes: readonly Note[]
  readonly withheld: readonly string[]
}

export interface Place {
  readonly practice: string
  readonly timeZone: string
  readonly object: string
  readonly now: number
}

/** Epoch ms; undefined when one of the sources was never completely answered. */
export function asOfMade({ found, sources }: Pick<Made, 'found' | 'sources'>): number | undefined {
  let least: number | undefined
  for (const { asOf } of [found, ...sources]) {
    if (asOf === undefined) return undefined
    if (least === undefined || asOf < least) least = asOf
  }
  return least
}

/** The whole object, an instance of its schema. */
export function shownObject(made: Made, place: Place): Record<string, unknown> {
  const { found, sources } = made
  const self = `/v1/${place.object}/${found.id}`
  const query = `?practice=${place.practice}`
  return {
    id: found.id,
    practice: place.practice,
    timeZone: place.timeZone,
    facility: made.facility,
    ...made.fields,
    provenance: {
      pathway: found.pathway,
      search: found.search,
      version: found.version,
      firstSeenAt: instant(found.firstSeenAt),
      changedSeenAt: instant(found.changedSeenAt),
      vendorUpdatedAt: instantOrNull(found.vendorUpdatedAt),
      sources: [found, ...sources].map(({ type, id, version, asOf }) => ({
        ...{ reference: `${type}/${id}`, version, asOf: instantOrNull(asOf) },
      })),
    },
    freshness: freshnessOf(asOfMade(made), place.now),
    withheld: made.withheld,
    problems: made.notes,
    links: {
      self: `${self}${query}`,
      fhir: `/fhir/r4/${place.practice}/${found.type}/${found.id}`,
      history: `${self}/history${query}`,
    },
  }
}

/** What its content is told by: without ages, which change with every answer. */
export function tagPart(shown: Readonly<Record<string, unknown>>): unknown {
  const { freshness: _freshness, provenance, ...content } = shown
  const sources =
    typeof provenance === 'object' && provenance !== null && 'sources' in provenance
      ? JSON.stringify(provenance.sources, (name, value) => (name === 'asOf' ? undefined : value))
      : ''
  return [content, sources]
}
