// Facilities: the places of a practice. Organizations that are only named somewhere are none.

import { z } from 'zod'
import {
  addressAt,
  addressField,
  conceptAt,
  conceptField,
  contactAt,
  contactField,
  identifierAt,
  identifierField,
  refAt,
  refField,
} from './parts.ts'
import { type View, view } from './view.ts'

export const facilities: View = view({
  object: 'facilities',
  component: 'Facility',
  summary: 'Facilities: the places of the practice',
  type: 'Location',
  fields: {
    name: z.string().nullable(),
    description: z.string().nullable(),
    status: z.string().nullable(),
    identifiers: z.array(identifierField).nullable(),
    types: z.array(conceptField).nullable(),
    contacts: z.array(contactField).nullable(),
    address: addressField.nullable(),
    organization: refField.nullable().describe('Whose place it is'),
    partOf: refField.nullable(),
  },
  project: (record) => ({
    facility: { id: record.id, name: record.text('name'), reason: null },
    name: record.text('name'),
    description: record.text('description'),
    status: record.text('status'),
    identifiers: record.each('identifier', identifierAt),
    types: record.each('type', conceptAt),
    contacts: record.each('telecom', contactAt),
    address: addressAt(record.at('address')),
    organization: refAt(record.at('managingOrganization')),
    partOf: refAt(record.at('partOf')),
  }),
})
