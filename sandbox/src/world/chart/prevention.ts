// Immunizations and allergies, with sentinels, refused doses and entries that are only words. [P]

import type { Random } from '../../random.ts'
import { ageOn } from '../calendar.ts'
import allergies from '../data/allergies.json' with { type: 'json' }
import vaccines from '../data/vaccines.json' with { type: 'json' }
import { coded, coding, concept, optional, refer, SYSTEM } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import {
  type ChartContext,
  encounterRef,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

/** The vendor's way of saying that no expiration date was entered. [P] */
const NO_EXPIRATION = '0001-01-02'

export function immunization(
  { setting, chart }: ChartContext,
  options: { random: Random; at: number; visit: Visit | undefined },
): Identified {
  const { random, at, visit } = options
  const age = ageOn(chart.person.birthDate, setting.calendar.date(at))
  const fitting = vaccines.filter(({ minAge, maxAge }) => minAge <= age && age <= (maxAge ?? 120))
  const vaccine = random.weighted(fitting)
  const isGiven = random.chance(0.72)
  const maker = random.pick(setting.manufacturers)
  const facility = visit?.facility ?? chart.facility
  const given = {
    manufacturer: refer('Organization', maker.id, maker.name),
    lotNumber: random.text(6, 'ABCDEFGHJK0123456789'),
    expirationDate: NO_EXPIRATION,
    protocolApplied: [{ doseNumberString: String(random.between(1, vaccine.doses)) }],
  }
  return {
    resourceType: 'Immunization',
    id: setting.ids.next('Immunization'),
    status: isGiven ? 'completed' : 'not-done',
    ...(isGiven ? {} : { statusReason: concept('patient refused') }),
    vaccineCode: concept(
      vaccine.text,
      coding(SYSTEM.cvx, vaccine.cvx),
      coding(SYSTEM.ndc, vaccine.ndc),
    ),
    patient: patientRef(chart),
    ...optional('encounter', visit === undefined ? undefined : encounterRef(visit)),
    occurrenceDateTime: setting.calendar.dateTime(at),
    primarySource: isGiven,
    location: refer('Location', facility.id, facility.name),
    ...(isGiven ? given : {}),
    performer: [{ actor: practitionerRef(visit?.provider ?? chart.provider) }],
  }
}

export function allergy(
  { setting, chart }: ChartContext,
  options: { random: Random; at: number; visit: Visit | undefined },
): Identified {
  const { random, at, visit } = options
  const known = random.weighted(allergies)
  const isCoded = known.rxnorm !== undefined && random.chance(0.6)
  const code = isCoded
    ? concept(known.text, coding(SYSTEM.rxnorm, known.rxnorm ?? ''))
    : concept(known.text)
  return {
    resourceType: 'AllergyIntolerance',
    id: setting.ids.next('AllergyIntolerance'),
    clinicalStatus: concept('Active', coding(SYSTEM.allergyClinical, 'active')),
    verificationStatus: coded(SYSTEM.allergyVerification, 'confirmed'),
    type: 'allergy',
    category: [known.category],
    criticality: random.chance(0.2) ? 'high' : 'unable-to-assess',
    code,
    patient: patientRef(chart),
    ...optional('encounter', visit === undefined ? undefined : encounterRef(visit)),
    recordedDate: setting.calendar.date(at),
    recorder: practitionerRef(visit?.provider ?? chart.provider),
    reaction: [{ manifestation: [concept(known.reaction)] }],
  }
}
