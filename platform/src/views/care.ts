// Care plans, care teams and goals.

import { z } from 'zod'
import { encounterOf, facilityOf, NONE_STATED } from './facility.ts'
import {
  conceptAt,
  conceptField,
  extensionText,
  momentField,
  periodAt,
  quantityAt,
  quantityField,
  refAt,
  refField,
  whenField,
} from './parts.ts'
import { type View, view } from './view.ts'

/** The vendor's own extension with the plan's text [G]. */
const NARRATIVE = 'http://eclinicalworks.com/supportingInfo/carePlan/narrative'

export const carePlans: View = view({
  object: 'care-plans',
  component: 'CarePlan',
  summary: 'Care plans',
  type: 'CarePlan',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    narrative: z.string().nullable().describe("From the vendor's extension"),
    status: z.string().nullable(),
    intent: z.string().nullable(),
    categories: z.array(conceptField).nullable(),
    period: whenField.nullable(),
    created: momentField.nullable(),
    author: refField.nullable(),
    addresses: z.array(refField).nullable().describe('Problems that it is about'),
    goals: z.array(refField).nullable(),
    careTeams: z.array(refField).nullable(),
    activities: z
      .array(z.object({ code: conceptField.nullable(), status: z.string().nullable() }))
      .nullable(),
    encounter: refField.nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('subject')),
    title: record.text('title'),
    description: record.text('description'),
    narrative: extensionText(record, NARRATIVE),
    status: record.text('status'),
    intent: record.text('intent'),
    categories: record.each('category', conceptAt),
    period: periodAt(record.at('period')),
    created: record.moment('created'),
    author: refAt(record.at('author')),
    addresses: record.each('addresses', refAt),
    goals: record.each('goal', refAt),
    careTeams: record.each('careTeam', refAt),
    activities: record.each('activity', (one) => {
      const detail = one.at('detail')
      return detail.there
        ? { code: conceptAt(detail.at('code')), status: detail.text('status') }
        : null
    }),
    encounter: refAt(record.at('encounter')),
  }),
})

export const careTeams: View = view({
  object: 'care-teams',
  component: 'CareTeam',
  summary: 'Care teams and who is in them',
  type: 'CareTeam',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    name: z.string().nullable(),
    status: z.string().nullable(),
    period: whenField.nullable(),
    members: z
      .array(z.object({ roles: z.array(conceptField), member: refField.nullable() }))
      .nullable(),
    organizations: z.array(refField).nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('subject')),
    name: record.text('name'),
    status: record.text('status'),
    period: periodAt(record.at('period')),
    members: record.each('participant', (one) => ({
      roles: one.items('role').flatMap((role) => conceptAt(role) ?? []),
      member: refAt(one.at('member')),
    })),
    organizations: record.each('managingOrganization', refAt),
  }),
})

const targetField = z.object({
  measure: conceptField.nullable(),
  detail: quantityField.nullable(),
  due: momentField.nullable(),
})

export const goals: View = view({
  object: 'goals',
  component: 'Goal',
  summary: 'Goals of care',
  type: 'Goal',
  fields: {
    patient: refField.nullable(),
    description: conceptField.nullable(),
    status: z.string().nullable(),
    achievement: conceptField.nullable(),
    start: momentField.nullable(),
    targets: z.array(targetField).nullable(),
    addresses: z.array(refField).nullable(),
  },
  project: (record) => ({
    facility: NONE_STATED,
    patient: refAt(record.at('subject')),
    description: conceptAt(record.at('description')),
    status: record.text('lifecycleStatus'),
    achievement: conceptAt(record.at('achievementStatus')),
    start: record.moment('startDate'),
    targets: record.each('target', (one) => ({
      measure: conceptAt(one.at('measure')),
      detail: quantityAt(one.at('detailQuantity')),
      due: one.moment('dueDate'),
    })),
    addresses: record.each('addresses', refAt),
  }),
})
