// Diagnostic reports with their conclusion and the results they name.

import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import { signField, signOfReport } from './notes.ts'
import {
  conceptAt,
  conceptField,
  identifierAt,
  identifierField,
  momentField,
  refAt,
  refField,
  whenAt,
  whenField,
} from './parts.ts'
import { type View, view } from './view.ts'

export const diagnosticReports: View = view({
  object: 'diagnostic-reports',
  component: 'DiagnosticReport',
  summary: 'Diagnostic reports',
  type: 'DiagnosticReport',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    identifiers: z.array(identifierField).nullable(),
    code: conceptField.nullable(),
    categories: z.array(conceptField).nullable(),
    status: z.string().nullable(),
    sign: signField,
    effective: whenField.nullable(),
    issued: momentField.nullable(),
    performers: z.array(refField).nullable(),
    results: z.array(refField).nullable(),
    orders: z.array(refField).nullable(),
    specimens: z.array(refField).nullable(),
    conclusion: z.string().nullable(),
    conclusionCodes: z.array(conceptField).nullable(),
    encounter: refField.nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('subject')),
    identifiers: record.each('identifier', identifierAt),
    code: conceptAt(record.at('code')),
    categories: record.each('category', conceptAt),
    status: record.text('status'),
    sign: signOfReport(record),
    effective: whenAt(record, 'effective'),
    issued: record.moment('issued'),
    performers: record.each('performer', refAt),
    results: record.each('result', refAt),
    orders: record.each('basedOn', refAt),
    specimens: record.each('specimen', refAt),
    conclusion: record.text('conclusion'),
    conclusionCodes: record.each('conclusionCode', conceptAt),
    encounter: refAt(record.at('encounter')),
  }),
})
