// How a mirrored resource is shown: its content, version, provenance, freshness and repairs. The
// stored canonical text is passed through as it is; it is neither parsed nor checked again.

import { z } from 'zod'
import type { Mirrored } from '../mirror/index.ts'
import { ageSeconds, freshnessField, instant, instantField, maybeInstant } from './fields.ts'

export const mirroredField = z
  .object({
    resource: z.looseObject({ resourceType: z.string(), id: z.string() }),
    version: z.int().min(1).describe('Counts the states of this resource that we have seen'),
    practice: z.string(),
    provenance: z.object({
      pathway: z.string().describe('The way it came in'),
      search: z.string().describe('The question whose answer showed this state'),
      firstSeenAt: instantField,
      changedSeenAt: instantField.describe('When this state was first seen'),
      vendorUpdatedAt: maybeInstant.describe('What the practice says of its last change'),
    }),
    freshness: freshnessField,
    repairs: z
      .array(z.looseObject({ path: z.string(), rule: z.string() }))
      .describe('Where the content differs from the wire, with the originals'),
  })
  .meta({ id: 'Mirrored' })

/** The JSON text of one resource's answer; an instance of `mirroredField`. */
export function mirroredText(practice: string, found: Mirrored, now: number): string {
  const asOf = found.asOf === undefined ? 'null' : `"${instant(found.asOf)}"`
  const updated =
    found.vendorUpdatedAt === undefined ? 'null' : `"${instant(found.vendorUpdatedAt)}"`
  return (
    `{"resource":${found.content},"version":${found.version},"practice":"${practice}",` +
    `"provenance":{"pathway":${JSON.stringify(found.pathway)},"search":${JSON.stringify(found.search)},` +
    `"firstSeenAt":"${instant(found.firstSeenAt)}","changedSeenAt":"${instant(found.changedSeenAt)}",` +
    `"vendorUpdatedAt":${updated}},"freshness":{"asOf":${asOf},` +
    `"ageSeconds":${ageSeconds(found.asOf, now)}},"repairs":${found.repairs ?? '[]'}}`
  )
}
