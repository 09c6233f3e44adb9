// The medication list and its prescriptions, both from MedicationRequest: what is taken and how, and
// what was ordered, by whom, how much. Whether somebody took it is not in them.

import { isJsonObject, type JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { encounterOf, facilityOf } from './facility.ts'
import {
  conceptAt,
  conceptField,
  momentField,
  periodAt,
  quantityAt,
  quantityField,
  refAt,
  referenceParts,
  refField,
  whenField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type Beside, type View, view } from './view.ts'

const dosageField = z
  .object({
    text: z.string().nullable(),
    instructions: z.array(conceptField),
    patientInstruction: z.string().nullable(),
    asNeeded: z.boolean().nullable(),
    doses: z.array(quantityField),
    route: conceptField.nullable(),
    timing: z
      .object({
        frequency: z.number().nullable(),
        period: z.number().nullable(),
        periodUnit: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Dosage' })

const common = {
  patient: refField.nullable(),
  medication: conceptField.nullable().describe('Its name and codes'),
  medicationSource: z.string().nullable().describe('The record that names it, `Type/id`'),
  status: z.string().nullable().describe('The vendor shows active or unknown'),
  intent: z.string().nullable(),
  reported: z
    .boolean()
    .nullable()
    .describe('Reported rather than ordered here, as the record says'),
  dosages: z.array(dosageField).nullable(),
  reasons: z.array(conceptField).nullable(),
  authoredOn: momentField.nullable(),
  prescriber: refField.nullable(),
  encounter: refField.nullable(),
}

const dispenseField = z
  .object({
    id: z.string(),
    status: z.string().nullable(),
    quantity: quantityField.nullable(),
    handedOver: momentField.nullable(),
    by: z.array(refField),
  })
  .meta({ id: 'Dispense' })

export const medications: View = view({
  object: 'medications',
  component: 'MedicationEntry',
  summary: 'The medication list: what, how, and its status',
  type: 'MedicationRequest',
  wants,
  joined: ['facility', 'medication', 'medicationSource'],
  fields: common,
  project: projectCommon,
})

const ORDERS = ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order']

export const prescriptions: View = view({
  object: 'prescriptions',
  component: 'Prescription',
  summary: 'Prescriptions: medication orders with amount, refills and dispenses',
  type: 'MedicationRequest',
  takes: ({ intent }) => typeof intent === 'string' && ORDERS.includes(intent),
  takesFrom: 'intent',
  wants,
  beside: [{ type: 'MedicationDispense', of: 'patient' }],
  joined: ['facility', 'medication', 'medicationSource', 'dispenses', 'dispensesComplete'],
  fields: {
    ...common,
    quantity: quantityField.nullable(),
    refills: z.number().nullable().describe('Repeats allowed beside the first fill'),
    daysSupply: quantityField.nullable(),
    validity: whenField.nullable(),
    pharmacy: refField.nullable(),
    dispenses: z.array(dispenseField),
    dispensesComplete: z.boolean(),
  },
  project: (record, beside) => {
    const dispense = record.at('dispenseRequest')
    const { items, whole } = beside.all('MedicationDispense')
    const own = items.filter((one) =>
      one.items('authorizingPrescription').some((order) => refAt(order)?.id === record.id),
    )
    return {
      ...projectCommon(record, beside),
      quantity: quantityAt(dispense.at('quantity')),
      refills: dispense.number('numberOfRepeatsAllowed'),
      daysSupply: quantityAt(dispense.at('expectedSupplyDuration')),
      validity: periodAt(dispense.at('validityPeriod')),
      pharmacy: refAt(dispense.at('performer')),
      dispenses: own.map((one) => dispenseOf(beside.use(one))),
      dispensesComplete: whole,
    }
  },
})

function wants(resource: JsonObject): readonly string[] {
  const { medicationReference } = resource
  const text = isJsonObject(medicationReference) ? medicationReference.reference : undefined
  const parts = typeof text === 'string' ? referenceParts(text) : undefined
  const named = parts?.type === 'Medication' ? [`Medication/${parts.id}`] : []
  return [...encounterOf(resource), ...named]
}

function projectCommon(record: Spot, beside: Beside) {
  return {
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('subject')),
    ...medicationOf(record, beside),
    status: record.text('status'),
    intent: record.text('intent'),
    reported: record.flag('reportedBoolean'),
    dosages: record.each('dosageInstruction', dosageOf),
    reasons: record.each('reasonCode', conceptAt),
    authoredOn: record.moment('authoredOn'),
    prescriber: refAt(record.at('requester')),
    encounter: refAt(record.at('encounter')),
  }
}

/** The code in the record, else the Medication it refers to, else that reference's own words. */
function medicationOf(record: Spot, beside: Beside) {
  const own = conceptAt(record.at('medicationCodeableConcept'))
  if (own !== null) return { medication: own, medicationSource: record.reference }
  const ref = refAt(record.at('medicationReference'))
  if (ref === null) return { medication: null, medicationSource: null }
  const named = ref.id === null ? undefined : beside.one(`Medication/${ref.id}`)
  const code = named === undefined ? null : conceptAt(named.at('code'))
  if (named !== undefined && code !== null)
    return { medication: code, medicationSource: named.reference }
  const words = ref.name === null ? null : { text: ref.name, codings: [] }
  return { medication: words, medicationSource: words === null ? null : record.reference }
}

function dosageOf(dosage: Spot): z.infer<typeof dosageField> {
  const repeat = dosage.at('timing').at('repeat')
  const doses = dosage.items('doseAndRate')
  for (const one of doses) if (one.at('doseRange').there) one.at('doseRange').note('not-shown')
  return {
    text: dosage.text('text'),
    instructions: dosage.items('additionalInstruction').flatMap((one) => conceptAt(one) ?? []),
    patientInstruction: dosage.text('patientInstruction'),
    asNeeded: dosage.flag('asNeededBoolean'),
    doses: doses.flatMap((one) => quantityAt(one.at('doseQuantity')) ?? []),
    route: conceptAt(dosage.at('route')),
    timing: repeat.there
      ? {
          frequency: repeat.number('frequency'),
          period: repeat.number('period'),
          periodUnit: repeat.text('periodUnit'),
        }
      : null,
  }
}

function dispenseOf(dispense: Spot): z.infer<typeof dispenseField> {
  return {
    id: dispense.id,
    status: dispense.text('status'),
    quantity: quantityAt(dispense.at('quantity')),
    handedOver: dispense.moment('whenHandedOver'),
    by: dispense.items('performer').flatMap((one) => refAt(one.at('actor')) ?? []),
  }
}
