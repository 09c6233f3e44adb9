// Providers and clinical staff: the practice's practitioners with their roles, told apart by what the
// records say. Who may do what in the practice is not known from here.

import { isJsonObject, type JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { only } from './facility.ts'
import {
  addressAt,
  addressField,
  conceptAt,
  conceptField,
  contactAt,
  contactField,
  identifierAt,
  identifierField,
  nameAt,
  nameField,
  refAt,
  refField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type Beside, type View, view } from './view.ts'

const NPI = 'http://hl7.org/fhir/sid/us-npi'

const roleField = z
  .object({
    source: z.string().describe('The PractitionerRole that says so'),
    active: z.boolean().nullable(),
    codes: z.array(conceptField).nullable(),
    specialties: z.array(conceptField).nullable(),
    organization: refField.nullable(),
    facilities: z.array(refField).nullable(),
  })
  .meta({ id: 'StaffRole' })

const fields = {
  name: nameField.nullable(),
  identifiers: z.array(identifierField).nullable(),
  npi: z.string().nullable().describe('National Provider Identifier'),
  active: z.boolean().nullable(),
  gender: z.string().nullable(),
  contacts: z.array(contactField).nullable(),
  addresses: z.array(addressField).nullable(),
  qualifications: z.array(conceptField).nullable(),
  roles: z.array(roleField),
  rolesComplete: z.boolean().describe('False when the practice has more roles than are looked at'),
}

const of = {
  type: 'Practitioner',
  fields,
  beside: [{ type: 'PractitionerRole', of: 'practice' }],
  joined: ['facility', 'roles', 'rolesComplete'],
  project,
} as const

export const providers: View = view({
  ...of,
  object: 'providers',
  component: 'Provider',
  summary: 'Providers: practitioners with a National Provider Identifier',
  takes: hasNpi,
  takesFrom: 'identifier',
})

export const clinicalStaff: View = view({
  ...of,
  object: 'clinical-staff',
  component: 'StaffMember',
  summary: 'Clinical staff: practitioners without a National Provider Identifier',
  takes: (resource) => !hasNpi(resource),
  takesFrom: 'identifier',
})

/** An NPI is what makes somebody a provider here; the vendor marks them in no other way [P]. */
function hasNpi({ identifier }: JsonObject): boolean {
  return (
    Array.isArray(identifier) &&
    identifier.some((one) => isJsonObject(one) && one.system === NPI && one.value !== undefined)
  )
}

function project(record: Spot, beside: Beside) {
  const identifiers = record.each('identifier', identifierAt)
  const { items, whole } = beside.all('PractitionerRole')
  const roles = items
    .filter((role) => refAt(role.at('practitioner'))?.id === record.id)
    .map((role) => roleOf(beside.use(role)))
  const places = roles.flatMap(({ facilities }) => facilities ?? [])
  return {
    facility: only(places.filter(({ type }) => type === 'Location')),
    name: record.each('name', nameAt)?.find(({ use }) => use !== 'old') ?? null,
    identifiers,
    npi: identifiers?.find(({ kind }) => kind === 'npi')?.value ?? null,
    active: record.flag('active'),
    gender: record.text('gender'),
    contacts: record.each('telecom', contactAt),
    addresses: record.each('address', addressAt),
    qualifications: record.each('qualification', (one) => conceptAt(one.at('code'))),
    roles,
    rolesComplete: whole,
  }
}

function roleOf(role: Spot): z.infer<typeof roleField> {
  return {
    source: role.reference,
    active: role.flag('active'),
    codes: role.each('code', conceptAt),
    specialties: role.each('specialty', conceptAt),
    organization: refAt(role.at('organization')),
    facilities: role.each('location', refAt),
  }
}
