// Lists mirrored resources of one type, page by page in the order of their ids. Deleted ones are left
// out; the change feed tells of them.

import { z } from 'zod'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Mirrored } from '../mirror/index.ts'
import { COLLECTIONS, collectionField } from './collections.ts'
import { type KeyedContext, practiceOf } from './context.ts'
import { freshnessField, freshnessOf, idField, limitField, practiceField } from './fields.ts'
import { mirroredField, mirroredText } from './mirrored-answer.ts'
import { operation, Written } from './operation.ts'

/** Freshness rows looked at for an empty answer: more than any patient has searches. */
const FRESHNESS_ROWS_MAX = 100

export const resourcesList = operation({
  name: 'resources.list',
  summary: 'Resources of one type, of the whole practice or of one patient',
  need: 'charts',
  input: z.strictObject({
    collection: collectionField,
    practice: practiceField,
    patient: idField.optional().describe('Only what belongs to this patient'),
    limit: limitField,
    cursor: z.string().max(500).optional().describe('`next` of the answer before'),
  }),
  output: z.object({
    items: z.array(mirroredField),
    next: z.string().nullable().describe('Pass as `cursor` to go on; null on the last page'),
    freshness: freshnessField.describe('Of the oldest item; of an empty answer, of the question'),
  }),
  errors: ['CURSOR_INVALID'],
  run: async (context, { collection, practice, patient, limit, cursor }) => {
    const ref = await practiceOf(context, practice)
    const type = COLLECTIONS[collection]
    const page = await context.charts.list(
      ref,
      { type, patientId: patient, after: cursor, limit },
      `${collection}.list`,
    )
    const now = context.clock.now()
    const asOf =
      page.items.length > 0
        ? oldest(page.items)
        : oldest(await askedRows(context, ref, { type, patient }))
    const items = page.items.map((found) => mirroredText(ref.practice, found, now)).join(',')
    const next = page.next === undefined ? 'null' : JSON.stringify(page.next)
    const freshness = JSON.stringify(freshnessOf(asOf, now))
    return new Written(`{"items":[${items}],"next":${next},"freshness":${freshness}}`, { asOf })
  },
})

async function askedRows(
  context: KeyedContext,
  ref: PracticeRef,
  about: { readonly type: string; readonly patient: string | undefined },
): Promise<readonly Pick<Mirrored, 'asOf'>[]> {
  const query = { subject: about.patient, limit: FRESHNESS_ROWS_MAX }
  return (await context.charts.freshness(ref, query)).filter((row) => row.type === about.type)
}

/** Undefined when any is not known: an answer is only as fresh as its worst part. */
function oldest(rows: readonly Pick<Mirrored, 'asOf'>[]): number | undefined {
  let least: number | undefined
  for (const { asOf } of rows) {
    if (asOf === undefined) return undefined
    if (least === undefined || asOf < least) least = asOf
  }
  return least
}
