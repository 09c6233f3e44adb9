// Problems of the problem list: conditions, without those that are diagnoses of one encounter only.

import { isJsonObject, type JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import {
  conceptAt,
  conceptField,
  momentField,
  refAt,
  refField,
  whenAt,
  whenField,
} from './parts.ts'
import { type View, view } from './view.ts'

export const problems: View = view({
  object: 'problems',
  component: 'ChartProblem',
  summary: 'Problems: conditions that are not the diagnosis of one encounter only',
  type: 'Condition',
  takes: isProblem,
  takesFrom: 'category',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    code: conceptField.nullable(),
    clinicalStatus: conceptField.nullable().describe("May have the vendor's words, as in Stable"),
    verificationStatus: conceptField.nullable(),
    categories: z.array(conceptField).nullable(),
    severity: conceptField.nullable(),
    onset: whenField.nullable(),
    abatement: whenField.nullable(),
    recordedDate: momentField.nullable(),
    recorder: refField.nullable(),
    encounter: refField.nullable(),
    notes: z.array(z.string()).nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('subject')),
    code: conceptAt(record.at('code')),
    clinicalStatus: conceptAt(record.at('clinicalStatus')),
    verificationStatus: conceptAt(record.at('verificationStatus')),
    categories: record.each('category', conceptAt),
    severity: conceptAt(record.at('severity')),
    onset: whenAt(record, 'onset'),
    abatement: whenAt(record, 'abatement'),
    recordedDate: record.moment('recordedDate'),
    recorder: refAt(record.at('recorder')),
    encounter: refAt(record.at('encounter')),
    notes: record.each('note', (note) => note.text('text')),
  }),
})

/** Unless every code of its categories says encounter-diagnosis. */
function isProblem({ category }: JsonObject): boolean {
  const codes = (Array.isArray(category) ? category : [])
    .flatMap((one) => (isJsonObject(one) && Array.isArray(one.coding) ? one.coding : []))
    .flatMap((coding) => (isJsonObject(coding) ? [coding.code] : []))
  return codes.length === 0 || codes.some((code) => code !== 'encounter-diagnosis')
}
