// How old the mirror is, question by question: of one patient, or the oldest of the practice.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { practiceOf } from './context.ts'
import {
  ageSeconds,
  idField,
  instantOrNull,
  limitField,
  maybeInstant,
  practiceField,
} from './fields.ts'
import { operation } from './operation.ts'

const rowField = z
  .object({
    type: z.string(),
    subject: z.string().describe('What the question is about: mostly a patient'),
    search: z.string(),
    asOf: maybeInstant.describe('Start of the last complete asking; null when there was none'),
    ageSeconds: z.int().min(0).nullable(),
    askedAt: maybeInstant.describe('Start of the last asking; null when it is still to come'),
  })
  .meta({ id: 'FreshnessRow' })

export const freshnessList = operation({
  name: 'freshness.list',
  summary: 'How old the mirrored data is, question by question, the oldest first',
  need: 'monitor',
  input: z.strictObject({
    practice: practiceField,
    patient: idField.optional().describe('Only what was asked about this patient'),
    limit: limitField,
  }),
  output: z.object({ items: z.array(rowField) }),
  errors: ['NOT_FOUND'],
  run: async (context, { practice, patient, limit }) => {
    const ref = await practiceOf(context, practice)
    if (patient !== undefined) {
      const [asked] = await context.charts.freshness(ref, { subject: patient, limit: 1 })
      const known = asked ?? (await context.charts.read(ref, 'Patient', patient, 'freshness.list'))
      if (known === undefined) throw new ChartwayError('NOT_FOUND')
    }
    const rows = await context.charts.freshness(ref, { subject: patient, limit }, 'freshness.list')
    const now = context.clock.now()
    return {
      items: rows.map(({ type, subject, search, asOf, askedAt }) => ({
        type,
        subject,
        search,
        asOf: instantOrNull(asOf),
        ageSeconds: ageSeconds(asOf, now),
        askedAt: instantOrNull(askedAt),
      })),
    }
  },
})
