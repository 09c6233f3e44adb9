// The visit itself and what it costs: appointment, telephone call, procedure, referral, charge, claim,
// device. Appointments are encounters of status `planned`, as the vendor shows them. [I]

import type { Random } from '../../random.ts'
import visits from '../data/visits.json' with { type: 'json' }
import { rulesOf } from '../editions.ts'
import { absent, coded, coding, concept, optional, refer, SYSTEM } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import {
  type ChartContext,
  encounterRef,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

/** The state of an encounter while it is booked, going on or over. */
export type EncounterStatus = 'planned' | 'arrived' | 'in-progress' | 'finished' | 'cancelled'

/** An office visit; class `AMB`, its type never filled in. [P] */
export function officeVisit(context: ChartContext, visit: Visit): Identified {
  return {
    ...encounter(context, visit),
    status: 'planned',
    class: coding(SYSTEM.actCode, 'AMB'),
    type: [coded(SYSTEM.absent, 'unknown')],
    hospitalization: { dischargeDisposition: concept('home') },
  }
}

/** A telephone encounter; class `VR`. Which listings leave it out is the surface's affair. */
export function telephoneCall(context: ChartContext, visit: Visit): Identified {
  return {
    ...encounter(context, visit),
    status: 'in-progress',
    class: coding(SYSTEM.actCode, 'VR'),
    type: [concept('Telephone Encounter')],
  }
}

function encounter({ setting, chart }: ChartContext, visit: Visit): Identified {
  const role = concept('primary provider', coding(SYSTEM.participation, 'PPRF'))
  const { organization } = visit.facility
  return {
    resourceType: 'Encounter',
    id: visit.encounterId,
    identifier: [{ system: SYSTEM.vendor, value: visit.encounterId }],
    subject: patientRef(chart),
    participant: [{ type: [role], individual: practitionerRef(visit.provider) }],
    period: periodOf({ setting, chart }, visit),
    reasonCode: [concept(visit.reason)],
    location: [{ location: refer('Location', visit.facility.id, visit.facility.name) }],
    serviceProvider: refer('Organization', organization.id, organization.name),
  }
}

/** From the visit's start to its planned end. */
export function periodOf({ setting }: ChartContext, visit: Pick<Visit, 'start' | 'minutes'>) {
  const { calendar } = setting
  return {
    start: calendar.dateTime(visit.start),
    end: calendar.dateTime(visit.start + visit.minutes * 60_000),
  }
}

/** Half of them never get a date: status `preparation` and a data-absent-reason. [P] */
export function procedure(
  { setting, chart }: ChartContext,
  visit: Visit,
  random: Random,
): Identified {
  const done = random.weighted(rulesOf(visit.facility.edition).procedures)
  const isDated = random.chance(0.5)
  return {
    resourceType: 'Procedure',
    id: setting.ids.next('Procedure'),
    status: isDated ? 'completed' : 'preparation',
    code: concept(done.text, ...(done.cpt === undefined ? [] : [coding(SYSTEM.cpt, done.cpt)])),
    subject: patientRef(chart),
    encounter: encounterRef(visit),
    ...(isDated
      ? { performedDateTime: setting.calendar.dateTime(visit.start) }
      : { _performedDateTime: absent('unknown') }),
    performer: [{ actor: practitionerRef(visit.provider) }],
  }
}

export function referral(
  { setting, chart }: ChartContext,
  visit: Visit,
  random: Random,
): Identified {
  const at = setting.calendar.dateTime(visit.start)
  return {
    resourceType: 'ServiceRequest',
    id: setting.ids.next('ServiceRequest'),
    status: 'active',
    intent: 'order',
    category: [concept('Referral', coding(SYSTEM.snomed, '3457005'))],
    priority: random.chance(0.15) ? 'urgent' : 'routine',
    code: concept(random.pick(visits.referrals)),
    subject: patientRef(chart),
    encounter: encounterRef(visit),
    occurrenceDateTime: at,
    authoredOn: at,
    requester: practitionerRef(visit.provider),
  }
}

export function charge({ setting, chart }: ChartContext, visit: Visit, random: Random): Identified {
  const { levels } = rulesOf(visit.facility.edition)
  return {
    resourceType: 'ChargeItem',
    id: setting.ids.next('ChargeItem'),
    status: 'billable',
    code: concept('Office visit', coding(SYSTEM.cpt, random.pick(levels))),
    subject: patientRef(chart),
    context: encounterRef(visit),
    occurrenceDateTime: setting.calendar.dateTime(visit.start),
    performer: [{ actor: practitionerRef(visit.provider) }],
    quantity: { value: 1 },
  }
}

/** The claim for one charge, or undefined for a patient who pays alone. */
export function claim(
  { setting, chart }: ChartContext,
  visit: Visit,
  charged: Identified,
  random: Random,
): Identified | undefined {
  if (chart.coverageId === undefined) return undefined
  const money = { value: random.between(80, 320), currency: 'USD' }
  return {
    resourceType: 'Claim',
    id: setting.ids.next('Claim'),
    status: 'active',
    type: coded('http://terminology.hl7.org/CodeSystem/claim-type', 'professional'),
    use: 'claim',
    patient: patientRef(chart),
    created: setting.calendar.date(visit.start),
    provider: practitionerRef(visit.provider),
    priority: coded('http://terminology.hl7.org/CodeSystem/processpriority', 'normal'),
    insurance: [{ sequence: 1, focal: true, coverage: refer('Coverage', chart.coverageId) }],
    item: [
      {
        sequence: 1,
        ...optional('productOrService', charged.code),
        servicedDate: setting.calendar.date(visit.start),
        encounter: [encounterRef(visit)],
        net: money,
      },
    ],
    total: money,
  }
}

/** An implant whose UDI was never entered. [P] */
export function device({ setting, chart }: ChartContext): Identified {
  return {
    resourceType: 'Device',
    id: setting.ids.next('Device'),
    udiCarrier: [{ _deviceIdentifier: absent('unknown'), _carrierHRF: absent('unknown') }],
    status: 'active',
    _distinctIdentifier: absent('unknown'),
    _expirationDate: absent('unknown'),
    _lotNumber: absent('unknown'),
    type: concept('Knee joint implant', coding(SYSTEM.snomed, '304120007')),
    patient: patientRef(chart),
  }
}
