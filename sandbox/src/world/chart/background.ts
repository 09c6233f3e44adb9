// What a chart holds apart from visits: who the patient is, who pays, what was known when the patient
// came to the practice. Steps only, spread over the days from registration on.

import type { Random } from '../../random.ts'
import { ageOn } from '../calendar.ts'
import { create, type Identified, type Step } from '../steps.ts'
import type { Cause } from '../types.ts'
import type { ChartContext } from './chart.ts'
import { basicNote, careTeam, coverage, guardian, patient } from './demographics.ts'
import { device } from './encounters.ts'
import { livingConditions, questionnaireResponse, smokingStatus } from './measurements.ts'
import { medicationRequest } from './medications.ts'
import { allergy, immunization } from './prevention.ts'
import { condition, drawIllness, familyHistory, goal, healthConcern } from './problems.ts'

/** The first entries of a chart: the patient, coverages, the guardian, the care team, the intake. */
export function register(context: ChartContext, at: number, cause: Cause): Step[] {
  const { chart } = context
  const draw = chart.random.stream('registration')
  const first: Identified[] = [patient(context)]
  if (draw.chance(0.94)) {
    const primary = coverage(context, 1, at)
    chart.coverageId = primary.id
    first.push(primary)
    if (draw.chance(0.2)) first.push(coverage(context, 2, at))
  }
  const responsible = chart.person.guardian
  if (responsible !== undefined) first.push(guardian(context, responsible))
  if (draw.chance(0.75)) first.push(careTeam(context))
  if (draw.chance(0.05)) first.push(basicNote(context, at))
  if (draw.chance(0.5)) first.push(questionnaireResponse(context, draw, at))
  return first.map((resource, i) => create(at + i * 20_000, cause, resource))
}

/** What the patient brought along: problems, medicines, allergies, vaccinations, habits. */
export function intake(context: ChartContext, at: number, cause: Cause): Step[] {
  const { chart, setting } = context
  const draw = chart.random.stream('intake')
  const date = setting.calendar.date(at)
  const age = ageOn(chart.person.birthDate, date)
  const known = [
    ...standingProblems(context, draw.stream('problems'), at),
    ...repeat(allergyCount(draw), () => allergy(context, { random: draw, at, visit: undefined })),
    ...repeat(draw.between(1, age < 18 ? 6 : 4), () =>
      immunization(context, { random: draw, at, visit: undefined }),
    ),
    ...habits(context, draw.stream('habits'), { at, age }),
  ]
  return known.map((resource, i) => create(at + i * 35_000, cause, resource))
}

function allergyCount(draw: Random): number {
  return draw.chance(0.45) ? draw.between(1, 3) : 0
}

function repeat(count: number, make: () => Identified): Identified[] {
  return Array.from({ length: count }, make)
}

function standingProblems(context: ChartContext, draw: Random, at: number): Identified[] {
  const { chart, setting } = context
  const date = setting.calendar.date(at)
  const age = ageOn(chart.person.birthDate, date)
  const resources: Identified[] = []
  const wanted = age < 18 ? draw.between(0, 1) : draw.between(0, age > 60 ? 5 : 3)
  for (let i = 0; i < wanted; i++) {
    const { birthDate } = chart.person
    const ill = drawIllness(draw, { birthDate, date, chronic: true, except: chart.problems })
    if (ill === undefined) break
    const diagnosed = condition(context, ill, { random: draw, at, visit: undefined })
    const problem = { key: ill.key, id: diagnosed.id }
    chart.problems = [...chart.problems, problem]
    resources.push(diagnosed)
    if (draw.chance(0.25)) resources.push(goal(context, problem, at))
    if (ill.medications.length > 0 && draw.chance(0.85)) {
      const key = draw.pick(ill.medications)
      const request = medicationRequest(context, key, { random: draw, at, visit: undefined })
      chart.prescriptions = [...chart.prescriptions, { key, id: request.id }]
      resources.push(request)
    }
  }
  return resources
}

function habits(
  context: ChartContext,
  draw: Random,
  { at, age }: { at: number; age: number },
): Identified[] {
  const resources: Identified[] = []
  if (age >= 13) resources.push(smokingStatus(context, draw, at))
  if (draw.chance(0.4)) resources.push(livingConditions(context, draw, at))
  if (draw.chance(0.6)) resources.push(familyHistory(context, draw))
  if (draw.chance(0.2)) resources.push(familyHistory(context, draw))
  if (age > 55 && draw.chance(0.2)) resources.push(device(context))
  if (age > 65 && draw.chance(0.3)) resources.push(healthConcern(context, at))
  return resources
}
