// What an answer showed, in the form the mirror compares: keys, hashes, the vendor's own time. Pure; it
// decides nothing.

import { hash } from 'node:crypto'
import { canonicalize, isId, type Resource, withoutVolatile } from '@chartway/codecs/fhir'
import { assert } from '../kernel/errors.ts'
import type { SeenListing, SeenResource } from './types.ts'

/** One resource as one answer showed it. */
export interface Sighting {
  /** `Type/id`. */
  readonly key: string
  readonly type: string
  readonly id: string
  readonly resource: Resource
  readonly patientId: string | undefined
  /** JSON text; undefined when the wire value was kept as it is. */
  readonly repairs: string | undefined
  readonly answer: Answer
}

/** One listing, or one read by id. */
export interface Answer {
  readonly pathway: string
  readonly search: string
  readonly subject: string
  readonly covers: readonly string[]
  readonly askedAt: number
  readonly complete: boolean
  /** False for a read by id, which is no listing and leaves no row of its own. */
  readonly kept: boolean
  /** How many sightings there are, and they themselves; made when first asked for. */
  readonly shown: number
  readonly sightings: () => readonly Sighting[]
  /** SHA-256, base64, over all sightings as they came: cheap, but every order counts. */
  readonly digest: string
}

/** Names and ids; no control characters, which separate values on their way into the store. */
const NAME = /^[^\p{Cc}]{0,200}$/u
/** FHIR R4, datatype `instant`. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

export function answerOf(listing: SeenListing, kept: boolean): Answer {
  const { pathway, search, subject, covers, askedAt, complete } = listing
  assert(NAME.test(search) && NAME.test(subject), 'a question has a name and a subject')
  let sightings: readonly Sighting[] | undefined
  const answer: Answer = {
    pathway,
    search,
    subject,
    covers,
    askedAt,
    complete,
    kept,
    shown: listing.sightings.length,
    sightings: () => {
      sightings ??= listing.sightings.map((seen) => sightingOf(seen, answer))
      return sightings
    },
    digest: sha256(JSON.stringify(listing.sightings)),
  }
  return answer
}

function sightingOf(seen: SeenResource, answer: Answer): Sighting {
  const { resource, patientId } = seen
  const { resourceType: type, id } = resource
  assert(isId(id), 'a pathway gives only resources with a FHIR id')
  const repairs = seen.repairs.length === 0 ? undefined : JSON.stringify(seen.repairs)
  return { key: `${type}/${id}`, type, id, resource, patientId, repairs, answer }
}

/** `meta.lastUpdated` (FHIR R4, Resource.meta) in epoch milliseconds; undefined when it is no instant. */
export function vendorTime({ resource }: Sighting): number | undefined {
  const { meta } = resource
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return undefined
  const { lastUpdated } = meta
  if (typeof lastUpdated !== 'string' || !INSTANT.test(lastUpdated)) return undefined
  const time = Date.parse(lastUpdated)
  return Number.isNaN(time) ? undefined : time
}

/** A state's content: canonical text, its hash, and the value that differences are taken of. */
export interface Content {
  readonly text: string
  /** SHA-256, base64. */
  readonly hash: string
  readonly value: Resource
}

export function contentOf(resource: Resource): Content {
  const value = withoutVolatile(resource)
  const text = canonicalize(value)
  return { text, hash: sha256(text), value }
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64')
}
