// Who the patient is and who stands behind the bill, with the dirt the vendor's samples show: sentinel
// dates, live patients marked inactive, old names and addresses, unanswered race. [P]

import type { JsonObject } from '@chartway/codecs/fhir'
import type { Address, Person } from '../people.ts'
import { coded, coding, concept, refer, SYSTEM, usCoreProfile } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import { type ChartContext, patientRef } from './chart.ts'

/** The vendor's way of saying "not deceased" in some charts. [P] */
const NOT_DECEASED = '1899-12-30T00:00:00-05:00'

export function patient({ setting, chart }: ChartContext): Identified {
  const { person, random } = chart
  const { organization } = chart.facility
  const draw = random.stream('patient')
  return {
    resourceType: 'Patient',
    id: chart.patientId,
    extension: [
      ombExtension('us-core-race', person.race),
      ombExtension('us-core-ethnicity', person.ethnicity),
      { url: usCoreProfile('us-core-birthsex'), valueCode: person.gender === 'male' ? 'M' : 'F' },
    ],
    identifier: [
      { use: 'usual', system: setting.oid, value: chart.patientId },
      { use: 'secondary', system: setting.oid, value: chart.account },
    ],
    active: !draw.chance(0.04),
    name: namesOf(person),
    telecom: telecomOf(person, draw.chance(0.45), draw.chance(0.3)),
    gender: person.gender,
    birthDate: person.birthDate,
    ...(draw.chance(0.35) ? { deceasedDateTime: NOT_DECEASED } : {}),
    address: addressesOf(person.address, person.formerAddress),
    maritalStatus: draw.chance(0.3) ? concept('Married') : concept('unknown'),
    communication: [
      {
        language: concept(person.language.text, coding('urn:ietf:bcp:47', person.language.code)),
        preferred: true,
      },
    ],
    generalPractitioner: [refer('Practitioner', chart.provider.id, chart.provider.name)],
    managingOrganization: refer('Organization', organization.id, organization.name),
  }
}

export function displayNameOf(person: Person): string {
  return `${person.family.toUpperCase()} ${person.given}`
}

function namesOf(person: Person): JsonObject[] {
  const given = person.middle === undefined ? [person.given] : [person.given, person.middle]
  const current = { text: displayNameOf(person), family: person.family, given }
  if (person.formerFamily === undefined) return [current]
  return [current, { use: 'old', family: person.formerFamily, given: [person.given] }]
}

function telecomOf(person: Person, hasEmail: boolean, hasWork: boolean): JsonObject[] {
  const { home, mobile, work } = person.phones
  const phones = [
    { system: 'phone', value: home, use: 'home' },
    { system: 'phone', value: mobile, use: 'mobile' },
  ]
  if (hasWork) phones.push({ system: 'phone', value: work, use: 'work' })
  const mailbox = `${person.given}.${person.family}`.toLowerCase().replace(/[^a-z.]/g, '')
  return hasEmail ? [...phones, { system: 'email', value: `${mailbox}@example.com` }] : phones
}

export function addressesOf(current: Address, former: Address | undefined): JsonObject[] {
  const shaped = ({ line, city, state, zip }: Address) => ({
    type: 'both',
    text: `${line}, ${city}, ${state}-${zip}`,
    line: [line],
    city,
    state,
    postalCode: zip,
    country: 'US',
  })
  const now = { use: 'home', ...shaped(current) }
  return former === undefined ? [now] : [now, { use: 'old', ...shaped(former) }]
}

function ombExtension(name: string, answer: { code: string; text: string }): JsonObject {
  const system = answer.code === 'ASKU' ? SYSTEM.nullFlavor : SYSTEM.race
  return {
    url: usCoreProfile(name),
    extension: [
      { url: 'ombCategory', valueCoding: { ...coding(system, answer.code), display: answer.text } },
      { url: 'text', valueString: answer.text },
    ],
  }
}

/** The coverage of this order (1 is the primary one). */
export function coverage(
  { setting, chart }: ChartContext,
  order: number,
  from: number,
): Identified {
  const draw = chart.random.stream(`coverage/${order}/${from}`)
  const payer = draw.pick(setting.payers)
  const code = (kind: string) => coded('http://terminology.hl7.org/CodeSystem/coverage-class', kind)
  const member = draw.text(3, 'ABCDEFGHJKLMNPQRSTUVWXYZ') + draw.text(9, '0123456789')
  return {
    resourceType: 'Coverage',
    id: setting.ids.next('Coverage'),
    extension: [{ url: ELIGIBILITY, valueString: draw.chance(0.8) ? 'Eligible' : 'Unverified' }],
    identifier: [{ system: setting.oid, value: member }],
    status: 'active',
    type: concept(payer.kind),
    subscriberId: member,
    beneficiary: patientRef(chart),
    relationship: concept(chart.person.guardian === undefined ? 'self' : 'child'),
    period: { start: setting.calendar.date(from) },
    payor: [refer('Organization', payer.id, payer.name)],
    class: [
      { type: code('group'), value: String(draw.between(10_000, 99_999)) },
      { type: code('plan'), value: `${payer.kind}-${draw.between(1, 9)}`, name: payer.name },
    ],
    order,
  }
}

/** Only the ending of the url is known (`coverage-eligibilityStatus`). [I] */
export const ELIGIBILITY =
  'http://eclinicalworks.com/supportingInfo/coverage/coverage-eligibilityStatus'

export function guardian({ setting, chart }: ChartContext, person: Person): Identified {
  return {
    resourceType: 'RelatedPerson',
    id: setting.ids.next('RelatedPerson'),
    active: true,
    patient: patientRef(chart),
    relationship: [concept('Guardian', coding(SYSTEM.roleCode, 'GUARD'))],
    name: namesOf(person),
    telecom: telecomOf(person, false, false),
    gender: person.gender,
    birthDate: person.birthDate,
    address: addressesOf(person.address, undefined),
  }
}

export function careTeam({ setting, chart }: ChartContext): Identified {
  const { provider } = chart
  return {
    resourceType: 'CareTeam',
    id: setting.ids.next('CareTeam'),
    status: 'active',
    name: 'Care team',
    subject: patientRef(chart),
    participant: [
      {
        role: [concept('primary provider')],
        member: refer('Practitioner', provider.id, provider.name),
      },
      { role: [concept('patient')], member: patientRef(chart) },
    ],
    managingOrganization: [refer('Organization', setting.practice.id, setting.practice.name)],
  }
}

/** A row of the practice's own data that FHIR has no type for: how the patient was found. */
export function basicNote({ setting, chart }: ChartContext, at: number): Identified {
  return {
    resourceType: 'Basic',
    id: setting.ids.next('Basic'),
    code: concept('Referral source', coding(SYSTEM.vendor, 'REFSOURCE')),
    subject: patientRef(chart),
    created: setting.calendar.date(at),
  }
}
