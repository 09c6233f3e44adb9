// Patients: who they are, their identifiers with kind, how to reach them, and with which facilities
// the records connect them. It matches nobody with anybody.

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
  momentField,
  nameAt,
  nameField,
  refAt,
  refField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type Beside, type View, view } from './view.ts'

const RACE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race'
const ETHNICITY = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity'
const BIRTH_SEX = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex'

const associationField = z
  .object({
    type: z.enum(['Location', 'Organization']),
    id: z.string(),
    name: z.string().nullable(),
    because: z
      .array(
        z.enum(['encounter', 'managing-organization', 'general-practitioner', 'provider-role']),
      )
      .describe('Which evidence connects the patient with it'),
    sources: z.array(z.string()).describe('Records that say so, `Type/id`; one for each reason'),
  })
  .meta({ id: 'FacilityAssociation' })

type Association = z.infer<typeof associationField>
type Because = Association['because'][number]

export const patients: View = view({
  object: 'patients',
  component: 'Patient',
  summary: 'Patients: demographics, identifiers, contact, facilities',
  type: 'Patient',
  beside: [
    { type: 'Encounter', of: 'patient' },
    { type: 'PractitionerRole', of: 'practice' },
  ],
  joined: ['facility', 'facilities', 'facilitiesComplete'],
  fields: {
    name: nameField.nullable().describe('The first that is not marked as an old one'),
    otherNames: z.array(nameField).nullable(),
    identifiers: z.array(identifierField).nullable(),
    gender: z.string().nullable(),
    birthSex: z.string().nullable(),
    birthDate: momentField.nullable(),
    deceased: z
      .object({ flag: z.boolean().nullable(), at: momentField.nullable() })
      .nullable()
      .describe('Null when the record says nothing of a death'),
    active: z
      .boolean()
      .nullable()
      .describe("The record's own flag; the vendor shows false on patients who come every week"),
    contacts: z.array(contactField).nullable(),
    addresses: z.array(addressField).nullable(),
    languages: z
      .array(z.object({ language: conceptField, preferred: z.boolean().nullable() }))
      .nullable(),
    maritalStatus: conceptField.nullable(),
    race: z.array(conceptField).nullable().describe('As stated; empty when asked but unknown'),
    ethnicity: z.array(conceptField).nullable(),
    generalPractitioners: z.array(refField).nullable(),
    managingOrganization: refField.nullable(),
    facilities: z.array(associationField).describe('Every place the records connect with them'),
    facilitiesComplete: z
      .boolean()
      .describe('False when there are more encounters than are looked at for one patient'),
  },
  project: (record, beside) => {
    const names = record.each('name', nameAt)
    const current = names?.find(({ use }) => use !== 'old' && use !== 'maiden') ?? null
    const facilities = associations(record, beside)
    const locations = facilities.filter(({ type }) => type === 'Location')
    return {
      facility: only(locations),
      name: current,
      otherNames: names?.filter((name) => name !== current) ?? null,
      identifiers: record.each('identifier', identifierAt),
      gender: record.text('gender'),
      birthSex: extensionCode(record),
      birthDate: record.moment('birthDate'),
      deceased: deceasedOf(record),
      active: record.flag('active'),
      contacts: record.each('telecom', contactAt),
      addresses: record.each('address', addressAt),
      languages: record.each('communication', (one) => {
        const language = conceptAt(one.at('language'))
        return language === null ? null : { language, preferred: one.flag('preferred') }
      }),
      maritalStatus: conceptAt(record.at('maritalStatus')),
      race: omb(record, RACE),
      ethnicity: omb(record, ETHNICITY),
      generalPractitioners: record.each('generalPractitioner', refAt),
      managingOrganization: refAt(record.at('managingOrganization')),
      facilities,
      facilitiesComplete: beside.all('Encounter').whole && beside.all('PractitionerRole').whole,
    }
  },
})

function extensionCode(record: Spot): string | null {
  for (const extension of record.items('extension'))
    if (extension.text('url') === BIRTH_SEX) return extension.text('valueCode')
  return null
}

function deceasedOf(record: Spot) {
  const at = record.moment('deceasedDateTime')
  const flag = record.flag('deceasedBoolean')
  return at === null && flag === null ? null : { flag, at }
}

/** The categories of a US Core race or ethnicity extension; its text when no category is a value. */
function omb(record: Spot, url: string) {
  const extension = record.items('extension').find((one) => one.text('url') === url)
  if (extension === undefined) return record.sees('extension') ? [] : null
  const parts = extension.items('extension')
  const stated = parts.filter((part) => part.at('valueCoding').there)
  return stated.flatMap((part) => {
    const wrapped = conceptOfCoding(part.at('valueCoding'))
    return wrapped === null ? [] : [wrapped]
  })
}

function conceptOfCoding(coding: Spot) {
  const system = coding.text('system')
  const code = coding.text('code')
  if (system?.endsWith('v3-NullFlavor') === true) {
    coding.note('null-flavor')
    return null
  }
  const display = coding.text('display')
  return code === null && display === null
    ? null
    : { text: display, codings: [{ system, code, display }] }
}

function associations(record: Spot, beside: Beside): Association[] {
  const found = new Map<string, Association>()
  const add = (place: Spot, because: Because, source: Spot) => {
    const ref = refAt(place)
    if (ref === null || ref.id === null) return
    const { type, id, name } = ref
    if (type !== 'Location' && type !== 'Organization') return
    const known = found.get(`${type}/${id}`)
    if (known?.because.includes(because)) return
    beside.use(source)
    found.set(`${type}/${id}`, {
      ...{ type, id, name: known?.name ?? name },
      because: [...(known?.because ?? []), because],
      sources: [...(known?.sources ?? []), source.reference],
    })
  }
  for (const encounter of beside.all('Encounter').items)
    for (const one of encounter.items('location')) add(one.at('location'), 'encounter', encounter)
  add(record.at('managingOrganization'), 'managing-organization', record)
  for (const doctor of record.items('generalPractitioner')) {
    add(doctor, 'general-practitioner', record)
    const id = refAt(doctor)?.id
    for (const role of beside.all('PractitionerRole').items)
      if (id !== undefined && refAt(role.at('practitioner'))?.id === id)
        for (const place of role.items('location')) add(place, 'provider-role', role)
  }
  return [...found.values()].sort((a, b) => (`${a.type}/${a.id}` < `${b.type}/${b.id}` ? -1 : 1))
}
