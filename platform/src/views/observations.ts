// Vitals and laboratory results. The vendor writes numbers as text: one is a number here only when it
// is exactly that, and the text it was stays beside it.

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
  refField,
  whenAt,
  whenField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type Beside, type View, view } from './view.ts'

const valueField = z
  .object({
    kind: z.enum(['number', 'text', 'concept', 'flag', 'range', 'ratio', 'when']),
    number: z.number().nullable().describe('Exact; only for `number`'),
    comparator: z.string().nullable(),
    unit: z.string().nullable(),
    unitCode: z.string().nullable(),
    text: z.string().nullable().describe('Only for `text`'),
    concept: conceptField.nullable(),
    flag: z.boolean().nullable(),
    low: quantityField.nullable().describe('Of a range; of a ratio its numerator'),
    high: quantityField.nullable().describe('Of a range; of a ratio its denominator'),
    when: whenField.nullable(),
    original: z
      .string()
      .nullable()
      .describe('The text that was on the wire where a number is here'),
  })
  .meta({ id: 'MeasuredValue' })

type Value = z.infer<typeof valueField>

const componentField = z.object({
  code: conceptField.nullable(),
  value: valueField.nullable(),
  absent: conceptField.nullable(),
  interpretations: z.array(conceptField),
})

const rangeField = z.object({
  low: quantityField.nullable(),
  high: quantityField.nullable(),
  text: z.string().nullable(),
})

const fields = {
  patient: refField.nullable(),
  code: conceptField.nullable(),
  categories: z.array(conceptField).nullable(),
  status: z.string().nullable(),
  value: valueField.nullable(),
  absent: conceptField.nullable().describe('Why there is no value, as the record says'),
  components: z.array(componentField).nullable().describe('Such as the two of a blood pressure'),
  interpretations: z.array(conceptField).nullable(),
  referenceRanges: z.array(rangeField).nullable(),
  effective: whenField.nullable(),
  issued: momentField.nullable(),
  performers: z.array(refField).nullable(),
  encounter: refField.nullable(),
  notes: z.array(z.string()).nullable(),
}

export const vitals: View = view({
  object: 'vitals',
  component: 'Vital',
  summary: 'Vital signs',
  type: 'Observation',
  takes: (resource) => isOf(resource, 'vital-signs'),
  takesFrom: 'category',
  wants: encounterOf,
  joined: ['facility'],
  fields,
  project,
})

export const labResults: View = view({
  object: 'lab-results',
  component: 'LabResult',
  summary: 'Laboratory results, with exact numbers where there are any',
  type: 'Observation',
  takes: (resource) => isOf(resource, 'laboratory'),
  takesFrom: 'category',
  wants: encounterOf,
  joined: ['facility'],
  fields: {
    ...fields,
    orders: z.array(refField).nullable().describe('What it was ordered with'),
    specimen: refField.nullable(),
  },
  project: (record, beside) => ({
    ...project(record, beside),
    orders: record.each('basedOn', refAt),
    specimen: refAt(record.at('specimen')),
  }),
})

function isOf({ category }: JsonObject, code: string): boolean {
  return (Array.isArray(category) ? category : [])
    .flatMap((one) => (isJsonObject(one) && Array.isArray(one.coding) ? one.coding : []))
    .some((coding) => isJsonObject(coding) && coding.code === code)
}

function project(record: Spot, beside: Beside) {
  return {
    facility: facilityOf(record, beside, { via: 'encounter' }),
    patient: refAt(record.at('subject')),
    code: conceptAt(record.at('code')),
    categories: record.each('category', conceptAt),
    status: record.text('status'),
    value: measured(record),
    absent: conceptAt(record.at('dataAbsentReason')),
    components: record.each('component', (one) => ({
      code: conceptAt(one.at('code')),
      value: measured(one),
      absent: conceptAt(one.at('dataAbsentReason')),
      interpretations: one.items('interpretation').flatMap((item) => conceptAt(item) ?? []),
    })),
    interpretations: record.each('interpretation', conceptAt),
    referenceRanges: record.each('referenceRange', (one) => ({
      low: quantityAt(one.at('low')),
      high: quantityAt(one.at('high')),
      text: one.text('text'),
    })),
    effective: whenAt(record, 'effective'),
    issued: record.moment('issued'),
    performers: record.each('performer', refAt),
    encounter: refAt(record.at('encounter')),
    notes: record.each('note', (note) => note.text('text')),
  }
}

const NOTHING: Value = {
  kind: 'text',
  number: null,
  comparator: null,
  unit: null,
  unitCode: null,
  text: null,
  concept: null,
  flag: null,
  low: null,
  high: null,
  when: null,
  original: null,
}

/** A JSON number of at most fifteen digits, which a double holds exactly. */
const EXACT = /^-?(0|[1-9]\d{0,14})(\.\d{1,14})?$/
const DIGITS_MAX = 15

function measured(spot: Spot): Value | null {
  const quantity = quantityAt(spot.at('valueQuantity'))
  if (quantity !== null) {
    const { value: number, comparator, unit, code: unitCode } = quantity
    const original = spot.original('valueString')
    return { ...NOTHING, kind: 'number', number, comparator, unit, unitCode, original }
  }
  const text = spot.text('valueString')
  if (text !== null) return ofText(text)
  const whole = spot.number('valueInteger')
  if (whole !== null) return { ...NOTHING, kind: 'number', number: whole }
  const concept = conceptAt(spot.at('valueCodeableConcept'))
  if (concept !== null) return { ...NOTHING, kind: 'concept', concept }
  const flag = spot.flag('valueBoolean')
  if (flag !== null) return { ...NOTHING, kind: 'flag', flag }
  return ofTwo(spot)
}

function ofText(text: string): Value {
  const exact = EXACT.test(text) && text.replace(/[-.]/g, '').length <= DIGITS_MAX
  if (!exact) return { ...NOTHING, text }
  return { ...NOTHING, kind: 'number', number: Number(text), original: text }
}

function ofTwo(spot: Spot): Value | null {
  const pairs = [
    ['range', 'valueRange', 'low', 'high'],
    ['ratio', 'valueRatio', 'numerator', 'denominator'],
  ] as const
  for (const [kind, element, first, second] of pairs) {
    const at = spot.at(element)
    if (!at.there) continue
    return { ...NOTHING, kind, low: quantityAt(at.at(first)), high: quantityAt(at.at(second)) }
  }
  const period = periodAt(spot.at('valuePeriod'))
  const start = spot.moment('valueDateTime')
  if (period !== null) return { ...NOTHING, kind: 'when', when: period }
  if (start !== null) return { ...NOTHING, kind: 'when', when: { start, end: null } }
  for (const element of ['valueSampledData', 'valueTime'])
    if (spot.at(element).there) spot.at(element).note('not-shown')
  return null
}
