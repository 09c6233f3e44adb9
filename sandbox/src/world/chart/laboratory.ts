// Laboratory work from order to corrected result. Numbers come as strings without units or ranges, as
// the vendor's samples have them. [P]

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import type { Random } from '../../random.ts'
import labs from '../data/labs.json' with { type: 'json' }
import { coded, coding, concept, isObject, refer, SYSTEM } from '../shapes.ts'
import { create, edit, type Identified, type Step } from '../steps.ts'
import {
  type ChartContext,
  encounterRef,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

const ORDER_EXTENSION = 'http://eclinicalworks.com/supportingInfo/serviceRequestOrder'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Laboratories send their results from the late afternoon on. Minutes after local midnight. */
const EVENING: readonly [from: number, to: number] = [16 * 60 + 30, 21 * 60]

type Panel = (typeof labs)[number]
type Item = Panel['items'][number]

interface Order {
  readonly context: ChartContext
  readonly visit: Visit
  readonly panel: Panel
  readonly random: Random
  readonly orderedAt: number
  readonly specimenId: string
  readonly orderId: string
}

/** Orders the panel during the visit and says when its results come, change and are corrected. */
export function laboratoryWork(
  context: ChartContext,
  visit: Visit,
  options: { key: string; random: Random },
): Step[] {
  const panel = labs.find(({ key }) => key === options.key)
  if (panel === undefined) throw new RangeError('a panel that is not on the list')
  const { ids } = context.setting
  const order: Order = {
    context,
    visit,
    panel,
    random: options.random,
    orderedAt: visit.start + 14 * 60_000,
    specimenId: ids.next('Specimen'),
    orderId: ids.next('ServiceRequest'),
  }
  const request = serviceRequest(order)
  const collected = specimen(order)
  const observations = panel.items.map((item) => pendingObservation(order, item))
  const report = pendingReport(order, observations)
  const at = order.orderedAt
  const pending = [request, collected, ...observations, report]
  return [
    ...pending.map((resource, i) => create(at + i * 900, 'charting', resource)),
    ...results(order, { request, observations, report }),
  ]
}

function results(
  order: Order,
  work: { request: Identified; observations: readonly Identified[]; report: Identified },
): Step[] {
  const { random, panel } = order
  const steps: Step[] = []
  const resultAt = eveningAfter(order, random.weighted(LATENCY).days)
  const isPreliminary = random.chance(0.25)
  const status = isPreliminary ? 'preliminary' : 'final'
  const finalAt = isPreliminary ? resultAt + random.between(10, 40) * HOUR_MS : resultAt
  for (const [i, observation] of work.observations.entries()) {
    const value = drawValue(random, panel.items[i])
    steps.push(edit(resultAt + i * 700, 'result', observation, resulted(status, value)))
    if (isPreliminary) steps.push(edit(finalAt + i * 700, 'result', observation, is('final')))
  }
  const issued = order.context.setting.calendar.dateTime(finalAt)
  steps.push(edit(resultAt + 5_000, 'result', work.report, is(status)))
  const concluded = { conclusion: random.pick(CONCLUSIONS), issued }
  steps.push(edit(finalAt + 6_000, 'result', work.report, is('final', concluded)))
  steps.push(edit(finalAt + 7_000, 'result', work.request, received(issued)))
  if (random.chance(0.06)) {
    const correctedAt = finalAt + random.between(20, 70) * HOUR_MS
    const index = random.between(0, work.observations.length - 1)
    const observation = work.observations[index]
    if (observation !== undefined) {
      const value = drawValue(random, panel.items[index])
      steps.push(edit(correctedAt, 'result', observation, resulted('corrected', value)))
      steps.push(edit(correctedAt + 2_000, 'result', work.report, is('corrected')))
    }
  }
  return steps
}

const LATENCY = [
  { days: 0, weight: 50 },
  { days: 1, weight: 35 },
  { days: 2, weight: 10 },
  { days: 4, weight: 5 },
]
const CONCLUSIONS = ['Reviewed', 'within normal limits', 'Slightly high, will recheck', 'WNL', 'ok']

/** Some minute of the evening `days` days after the order, and never before it. */
function eveningAfter(order: Order, days: number): number {
  const { calendar } = order.context.setting
  const date = calendar.date(order.orderedAt + days * DAY_MS)
  const at = calendar.instant(date, order.random.between(...EVENING))
  return Math.max(at, order.orderedAt + HOUR_MS)
}

function is(status: string, more: JsonObject = {}) {
  return (current: Resource): Resource => ({ ...current, status, ...more })
}

function resulted(status: string, value: string) {
  return ({ dataAbsentReason: _, ...current }: Resource): Resource => ({
    ...current,
    resourceType: 'Observation',
    status,
    valueString: value,
  })
}

function received(receivedDate: string) {
  return (current: Resource): Resource => ({
    ...current,
    status: 'completed',
    extension: [
      ...(Array.isArray(current.extension) ? current.extension : []).filter(
        (item) => isObject(item) && item.url !== `${ORDER_EXTENSION}/status`,
      ),
      { url: `${ORDER_EXTENSION}/receivedDate`, valueString: receivedDate },
      { url: `${ORDER_EXTENSION}/status`, valueString: 'Reviewed' },
    ],
  })
}

function serviceRequest({ context, visit, panel, orderedAt, orderId }: Order): Identified {
  const { setting, chart } = context
  const collected = setting.calendar.dateTime(orderedAt)
  return {
    resourceType: 'ServiceRequest',
    id: orderId,
    extension: [
      { url: `${ORDER_EXTENSION}/collectionDate`, valueString: collected },
      { url: `${ORDER_EXTENSION}/status`, valueString: 'Open' },
    ],
    status: 'active',
    intent: 'order',
    category: [concept('Laboratory', coding(SYSTEM.snomed, '108252007'))],
    code: concept(panel.text, coding(SYSTEM.loinc, panel.loinc)),
    subject: patientRef(chart),
    encounter: encounterRef(visit),
    occurrenceDateTime: collected,
    authoredOn: collected,
    requester: practitionerRef(visit.provider),
    performer: [refer('Organization', setting.laboratory.id, setting.laboratory.name)],
  }
}

function specimen({ context, panel, orderedAt, specimenId }: Order): Identified {
  return {
    resourceType: 'Specimen',
    id: specimenId,
    status: 'available',
    type: concept(panel.specimen),
    subject: patientRef(context.chart),
    collection: { collectedDateTime: context.setting.calendar.dateTime(orderedAt) },
  }
}

function pendingObservation(order: Order, item: Item): Identified {
  const { setting, chart } = order.context
  return {
    resourceType: 'Observation',
    id: setting.ids.next('Observation'),
    basedOn: [refer('ServiceRequest', order.orderId)],
    status: 'registered',
    category: [coded(SYSTEM.observationCategory, 'laboratory')],
    code: concept(item.text, coding(SYSTEM.loinc, item.loinc)),
    subject: patientRef(chart),
    encounter: encounterRef(order.visit),
    effectiveDateTime: setting.calendar.dateTime(order.orderedAt),
    performer: [refer('Organization', setting.laboratory.id, setting.laboratory.name)],
    specimen: refer('Specimen', order.specimenId),
    dataAbsentReason: coded(SYSTEM.absent, 'temp-unknown'),
  }
}

function pendingReport(order: Order, observations: readonly Identified[]): Identified {
  const { setting, chart } = order.context
  const { laboratory } = setting
  return {
    resourceType: 'DiagnosticReport',
    id: setting.ids.next('DiagnosticReport'),
    basedOn: [refer('ServiceRequest', order.orderId)],
    status: 'registered',
    category: [concept('Laboratory', coding(SYSTEM.serviceSection, 'LAB'))],
    code: concept(order.panel.text, coding(SYSTEM.loinc, order.panel.loinc)),
    subject: patientRef(chart),
    encounter: encounterRef(order.visit),
    effectiveDateTime: setting.calendar.dateTime(order.orderedAt),
    performer: [refer('Organization', laboratory.id, laboratory.name)],
    specimen: [refer('Specimen', order.specimenId)],
    result: observations.map(({ id }) => refer('Observation', id)),
  }
}

function drawValue(random: Random, item: Item | undefined): string {
  if (item?.words !== undefined) return random.pick(item.words)
  const low = item?.low ?? 0
  const high = item?.high ?? 1
  return (low + random.next() * (high - low)).toFixed(item?.decimals ?? 0)
}
