// Procedures, done or prepared.

import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import { conceptAt, conceptField, refAt, refField, whenAt, whenField } from './parts.ts'
import { type View, view } from './view.ts'

export const procedures: View = view({
  object: 'procedures',
  component: 'Procedure',
  summary: 'Procedures',
  type: 'Procedure',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    code: conceptField.nullable(),
    status: z.string().nullable(),
    statusReason: conceptField.nullable(),
    category: conceptField.nullable(),
    performed: whenField.nullable(),
    performers: z.array(refField).nullable(),
    reasons: z.array(conceptField).nullable(),
    reasonRecords: z.array(refField).nullable(),
    bodySites: z.array(conceptField).nullable(),
    orders: z.array(refField).nullable(),
    encounter: refField.nullable(),
    notes: z.array(z.string()).nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter', own: 'location' }),
    patient: refAt(record.at('subject')),
    code: conceptAt(record.at('code')),
    status: record.text('status'),
    statusReason: conceptAt(record.at('statusReason')),
    category: conceptAt(record.at('category')),
    performed: whenAt(record, 'performed'),
    performers: record.each('performer', (one) => refAt(one.at('actor'))),
    reasons: record.each('reasonCode', conceptAt),
    reasonRecords: record.each('reasonReference', refAt),
    bodySites: record.each('bodySite', conceptAt),
    orders: record.each('basedOn', refAt),
    encounter: refAt(record.at('encounter')),
    notes: record.each('note', (note) => note.text('text')),
  }),
})
