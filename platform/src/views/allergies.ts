// Allergies and intolerances with their reactions, in the record's own words where it has no codes.

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

const reactionField = z.object({
  manifestations: z.array(conceptField),
  severity: z.string().nullable(),
  description: z.string().nullable(),
})

export const allergies: View = view({
  object: 'allergies',
  component: 'Allergy',
  summary: 'Allergies and intolerances with their reactions',
  type: 'AllergyIntolerance',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    code: conceptField.nullable(),
    kind: z.string().nullable().describe('allergy or intolerance'),
    categories: z.array(z.string()).nullable(),
    criticality: z.string().nullable(),
    clinicalStatus: conceptField.nullable(),
    verificationStatus: conceptField.nullable(),
    onset: whenField.nullable(),
    recordedDate: momentField.nullable(),
    recorder: refField.nullable(),
    encounter: refField.nullable(),
    reactions: z.array(reactionField).nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('patient')),
    code: conceptAt(record.at('code')),
    kind: record.text('type'),
    categories: record.each('category', (one) => one.text()),
    criticality: record.text('criticality'),
    clinicalStatus: conceptAt(record.at('clinicalStatus')),
    verificationStatus: conceptAt(record.at('verificationStatus')),
    onset: whenAt(record, 'onset'),
    recordedDate: record.moment('recordedDate'),
    recorder: refAt(record.at('recorder')),
    encounter: refAt(record.at('encounter')),
    reactions: record.each('reaction', (one) => ({
      manifestations: one.items('manifestation').flatMap((item) => conceptAt(item) ?? []),
      severity: one.text('severity'),
      description: one.text('description'),
    })),
  }),
})
