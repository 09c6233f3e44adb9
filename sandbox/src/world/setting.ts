// What all charts of a practice share: its organizations, facilities, providers, medication list and
// questionnaire. The practice itself, not its patients.

import type { Random } from '../random.ts'
import { createCalendar, type LocalCalendar } from './calendar.ts'
import medications from './data/medications.json' with { type: 'json' }
import organizations from './data/organizations.json' with { type: 'json' }
import people from './data/people.json' with { type: 'json' }
import { rulesOf } from './editions.ts'
import { createIds, type Ids, practiceOid } from './ids.ts'
import { type Address, inventMove, inventPhone } from './people.ts'
import { coding, concept, refer, SYSTEM } from './shapes.ts'
import type { Identified } from './steps.ts'
import type { Edition, LivingPractice } from './types.ts'

export interface Named {
  readonly id: string
  readonly name: string
}

export interface Facility extends Named {
  readonly edition: Edition
  /** Who runs it: the practice, or an organization of its own. */
  readonly organization: Named
}

export interface Provider extends Named {
  readonly facility: Facility
}

/** Why a record is sensitive: psychiatry, or substance use under 42 CFR Part 2. */
export type Sensitivity = 'psychiatry' | 'substance-use'

export interface Setting {
  readonly oid: string
  readonly zone: string
  readonly calendar: LocalCalendar
  readonly ids: Ids
  readonly practice: Named
  readonly payers: readonly (Named & { readonly kind: string })[]
  readonly laboratory: Named
  readonly pharmacies: readonly Named[]
  readonly manufacturers: readonly Named[]
  readonly facilities: readonly [Facility, ...Facility[]]
  readonly providers: readonly [Provider, ...Provider[]]
  /** Ids of Medication by key of `data/medications.json`. */
  readonly medications: ReadonlyMap<string, string>
  readonly questionnaire: string
  /** Targets of Provenance, as `Type/id`: these are never deleted. */
  readonly attested: Set<string>
  /** Records that are sensitive, as `Type/id`, and why. Whether they say so is not decided here. */
  readonly sensitive: Map<string, Sensitivity>
  /** Share of visits away from the patient's home facility. */
  readonly visitsElsewhere: number
}

/** The practice as it has been since long before the world began, and the resources that say so. */
export function createSetting(
  options: LivingPractice,
  random: Random,
): { setting: Setting; resources: Identified[] } {
  const resources: Identified[] = []
  const ids = createIds(random.stream('ids'))
  const found: Founding = {
    options,
    random,
    ids,
    add(resource) {
      resources.push(resource)
      return resource.id
    },
  }
  const practice = organize(found, options.name, 'Healthcare Provider')
  const payers = organizations.payers.map(({ name, kind }) => ({
    ...organize(found, name, 'Payer'),
    kind,
  }))
  const others = organizations.others.map(({ name, kind }) => ({
    ...organize(found, name, kind),
    kind,
  }))
  const ofKind = (kind: string) => others.filter((other) => other.kind === kind)
  const staff = staffOf(found, practice)
  const [laboratory = practice] = ofKind('Laboratory')
  const setting: Setting = {
    oid: practiceOid(options.code),
    zone: options.timeZone,
    calendar: createCalendar(options.timeZone),
    ids,
    practice,
    payers,
    laboratory,
    pharmacies: ofKind('Pharmacy'),
    manufacturers: ofKind('Vaccine manufacturer'),
    ...staff,
    medications: listMedications(found),
    questionnaire: found.add(questionnaireOf(ids.next('Questionnaire'))),
    attested: new Set(),
    sensitive: new Map(),
    visitsElsewhere: options.visitsElsewhere ?? 0,
  }
  return { setting, resources }
}

interface Founding {
  readonly options: LivingPractice
  readonly random: Random
  readonly ids: Ids
  /** Keeps the resource and gives its id back. */
  add(resource: Identified): string
}

function organize({ options, random, ids, add }: Founding, name: string, kind: string): Named {
  const address = inventMove(random, options.timeZone)
  return { id: add(organization(ids.next('Organization'), name, kind, address)), name }
}

function staffOf(found: Founding, practice: Named): Pick<Setting, 'facilities' | 'providers'> {
  const { options, random, ids, add } = found
  const facilities = atLeastOne(options.facilities, (index) => openFacility(found, practice, index))
  const providers = atLeastOne(options.providers, (index) => {
    const facility = facilities[index % facilities.length] ?? facilities[0]
    const { id, name, resources } = hire(random, ids, { practice, facility })
    resources.forEach(add)
    return { id, name, facility }
  })
  return { facilities, providers }
}

