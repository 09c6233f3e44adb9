// Observations that are not laboratory results: vital signs, habits, surveys, findings. Categories
// carry the vendor's quirks, among them a malformed system for social history. [P]

import type { JsonObject } from '@chartway/codecs/fhir'
import type { Random } from '../../random.ts'
import { ageOn } from '../calendar.ts'
import visits from '../data/visits.json' with { type: 'json' }
import { coded, coding, concept, optional, quantity, SYSTEM } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import {
  type ChartContext,
  encounterRef,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

interface Measured {
  readonly category: readonly JsonObject[]
  readonly code: JsonObject
  readonly at: number
  readonly visit: Visit | undefined
  readonly value: JsonObject
}

function observation({ setting, chart }: ChartContext, measured: Measured): Identified {
  const { visit } = measured
  return {
    resourceType: 'Observation',
    id: setting.ids.next('Observation'),
    status: 'final',
    category: [...measured.category],
    code: measured.code,
    subject: patientRef(chart),
    ...optional('encounter', visit === undefined ? undefined : encounterRef(visit)),
    effectiveDateTime: setting.calendar.dateTime(measured.at),
    issued: setting.calendar.dateTime(measured.at),
    performer: [practitionerRef(visit?.provider ?? chart.provider)],
    ...measured.value,
  }
}

function standard(code: string): JsonObject {
  return coded(SYSTEM.observationCategory, code)
}

/** Blood pressure, pulse, temperature, oxygen, weight, height and BMI of one visit. */
export function vitalSigns(context: ChartContext, visit: Visit, random: Random): Identified[] {
  const { chart, setting } = context
  const age = ageOn(chart.person.birthDate, setting.calendar.date(visit.start))
  chart.weightKg = Math.max(4, chart.weightKg + random.between(-15, 15) / 10)
  const weight = Math.round(chart.weightKg * 10) / 10
  const meters = chart.heightCm / 100
  const readings: [loinc: string, text: string, value: number, unit: string][] = [
    ['8867-4', 'Pulse', random.between(56, age < 6 ? 130 : 98), '/min'],
    ['8310-5', 'Temperature', random.between(968, 1002) / 10, '[degF]'],
    ['59408-5', 'Oxygen saturation', random.between(94, 100), '%'],
    ['29463-7', 'Weight', weight, 'kg'],
    ['8302-2', 'Height', chart.heightCm, 'cm'],
    ['39156-5', 'BMI', Math.round((weight / (meters * meters)) * 100) / 100, 'kg/m2'],
  ]
  const at = visit.start + 5 * 60_000
  const category = [standard('vital-signs')]
  const pressure = age < 3 ? [] : [bloodPressure(context, { category, at, visit }, random)]
  return [
    ...pressure,
    ...readings.map(([loinc, text, value, unit]) => {
      const code = concept(text, coding(SYSTEM.loinc, loinc))
      const valueQuantity = quantity(value, unit)
      return observation(context, { category, code, at, visit, value: { valueQuantity } })
    }),
  ]
}

function bloodPressure(
  context: ChartContext,
  measured: Pick<Measured, 'category' | 'at' | 'visit'>,
  random: Random,
): Identified {
  const part = (loinc: string, text: string, value: number) => ({
    code: concept(text, coding(SYSTEM.loinc, loinc)),
    valueQuantity: quantity(value, 'mm[Hg]'),
  })
  const component = [
    part('8480-6', 'Systolic', random.between(98, 168)),
    part('8462-4', 'Diastolic', random.between(58, 102)),
  ]
  const code = concept('Blood pressure', coding(SYSTEM.loinc, '85354-9'))
  return observation(context, { ...measured, code, value: { component } })
}

export function smokingStatus(context: ChartContext, random: Random, at: number): Identified {
  const status = random.weighted(visits.smoking)
  return observation(context, {
    category: [coded(SYSTEM.socialHistory, 'social-history')],
    code: concept('Smoking status', coding(SYSTEM.loinc, '72166-2')),
    at,
    visit: undefined,
    value: { valueCodeableConcept: concept(status.text, coding(SYSTEM.snomed, status.snomed)) },
  })
}

/** A question about living conditions, tagged both `sdoh` and `survey`. [I] */
export function livingConditions(context: ChartContext, random: Random, at: number): Identified {
  const question = random.pick(visits.sdoh)
  return observation(context, {
    category: [coded(SYSTEM.usCoreCategory, 'sdoh'), standard('survey')],
    code: concept(question.text, coding(SYSTEM.loinc, question.loinc)),
    at,
    visit: undefined,
    value: { valueCodeableConcept: concept(random.pick(question.answers)) },
  })
}

/** The sum score of a mood questionnaire. */
export function moodScore(context: ChartContext, random: Random, visit: Visit): Identified {
  return observation(context, {
    category: [standard('survey')],
    code: concept('Mood score, two questions', coding(SYSTEM.loinc, '55758-7')),
    at: visit.start + 6 * 60_000,
    visit,
    value: { valueInteger: random.between(0, 6) },
  })
}

export function footExam(context: ChartContext, random: Random, visit: Visit): Identified {
  return observation(context, {
    category: [standard('exam')],
    code: concept('Foot exam', coding(SYSTEM.loinc, '32451-7')),
    at: visit.start + 10 * 60_000,
    visit,
    value: { valueString: random.pick(['normal', 'Normal', 'reduced sensation L', 'callus']) },
  })
}

export function chestImage(context: ChartContext, random: Random, visit: Visit): Identified {
  return observation(context, {
    category: [standard('imaging')],
    code: concept('Chest X-ray', coding(SYSTEM.loinc, '36643-5')),
    at: visit.start + 20 * 60_000,
    visit,
    value: { valueString: random.pick(['No acute findings', 'Clear lungs', 'Small effusion']) },
  })
}

export function questionnaireResponse(
  { setting, chart }: ChartContext,
  random: Random,
  at: number,
): Identified {
  const answers = ['good', 'Good', 'fair', 'so-so', 'poor, see note']
  return {
    resourceType: 'QuestionnaireResponse',
    id: setting.ids.next('QuestionnaireResponse'),
    questionnaire: `Questionnaire/${setting.questionnaire}`,
    status: 'completed',
    subject: patientRef(chart),
    authored: setting.calendar.dateTime(at),
    source: patientRef(chart),
    item: [
      { linkId: '1', answer: [{ valueString: random.pick(answers) }] },
      { linkId: '2', answer: [{ valueBoolean: random.chance(0.3) }] },
    ],
  }
}
