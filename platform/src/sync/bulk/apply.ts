// Applies one batch of an export to the mirror: each record to the questions that would show it, as a
// part of their answers and never as the whole. It asks nothing and dates nothing.

import type { SeenListing } from '../../mirror/index.ts'
import type { BulkBatch, BulkFile, BulkSighting, Listing } from '../../pathways/contract.ts'
import { follow } from '../follow.ts'
import type { Work } from '../work.ts'
import { bulkSearch } from './settle.ts'

/** What others refer to comes first, so that it is known when they do. */
const FIRST = [
  ...['Organization', 'Location', 'Practitioner', 'PractitionerRole', 'Patient'],
  ...['RelatedPerson', 'Medication', 'Encounter', 'Condition', 'Specimen', 'Media'],
]

export function inReadingOrder(files: readonly BulkFile[]): readonly BulkFile[] {
  const rank = ({ type }: BulkFile) => (FIRST.includes(type) ? FIRST.indexOf(type) : FIRST.length)
  return [...files].sort((one, other) => rank(one) - rank(other))
}

/** Gives the ids of the patients among them. */
export async function applyBatch(
  work: Work,
  { type, askedAt }: { readonly type: string; readonly askedAt: number },
  batch: BulkBatch,
): Promise<readonly string[]> {
  const listing: Listing = {
    ask: { search: bulkSearch(type), subject: '' },
    askedAt,
    answeredAt: work.clock.now(),
    complete: false,
    sightings: batch.sightings,
    problems: batch.problems,
    calls: 0,
    references: batch.references,
  }
  await work.alone(async () => {
    const parts = partsOf(work, type, batch.sightings, askedAt)
    const { sequence } = await work.mirror.apply(work.ref, parts)
    await follow(work, [{ listing }], [])
    if (sequence > 0) await work.store.note(work.ref, 'first_record_at', work.clock.now())
  })
  return type === 'Patient' ? batch.sightings.map(({ resource }) => resource.id) : []
}

function partsOf(
  { plan }: Pick<Work, 'plan'>,
  type: string,
  sightings: readonly BulkSighting[],
  askedAt: number,
): readonly SeenListing[] {
  const parts = new Map<string, SeenListing & { readonly sightings: BulkSighting[] }>()
  const add = (search: string, subject: string, sighting: BulkSighting) => {
    const key = `${search}\n${subject}`
    const part = parts.get(key)
    if (part !== undefined) return void part.sightings.push(sighting)
    const covers = plan.get(search)?.covers ?? []
    const about = { search, subject, covers, askedAt, complete: false }
    parts.set(key, { pathway: 'fhir-bulk', ...about, sightings: [sighting] })
  }
  for (const sighting of sightings) {
    const { patientId, shownBy } = sighting
    const rows = patientId === undefined ? [] : shownBy.filter((name) => plan.has(name))
    if (patientId === undefined || rows.length === 0) add(bulkSearch(type), '', sighting)
    else for (const name of rows) add(name, patientId, sighting)
  }
  return [...parts.values()]
}
