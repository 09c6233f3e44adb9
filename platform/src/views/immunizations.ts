// Immunizations given, reported or refused.

import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import {
  conceptAt,
  conceptField,
  momentField,
  quantityAt,
  quantityField,
  refAt,
  refField,
  whenAt,
  whenField,
} from './parts.ts'
import { type View, view } from './view.ts'

export const immunizations: View = view({
  object: 'immunizations',
  component: 'Immunization',
  summary: 'Immunizations given, reported or refused',
  type: 'Immunization',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    vaccine: conceptField.nullable(),
    status: z.string().nullable().describe('completed, not-done or entered-in-error'),
    statusReason: conceptField.nullable(),
    occurrence: whenField.nullable(),
    primarySource: z.boolean().nullable().describe('False for what was only reported'),
    lotNumber: z.string().nullable(),
    expirationDate: momentField.nullable(),
    manufacturer: refField.nullable(),
    site: conceptField.nullable(),
    route: conceptField.nullable(),
    dose: quantityField.nullable(),
    doseNumbers: z.array(z.string()).nullable(),
    performers: z.array(refField).nullable(),
    encounter: refField.nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter', own: 'location' }),
    patient: refAt(record.at('patient')),
    vaccine: conceptAt(record.at('vaccineCode')),
    status: record.text('status'),
    statusReason: conceptAt(record.at('statusReason')),
    occurrence: whenAt(record, 'occurrence'),
    primarySource: record.flag('primarySource'),
    lotNumber: record.text('lotNumber'),
    expirationDate: record.moment('expirationDate'),
    manufacturer: refAt(record.at('manufacturer')),
    site: conceptAt(record.at('site')),
    route: conceptAt(record.at('route')),
    dose: quantityAt(record.at('doseQuantity')),
    doseNumbers: record.each('protocolApplied', (one) => {
      const count = one.at('doseNumberPositiveInt')
      return count.there ? String(count.number()) : one.text('doseNumberString')
    }),
    performers: record.each('performer', (one) => refAt(one.at('actor'))),
    encounter: refAt(record.at('encounter')),
  }),
})
