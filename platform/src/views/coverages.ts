// Coverages: who pays, for whom, under which numbers, in which order. Whether a visit is covered is
// not known from them.

import { z } from 'zod'
import { NONE_STATED } from './facility.ts'
import {
  conceptAt,
  conceptField,
  extensionText,
  hasCode,
  identifierAt,
  identifierField,
  periodAt,
  refAt,
  refField,
  whenField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type View, view } from './view.ts'

/** The end of the vendor's extension with its last eligibility answer [I]. */
const ELIGIBILITY = 'coverage-eligibilityStatus'

const classField = z.object({ value: z.string().nullable(), name: z.string().nullable() })

export const coverages: View = view({
  object: 'coverages',
  component: 'Coverage',
  summary: 'Coverages: payer, numbers, order',
  type: 'Coverage',
  fields: {
    patient: refField.nullable(),
    identifiers: z.array(identifierField).nullable(),
    status: z.string().nullable(),
    type: conceptField.nullable(),
    order: z.number().nullable().describe('1 is the primary one'),
    subscriberId: z.string().nullable(),
    subscriber: refField.nullable(),
    relationship: conceptField.nullable(),
    period: whenField.nullable(),
    payers: z.array(refField).nullable(),
    group: classField.nullable(),
    plan: classField.nullable(),
    eligibilityStatus: z.string().nullable().describe("The vendor's last word, undated"),
  },
  project: (record) => ({
    facility: NONE_STATED,
    patient: refAt(record.at('beneficiary')),
    identifiers: record.each('identifier', identifierAt),
    status: record.text('status'),
    type: conceptAt(record.at('type')),
    order: record.number('order'),
    subscriberId: record.text('subscriberId'),
    subscriber: refAt(record.at('subscriber')),
    relationship: conceptAt(record.at('relationship')),
    period: periodAt(record.at('period')),
    payers: record.each('payor', refAt),
    group: classOf(record, 'group'),
    plan: classOf(record, 'plan'),
    eligibilityStatus: eligibilityOf(record),
  }),
})

function classOf(record: Spot, code: string): z.infer<typeof classField> | null {
  const found = record.items('class').find((one) => hasCode(conceptAt(one.at('type')), code))
  return found === undefined ? null : { value: found.text('value'), name: found.text('name') }
}

function eligibilityOf(record: Spot): string | null {
  for (const extension of record.items('extension')) {
    const url = extension.text('url')
    if (url?.endsWith(ELIGIBILITY) === true) return extensionText(record, url)
  }
  return null
}
