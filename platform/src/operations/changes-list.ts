// The change feed of a practice by sequence number: gap-free, in commit order. The cursor is the
// number itself, so a reader can prove that it has missed nothing.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { ShownChange } from './charts.ts'
import { type KeyedContext, practiceOf } from './context.ts'
import {
  freshnessField,
  freshnessOf,
  instant,
  instantField,
  instantOrNull,
  limitField,
  maybeInstant,
  practiceField,
  wholeNumber,
} from './fields.ts'
import { operation } from './operation.ts'

const changeField = z
  .object({
    sequence: z.int().min(1),
    kind: z.enum(['created', 'updated', 'deleted', 'restored']),
    type: z.string(),
    id: z.string(),
    version: z.int(),
    patient: z.string().nullable(),
    differences: z.array(
      z.object({
        op: z.enum(['add', 'remove', 'replace']),
        path: z.string().describe('JSON Pointer, RFC 6901'),
        before: z.unknown().optional(),
        after: z.unknown().optional(),
      }),
    ),
    pathway: z.string(),
    search: z.string().describe('The question whose answer showed the change'),
    unchangedAt: maybeInstant.describe('The last time the older state was seen; it changed after'),
    askedAt: instantField.describe('When the question was asked; it changed before'),
    learntAt: instantField,
    vendorUpdatedAt: maybeInstant,
  })
  .meta({ id: 'Change' })

const withheldField = z
  .object({
    sequence: z.int().min(1),
    kind: z.literal('withheld').describe('The caller may not see what changed here'),
  })
  .meta({ id: 'WithheldChange' })

/** One place in the feed. */
export const changeFields = z.union([changeField, withheldField])

export const changesList = operation({
  name: 'changes.list',
  summary: 'What changed at a practice, field by field, after a sequence number',
  need: 'charts',
  input: z.strictObject({
    practice: practiceField,
    after: wholeNumber(0).default(0).describe('`next` of the answer before'),
    limit: limitField,
  }),
  output: z.object({
    items: z.array(changeFields),
    next: z.int().describe('Pass as `after` to go on'),
    last: z.int().describe('The newest sequence number of the practice'),
    freshness: freshnessField.describe('Of the part of the practice that was asked longest ago'),
  }),
  errors: ['CURSOR_INVALID'],
  run: async (context, { practice, after, limit }) => {
    const ref = await practiceOf(context, practice)
    const [last, rows] = await Promise.all([
      context.charts.lastSequence(ref),
      context.charts.freshness(ref, { limit: 1 }),
    ])
    const { items, next } = await changesAfter(context, ref, {
      ...{ after, limit, last, action: 'changes.list' },
    })
    return {
      items,
      next,
      last: Math.max(last, next),
      freshness: freshnessOf(rows[0]?.asOf, context.clock.now()),
    }
  },
})

/** What came after a sequence number; `last`: the newest of the practice. Throws CURSOR_INVALID. */
export async function changesAfter(
  { charts }: KeyedContext,
  ref: PracticeRef,
  asked: {
    readonly after: number
    readonly limit: number
    readonly last: number
    readonly action: string
  },
): Promise<{ readonly items: z.input<typeof changeFields>[]; readonly next: number }> {
  const { after, limit, last, action } = asked
  // Never given, or given before older data was restored: waiting there would miss changes.
  if (after > last) throw new ChartwayError('CURSOR_INVALID', { details: { position: 'after' } })
  const changes = await charts.changes(ref, { after, limit }, action)
  return { items: changes.map(shown), next: changes.at(-1)?.sequence ?? after }
}

function shown(change: ShownChange): z.input<typeof changeField> | z.input<typeof withheldField> {
  if (change.kind === 'withheld') return change
  const { sequence, kind, type, id, version, pathway, search } = change
  return {
    sequence,
    kind,
    type,
    id,
    version,
    patient: change.patientId ?? null,
    differences: change.differences.map((difference) => ({ ...difference })),
    pathway,
    search,
    unchangedAt: instantOrNull(change.unchangedAt),
    askedAt: instant(change.askedAt),
    learntAt: instant(change.learntAt),
    vendorUpdatedAt: instantOrNull(change.vendorUpdatedAt),
  }
}
