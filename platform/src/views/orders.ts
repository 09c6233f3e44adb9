// Orders of the laboratory and referrals, both from ServiceRequest. Orders of neither kind are in
// neither list.

import { isJsonObject, type JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import {
  conceptAt,
  conceptField,
  extensionText,
  identifierAt,
  identifierField,
  momentField,
  refAt,
  refField,
  whenAt,
  whenField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type Beside, type View, view } from './view.ts'

/** The vendor's own extensions of a laboratory order [I]. */
const ORDER = 'http://eclinicalworks.com/supportingInfo/serviceRequestOrder/'
/** SNOMED CT: Laboratory procedure; Referral procedure (two of them are in use). */
const LABORATORY = ['108252007', 'laboratory', 'LAB']
const REFERRAL = ['3457005', '306206005']

const common = {
  patient: refField.nullable(),
  identifiers: z.array(identifierField).nullable(),
  code: conceptField.nullable(),
  categories: z.array(conceptField).nullable(),
  status: z.string().nullable(),
  intent: z.string().nullable(),
  priority: z.string().nullable(),
  occurrence: whenField.nullable(),
  authoredOn: momentField.nullable(),
  requester: refField.nullable(),
  performers: z.array(refField).nullable(),
  reasons: z.array(conceptField).nullable(),
  encounter: refField.nullable(),
  notes: z.array(z.string()).nullable(),
}

export const labOrders: View = view({
  object: 'lab-orders',
  component: 'LabOrder',
  summary: 'Laboratory orders',
  type: 'ServiceRequest',
  takes: (resource) => isOf(resource, LABORATORY) || hasOrderExtension(resource),
  takesFrom: 'category',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    ...common,
    orderStatus: z.string().nullable().describe("The vendor's own word, such as Reviewed"),
    collected: z.string().nullable().describe('As the vendor writes it'),
    received: z.string().nullable().describe('As the vendor writes it'),
    specimens: z.array(refField).nullable(),
  },
  project: (record, beside) => ({
    ...project(record, beside),
    orderStatus: extensionText(record, `${ORDER}status`),
    collected: extensionText(record, `${ORDER}collectionDate`),
    received: extensionText(record, `${ORDER}receivedDate`),
    specimens: record.each('specimen', refAt),
  }),
})

export const referrals: View = view({
  object: 'referrals',
  component: 'Referral',
  summary: 'Referrals',
  type: 'ServiceRequest',
  takes: (resource) => isOf(resource, REFERRAL),
  takesFrom: 'category',
  wants: encounterOf,
  joined: ['facility'],
  fields: common,
  project,
})

function isOf({ category }: JsonObject, codes: readonly string[]): boolean {
  return (Array.isArray(category) ? category : [])
    .flatMap((one) => (isJsonObject(one) && Array.isArray(one.coding) ? one.coding : []))
    .some((one) => isJsonObject(one) && typeof one.code === 'string' && codes.includes(one.code))
}

function hasOrderExtension({ extension }: JsonObject): boolean {
  return (
    Array.isArray(extension) &&
    extension.some(
      (one) => isJsonObject(one) && typeof one.url === 'string' && one.url.startsWith(ORDER),
    )
  )
}

function project(record: Spot, beside: Beside) {
  return {
    facility: facilityOf(record, beside, { via: 'encounter', own: 'locationReference' }),
    patient: refAt(record.at('subject')),
    identifiers: record.each('identifier', identifierAt),
    code: conceptAt(record.at('code')),
    categories: record.each('category', conceptAt),
    status: record.text('status'),
    intent: record.text('intent'),
    priority: record.text('priority'),
    occurrence: whenAt(record, 'occurrence'),
    authoredOn: record.moment('authoredOn'),
    requester: refAt(record.at('requester')),
    performers: record.each('performer', refAt),
    reasons: record.each('reasonCode', conceptAt),
    encounter: refAt(record.at('encounter')),
    notes: record.each('note', (note) => note.text('text')),
  }
}
