// From where each field of patients, staff and facilities has to come: one row a field.

import { type Item, isItem, type Value } from './compare.ts'
import { all, isOf, place, refIs, US_CORE, type ViewRow } from './view-row.ts'
import * as v from './view-values.ts'

const associations = (record: Item, chart: v.Chart): Item[] => {
  const found = new Map<string, { because: string[]; sources: string[]; name: Value }>()
  const add = (value: Value, because: string, source: Item) => {
    const ref = v.refOf(value)
    if (!isItem(ref) || (ref.type !== 'Location' && ref.type !== 'Organization')) return
    const key = `${ref.type}/${ref.id}`
    const known = found.get(key) ?? { because: [], sources: [], name: ref.name ?? null }
    if (known.because.includes(because)) return
    known.because.push(because)
    known.sources.push(`${source.resourceType}/${source.id}`)
    found.set(key, { ...known, name: known.name ?? ref.name ?? null })
  }
  for (const visit of chart.all('Encounter').filter((one) => isOf(one, record.id)))
    for (const one of v.dig(visit, 'location.location')) add(one, 'encounter', visit)
  for (const one of v.dig(record, 'managingOrganization')) add(one, 'managing-organization', record)
  for (const doctor of v.dig(record, 'generalPractitioner')) {
    add(doctor, 'general-practitioner', record)
    const named = v.refOf(doctor)
    for (const role of chart.all('PractitionerRole'))
      if (isItem(named) && refIs(role.practitioner ?? null, named.id))
        for (const one of v.dig(role, 'location')) add(one, 'provider-role', role)
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { because, sources, name }]) => {
      const [type = '', id = ''] = key.split('/')
      return { type, id, name, because, sources }
    })
}

const omb =
  (url: string): v.Expect =>
  (record) => {
    const found = v
      .dig(record, 'extension')
      .find((one) => isItem(one) && one.url === `${US_CORE}/${url}`)
    return v.present(v.dig(found, 'extension.valueCoding').map(v.conceptOfCoding))
  }

const rolesOf = (record: Item, chart: v.Chart): Item[] =>
  chart
    .all('PractitionerRole')
    .filter((role) => refIs(role.practitioner ?? null, record.id))
    .map((role) => ({
      source: `PractitionerRole/${role.id}`,
      active: role.active ?? null,
      codes: v.concepts('code')(role, chart),
      specialties: v.concepts('specialty')(role, chart),
      organization: v.refOf(role.organization),
      facilities: v.refs('location')(role, chart),
    }))

const isOld = (name: Value, ...uses: readonly string[]) =>
  isItem(name) && uses.includes(String(name.use))

function npiOf(record: Item): Value {
  const found = v
    .dig(record, 'identifier')
    .find((one) => isItem(one) && one.system === 'http://hl7.org/fhir/sid/us-npi')
  return isItem(found) ? (found.value ?? null) : null
}

const staff: Omit<ViewRow, 'takes'> = {
  type: 'Practitioner',
  facility: (record, chart) =>
    place(
      rolesOf(record, chart).flatMap(({ facilities }) => facilities ?? []),
      'none-stated',
    ),
  fields: {
    name: (record) =>
      v
        .dig(record, 'name')
        .map(v.nameOf)
        .find((name) => !isOld(name, 'old')) ?? null,
    identifiers: v.identifiers,
    npi: (record) => npiOf(record),
    active: v.flag('active'),
    gender: v.text('gender'),
    contacts: v.contacts('telecom'),
    addresses: v.addresses,
    qualifications: v.concepts('qualification.code'),
    roles: rolesOf,
    rolesComplete: v.constant(true),
  },
}

export const PEOPLE_ROWS: Readonly<Record<string, ViewRow>> = {
  patients: {
    type: 'Patient',
    takes: all,
    facility: (record, chart) =>
      place(
        associations(record, chart).filter(({ type }) => type === 'Location'),
        'none-stated',
      ),
    fields: {
      name: (record) =>
        v
          .dig(record, 'name')
          .map(v.nameOf)
          .find((name) => !isOld(name, 'old', 'maiden')) ?? null,
      otherNames: (record) => {
        const names = v.dig(record, 'name').map(v.nameOf)
        const first = names.findIndex((name) => !isOld(name, 'old', 'maiden'))
        return names.filter((_name, index) => index !== first)
      },
      identifiers: v.identifiers,
      gender: v.text('gender'),
      birthSex: v.extension(`${US_CORE}/us-core-birthsex`, 'valueCode'),
      birthDate: v.moment('birthDate'),
      deceased: (record, chart) => {
        const at = v.momentOf(record.deceasedDateTime, chart.timeZone)
        const flag = record.deceasedBoolean ?? null
        return at === null && flag === null ? null : { flag, at }
      },
      active: v.flag('active'),
      contacts: v.contacts('telecom'),
      addresses: v.addresses,
      languages: v.each('communication', (one) => {
        const language = v.conceptOf(one.language)
        return language === null ? null : { language, preferred: one.preferred ?? null }
      }),
      maritalStatus: v.concept('maritalStatus'),
      race: omb('us-core-race'),
      ethnicity: omb('us-core-ethnicity'),
      generalPractitioners: v.refs('generalPractitioner'),
      managingOrganization: v.ref('managingOrganization'),
      facilities: associations,
      facilitiesComplete: v.constant(true),
    },
  },
  providers: { ...staff, takes: (record) => npiOf(record) !== null },
  'clinical-staff': { ...staff, takes: (record) => npiOf(record) === null },
  facilities: {
    type: 'Location',
    takes: all,
    facility: (record) => ({ id: record.id ?? null, name: record.name ?? null, reason: null }),
    fields: {
      name: v.text('name'),
      description: v.text('description'),
      status: v.text('status'),
      identifiers: v.identifiers,
      types: v.concepts('type'),
      contacts: v.contacts('telecom'),
      address: (record) => v.addressOf(record.address),
      organization: v.ref('managingOrganization'),
      partOf: v.ref('partOf'),
    },
  },
}
