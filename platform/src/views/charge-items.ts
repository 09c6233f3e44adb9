// Charge items: what was done that may be billed. What became of the bill is not in them.

import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import {
  conceptAt,
  conceptField,
  moneyAt,
  moneyField,
  quantityAt,
  quantityField,
  refAt,
  refField,
  whenAt,
  whenField,
} from './parts.ts'
import { type View, view } from './view.ts'

export const chargeItems: View = view({
  object: 'charge-items',
  component: 'ChargeItem',
  summary: 'Charge items',
  type: 'ChargeItem',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    code: conceptField.nullable(),
    status: z.string().nullable(),
    occurrence: whenField.nullable(),
    quantity: quantityField.nullable(),
    price: moneyField.nullable().describe('Set for this item, where the record has one'),
    factor: z.number().nullable(),
    performers: z.array(refField).nullable(),
    organization: refField.nullable(),
    accounts: z.array(refField).nullable(),
    encounter: refField.nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'context' }),
    patient: refAt(record.at('subject')),
    code: conceptAt(record.at('code')),
    status: record.text('status'),
    occurrence: whenAt(record, 'occurrence'),
    quantity: quantityAt(record.at('quantity')),
    price: moneyAt(record.at('priceOverride')),
    factor: record.number('factorOverride'),
    performers: record.each('performer', (one) => refAt(one.at('actor'))),
    organization: refAt(record.at('performingOrganization')),
    accounts: record.each('account', refAt),
    encounter: refAt(record.at('context')),
  }),
})