function openFacility(found: Founding, practice: Named, index: number): Facility {
  const { options, random, ids, add } = found
  const editions = options.editions ?? []
  const edition = editions[index % editions.length] ?? 'general'
  const kind = rulesOf(edition).name
  const plain = nameOf(organizations.facilities, index)
  const name = kind === undefined ? plain : `${plain} ${kind}`
  const organization =
    options.facilityOrganizations === true ? branch(found, practice, name) : practice
  const address = inventMove(random, options.timeZone)
  const id = add(location(ids.next('Location'), name, organization, address, random))
  return { id, name, edition, organization }
}

/** A facility as an organization of its own, part of the practice's. [G] */
function branch({ options, random, ids, add }: Founding, practice: Named, name: string): Named {
  const address = inventMove(random, options.timeZone)
  const own = organization(ids.next('Organization'), name, 'Healthcare Provider', address)
  const partOf = refer('Organization', practice.id, practice.name)
  return { id: add({ ...own, partOf }), name }
}

function listMedications({ ids, add }: Founding): Map<string, string> {
  const listed = new Map<string, string>()
  for (const medication of medications) {
    listed.set(medication.key, add(medicationOf(ids.next('Medication'), medication)))
  }
  return listed
}

function atLeastOne<T>(count: number, make: (index: number) => T): [T, ...T[]] {
  const first = make(0)
  return [first, ...Array.from({ length: Math.max(0, count - 1) }, (_, i) => make(i + 1))]
}

function nameOf(names: readonly string[], index: number): string {
  const name = names[index % names.length] ?? 'Office'
  return index < names.length ? name : `${name} ${Math.floor(index / names.length) + 1}`
}

function organization(id: string, name: string, kind: string, address: Address): Identified {
  return {
    resourceType: 'Organization',
    id,
    identifier: [{ system: SYSTEM.vendor, value: id }],
    active: true,
    type: [concept(kind)],
    name,
    address: [addressOf(address)],
  }
}

function location(
  id: string,
  name: string,
  owner: Named,
  address: Address,
  random: Random,
): Identified {
  return {
    resourceType: 'Location',
    id,
    status: 'active',
    name,
    mode: 'instance',
    telecom: [{ system: 'phone', value: inventPhone(random, '800'), use: 'work' }],
    address: addressOf(address),
    managingOrganization: refer('Organization', owner.id, owner.name),
  }
}

function addressOf({ line, city, state, zip }: Address) {
  return { line: [line], city, state, postalCode: zip, country: 'US' }
}

function hire(
  random: Random,
  ids: Ids,
  place: { practice: Named; facility: Facility },
): Provider & { resources: Identified[] } {
  const { practice, facility } = place
  const { specialties, suffix } = rulesOf(facility.edition)
  const gender = random.chance(0.5) ? 'female' : 'male'
  const family = random.pick(people.surnames)
  const given = random.pick(people[gender])
  const specialty = random.pick(specialties)
  const name = `${family}, ${given}`
  const id = ids.next('Practitioner')
  const practitioner: Identified = {
    resourceType: 'Practitioner',
    id,
    identifier: [
      { system: SYSTEM.vendor, value: id },
      { system: SYSTEM.npi, value: npi(random) },
    ],
    active: true,
    name: [{ text: name, family, given: [given], suffix: [suffix] }],
    telecom: [{ system: 'phone', value: inventPhone(random, '800'), use: 'work' }],
    gender,
  }
  const role: Identified = {
    resourceType: 'PractitionerRole',
    id: ids.next('PractitionerRole'),
    active: true,
    practitioner: refer('Practitioner', id, name),
    organization: refer('Organization', practice.id, practice.name),
    code: [concept('Doctor')],
    specialty: [concept(specialty.text, coding(SYSTEM.taxonomy, specialty.code))],
    location: [refer('Location', facility.id, facility.name)],
  }
  return { id, name, facility, resources: [practitioner, role] }
}

/** Ten digits whose last is the Luhn check digit over `80840` and the first nine, as CMS defines. */
function npi(random: Random): string {
  const nine = `1${random.text(8, '0123456789')}`
  const sum = [...`80840${nine}`].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${nine}${(10 - (sum % 10)) % 10}`
}

function medicationOf(id: string, medication: (typeof medications)[number]): Identified {
  const codings = [coding(SYSTEM.ndc, medication.ndc), coding(SYSTEM.rxnorm, medication.rxnorm)]
  return {
    resourceType: 'Medication',
    id,
    code: concept(medication.text, ...codings),
    status: 'active',
  }
}

function questionnaireOf(id: string): Identified {
  return {
    resourceType: 'Questionnaire',
    id,
    name: 'INTAKE',
    title: 'Intake questions',
    status: 'active',
    subjectType: ['Patient'],
    code: [coding(SYSTEM.vendor, 'INTAKE')],
    item: [
      { linkId: '1', text: 'How would you call your health?', type: 'string' },
      { linkId: '2', text: 'Do you live alone?', type: 'boolean' },
    ],
  }
}
