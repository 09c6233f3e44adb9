// From where each field of the rest of the chart has to come: one row a field.

import { type Item, isItem, type Value } from './compare.ts'
import { all, ECW, is, nowhere, refIs, type ViewRow, via } from './view-row.ts'
import * as v from './view-values.ts'

const medication = (record: Item, chart: v.Chart): readonly [Value, Value] => {
  const own = v.conceptOf(record.medicationCodeableConcept)
  const here = `${record.resourceType}/${record.id}`
  if (own !== null) return [own, here]
  const named = v.refOf(record.medicationReference)
  if (!isItem(named)) return [null, null]
  const code = v.conceptOf(chart.get(`Medication/${named.id}`)?.code)
  if (code !== null) return [code, `Medication/${named.id}`]
  return named.name === null ? [null, null] : [{ text: named.name ?? null, codings: [] }, here]
}

function timingOf(repeat: Value | undefined): Value {
  if (!isItem(repeat)) return null
  const { frequency = null, period = null, periodUnit = null } = repeat
  return { frequency, period, periodUnit }
}

const medicationFields: ViewRow['fields'] = {
  patient: v.ref('subject'),
  medication: (record, chart) => medication(record, chart)[0],
  medicationSource: (record, chart) => medication(record, chart)[1],
  status: v.text('status'),
  intent: v.text('intent'),
  reported: v.flag('reportedBoolean'),
  dosages: v.each('dosageInstruction', (one, chart) => ({
    text: one.text ?? null,
    instructions: v.concepts('additionalInstruction')(one, chart),
    patientInstruction: one.patientInstruction ?? null,
    asNeeded: one.asNeededBoolean ?? null,
    doses: v.present(v.dig(one, 'doseAndRate.doseQuantity').map(v.quantityOf)),
    route: v.conceptOf(one.route),
    timing: timingOf(v.dig(one, 'timing.repeat')[0]),
  })),
  reasons: v.concepts('reasonCode'),
  authoredOn: v.moment('authoredOn'),
  prescriber: v.ref('requester'),
  encounter: v.ref('encounter'),
}

const dispenses: v.Expect = (record, chart) =>
  chart
    .all('MedicationDispense')
    .filter((one) => v.dig(one, 'authorizingPrescription').some((order) => refIs(order, record.id)))
    .map((one) => ({
      id: one.id ?? null,
      status: one.status ?? null,
      quantity: v.quantityOf(one.quantity),
      handedOver: v.momentOf(one.whenHandedOver, chart.timeZone),
      by: v.refs('performer.actor')(one, chart),
    }))

const observation: ViewRow['fields'] = {
  patient: v.ref('subject'),
  code: v.concept('code'),
  categories: v.concepts('category'),
  status: v.text('status'),
  value: (record, { timeZone }) => v.measuredOf(record, timeZone),
  absent: v.concept('dataAbsentReason'),
  components: v.each('component', (one, chart) => ({
    code: v.conceptOf(one.code),
    value: v.measuredOf(one, chart.timeZone),
    absent: v.conceptOf(one.dataAbsentReason),
    interpretations: v.concepts('interpretation')(one, chart),
  })),
  interpretations: v.concepts('interpretation'),
  referenceRanges: v.each('referenceRange', (one) => ({
    ...{ low: v.quantityOf(one.low), high: v.quantityOf(one.high), text: one.text ?? null },
  })),
  effective: v.when('effective'),
  issued: v.moment('issued'),
  performers: v.refs('performer'),
  encounter: v.ref('encounter'),
  notes: v.texts('note.text'),
}

const order: ViewRow['fields'] = {
  patient: v.ref('subject'),
  identifiers: v.identifiers,
  code: v.concept('code'),
  categories: v.concepts('category'),
  status: v.text('status'),
  intent: v.text('intent'),
  priority: v.text('priority'),
  occurrence: v.when('occurrence'),
  authoredOn: v.moment('authoredOn'),
  requester: v.ref('requester'),
  performers: v.refs('performer'),
  reasons: v.concepts('reasonCode'),
  encounter: v.ref('encounter'),
  notes: v.texts('note.text'),
}

const classOf =
  (code: string): v.Expect =>
  (record) => {
    const found = v
      .dig(record, 'class')
      .find((one) => v.dig(one, 'type.coding.code').includes(code))
    return isItem(found) ? { value: found.value ?? null, name: found.name ?? null } : null
  }

