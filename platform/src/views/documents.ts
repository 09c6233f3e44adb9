// Documents: what they are, whose, signed or not, and where their content is. The content itself is
// read separately, one document at a time.

import { isJsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import { LOCK_UNKNOWN, lockField, signField, signOfDocument, titleOf } from './notes.ts'
import {
  conceptAt,
  conceptField,
  identifierAt,
  identifierField,
  momentField,
  periodAt,
  refAt,
  refField,
  whenField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type View, view } from './view.ts'

const contentField = z
  .object({
    contentType: z.string().nullable(),
    title: z.string().nullable(),
    size: z.number().nullable().describe('Bytes, as the record says'),
    created: momentField.nullable(),
    held: z
      .enum(['inline', 'linked', 'elsewhere', 'none'])
      .describe('In the record, in a Binary of the practice, at another address, or nowhere'),
    href: z.string().nullable().describe('Where it is read; null when it is not held here'),
  })
  .meta({ id: 'DocumentContentEntry' })

export const documents: View = view({
  object: 'documents',
  component: 'Document',
  summary: 'Documents: what they are and where their content is read',
  type: 'DocumentReference',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    patient: refField.nullable(),
    identifiers: z.array(identifierField).nullable(),
    type: conceptField.nullable(),
    categories: z.array(conceptField).nullable(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    date: momentField.nullable(),
    period: whenField.nullable().describe('Of the care that it documents'),
    status: z.string().nullable(),
    sign: signField,
    lock: lockField,
    authors: z.array(refField).nullable(),
    custodian: refField.nullable(),
    encounters: z.array(refField).nullable(),
    contents: z.array(contentField).nullable(),
  },
  project: (record, beside) => ({
    facility: facilityOf(record, beside, { via: 'context' }),
    patient: refAt(record.at('subject')),
    identifiers: record.each('identifier', identifierAt),
    type: conceptAt(record.at('type')),
    categories: record.each('category', conceptAt),
    title: titleOf(record),
    description: record.text('description'),
    date: record.moment('date'),
    period: periodAt(record.at('context').at('period')),
    status: record.text('status'),
    sign: signOfDocument(record),
    lock: LOCK_UNKNOWN,
    authors: record.each('author', refAt),
    custodian: refAt(record.at('custodian')),
    encounters: record.sees('context')
      ? (record.at('context').each('encounter', refAt) ?? [])
      : null,
    contents: contentsOf(record),
  }),
})

function contentsOf(record: Spot): z.infer<typeof contentField>[] | null {
  if (!record.sees('content')) return null
  return record.items('content').map((content, index) => {
    const attachment = content.at('attachment')
    const held = heldAs(attachment)
    const here = held === 'inline' || held === 'linked'
    return {
      contentType: attachment.text('contentType'),
      title: attachment.text('title'),
      size: attachment.number('size'),
      created: attachment.moment('creation'),
      held,
      href: here ? `/v1/documents/${record.id}/content?index=${index}` : null,
    }
  })
}

function heldAs(attachment: Spot): z.infer<typeof contentField>['held'] {
  const { raw } = attachment
  if (!isJsonObject(raw)) return 'none'
  if (typeof raw.data === 'string') return 'inline'
  if (typeof raw.url !== 'string') return 'none'
  return /^Binary\/[A-Za-z0-9.-]{1,64}$/.test(raw.url) ? 'linked' : 'elsewhere'
}