export const CHART_ROWS: Readonly<Record<string, ViewRow>> = {
  problems: {
    type: 'Condition',
    takes: (record) => {
      const codes = v.dig(record, 'category.coding.code')
      return codes.length === 0 || codes.some((code) => code !== 'encounter-diagnosis')
    },
    facility: via('encounter'),
    fields: {
      patient: v.ref('subject'),
      code: v.concept('code'),
      clinicalStatus: v.concept('clinicalStatus'),
      verificationStatus: v.concept('verificationStatus'),
      categories: v.concepts('category'),
      severity: v.concept('severity'),
      onset: v.when('onset'),
      abatement: v.when('abatement'),
      recordedDate: v.moment('recordedDate'),
      recorder: v.ref('recorder'),
      encounter: v.ref('encounter'),
      notes: v.texts('note.text'),
    },
  },
  allergies: {
    type: 'AllergyIntolerance',
    takes: all,
    facility: via('encounter'),
    fields: {
      patient: v.ref('patient'),
      code: v.concept('code'),
      kind: v.text('type'),
      categories: v.texts('category'),
      criticality: v.text('criticality'),
      clinicalStatus: v.concept('clinicalStatus'),
      verificationStatus: v.concept('verificationStatus'),
      onset: v.when('onset'),
      recordedDate: v.moment('recordedDate'),
      recorder: v.ref('recorder'),
      encounter: v.ref('encounter'),
      reactions: v.each('reaction', (one, chart) => ({
        manifestations: v.concepts('manifestation')(one, chart),
        ...{ severity: one.severity ?? null, description: one.description ?? null },
      })),
    },
  },
  medications: {
    ...{ type: 'MedicationRequest', takes: all, facility: via('encounter') },
    fields: medicationFields,
  },
  prescriptions: {
    type: 'MedicationRequest',
    takes: (record) => /(^|-)order$/.test(String(record.intent)),
    facility: via('encounter'),
    fields: {
      ...medicationFields,
      quantity: v.quantity('dispenseRequest.quantity'),
      refills: v.number('dispenseRequest.numberOfRepeatsAllowed'),
      daysSupply: v.quantity('dispenseRequest.expectedSupplyDuration'),
      validity: v.period('dispenseRequest.validityPeriod'),
      pharmacy: v.ref('dispenseRequest.performer'),
      dispenses,
      dispensesComplete: v.constant(true),
    },
  },
  immunizations: {
    type: 'Immunization',
    takes: all,
    facility: via('encounter', 'location'),
    fields: {
      patient: v.ref('patient'),
      vaccine: v.concept('vaccineCode'),
      status: v.text('status'),
      statusReason: v.concept('statusReason'),
      occurrence: v.when('occurrence'),
      primarySource: v.flag('primarySource'),
      lotNumber: v.text('lotNumber'),
      expirationDate: v.moment('expirationDate'),
      manufacturer: v.ref('manufacturer'),
      site: v.concept('site'),
      route: v.concept('route'),
      dose: v.quantity('doseQuantity'),
      doseNumbers: v.each('protocolApplied', (one) =>
        typeof one.doseNumberPositiveInt === 'number'
          ? String(one.doseNumberPositiveInt)
          : (one.doseNumberString ?? null),
      ),
      performers: v.refs('performer.actor'),
      encounter: v.ref('encounter'),
    },
  },
  vitals: {
    ...{ type: 'Observation', takes: is('vital-signs'), facility: via('encounter') },
    fields: observation,
  },
  'lab-results': {
    ...{ type: 'Observation', takes: is('laboratory'), facility: via('encounter') },
    fields: { ...observation, orders: v.refs('basedOn'), specimen: v.ref('specimen') },
  },
  'lab-orders': {
    type: 'ServiceRequest',
    takes: (record) =>
      is('108252007', 'laboratory', 'LAB')(record) ||
      v.dig(record, 'extension.url').some((url) => String(url).includes('/serviceRequestOrder/')),
    facility: via('encounter', 'locationReference'),
    fields: {
      ...order,
      orderStatus: v.extension(`${ECW}/serviceRequestOrder/status`),
      collected: v.extension(`${ECW}/serviceRequestOrder/collectionDate`),
      received: v.extension(`${ECW}/serviceRequestOrder/receivedDate`),
      specimens: v.refs('specimen'),
    },
  },
  referrals: {
    type: 'ServiceRequest',
    takes: is('3457005', '306206005'),
    facility: via('encounter', 'locationReference'),
    fields: order,
  },
  procedures: {
    type: 'Procedure',
    takes: all,
    facility: via('encounter', 'location'),
    fields: {
      patient: v.ref('subject'),
      code: v.concept('code'),
      status: v.text('status'),
      statusReason: v.concept('statusReason'),
      category: v.concept('category'),
      performed: v.when('performed'),
      performers: v.refs('performer.actor'),
      reasons: v.concepts('reasonCode'),
      reasonRecords: v.refs('reasonReference'),
      bodySites: v.concepts('bodySite'),
      orders: v.refs('basedOn'),
      encounter: v.ref('encounter'),
      notes: v.texts('note.text'),
    },
  },
  coverages: {
    type: 'Coverage',
    takes: all,
    facility: nowhere,
    fields: {
      patient: v.ref('beneficiary'),
      identifiers: v.identifiers,
      status: v.text('status'),
      type: v.concept('type'),
      order: v.number('order'),
      subscriberId: v.text('subscriberId'),
      subscriber: v.ref('subscriber'),
      relationship: v.concept('relationship'),
      period: v.period('period'),
      payers: v.refs('payor'),
      group: classOf('group'),
      plan: classOf('plan'),
      eligibilityStatus: v.extension(/coverage-eligibilityStatus$/),
    },
  },
  'care-plans': {
    type: 'CarePlan',
    takes: all,
    facility: via('encounter'),
    fields: {
      patient: v.ref('subject'),
      title: v.text('title'),
      description: v.text('description'),
      narrative: v.extension(`${ECW}/carePlan/narrative`),
      status: v.text('status'),
      intent: v.text('intent'),
      categories: v.concepts('category'),
      period: v.period('period'),
      created: v.moment('created'),
      author: v.ref('author'),
      addresses: v.refs('addresses'),
      goals: v.refs('goal'),
      careTeams: v.refs('careTeam'),
      activities: v.each('activity', ({ detail }) =>
        isItem(detail) ? { code: v.conceptOf(detail.code), status: detail.status ?? null } : null,
      ),
      encounter: v.ref('encounter'),
    },
  },
  'care-teams': {
    type: 'CareTeam',
    takes: all,
    facility: via('encounter'),
    fields: {
      patient: v.ref('subject'),
      name: v.text('name'),
      status: v.text('status'),
      period: v.period('period'),
      members: v.each('participant', (one, chart) => ({
        ...{ roles: v.concepts('role')(one, chart), member: v.refOf(one.member) },
      })),
      organizations: v.refs('managingOrganization'),
    },
  },
  goals: {
    type: 'Goal',
    takes: all,
    facility: nowhere,
    fields: {
      patient: v.ref('subject'),
      description: v.concept('description'),
      status: v.text('lifecycleStatus'),
      achievement: v.concept('achievementStatus'),
      start: v.moment('startDate'),
      targets: v.each('target', (one, { timeZone }) => ({
        ...{ measure: v.conceptOf(one.measure), detail: v.quantityOf(one.detailQuantity) },
        due: v.momentOf(one.dueDate, timeZone),
      })),
      addresses: v.refs('addresses'),
    },
  },
  devices: {
    type: 'Device',
    takes: all,
    facility: nowhere,
    fields: {
      patient: v.ref('patient'),
      type: v.concept('type'),
      names: v.texts('deviceName.name'),
      status: v.text('status'),
      udis: v.each('udiCarrier', ({ deviceIdentifier, carrierHRF, issuer }) => {
        const shown = [deviceIdentifier, carrierHRF, issuer].map((one) => one ?? null)
        const [id = null, carrier = null, by = null] = shown
        if (shown.every((one) => one === null)) return null
        return { deviceIdentifier: id, carrier, issuer: by }
      }),
      distinctIdentifier: v.text('distinctIdentifier'),
      manufacturer: v.text('manufacturer'),
      modelNumber: v.text('modelNumber'),
      serialNumber: v.text('serialNumber'),
      lotNumber: v.text('lotNumber'),
      manufactureDate: v.moment('manufactureDate'),
      expirationDate: v.moment('expirationDate'),
    },
  },
  'charge-items': {
    type: 'ChargeItem',
    takes: all,
    facility: via('context'),
    fields: {
      patient: v.ref('subject'),
      code: v.concept('code'),
      status: v.text('status'),
      occurrence: v.when('occurrence'),
      quantity: v.quantity('quantity'),
      price: (record) => {
        const [money] = v.dig(record, 'priceOverride')
        if (!isItem(money) || typeof money.value !== 'number') return null
        const cents = Math.round(money.value * 100)
        return Math.abs(cents - money.value * 100) > 1e-6
          ? null
          : { cents, currency: money.currency ?? null }
      },
      factor: v.number('factorOverride'),
      performers: v.refs('performer.actor'),
      organization: v.ref('performingOrganization'),
      accounts: v.refs('account'),
      encounter: v.ref('context'),
    },
  },
}
