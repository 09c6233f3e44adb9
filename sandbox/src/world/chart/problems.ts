// What is wrong and what is planned for it: problems, visit diagnoses, family history, plans, goals.

import type { Random } from '../../random.ts'
import { ageOn } from '../calendar.ts'
import conditions from '../data/conditions.json' with { type: 'json' }
import visits from '../data/visits.json' with { type: 'json' }
import { type Illness, illness } from '../editions.ts'
import { coded, coding, concept, optional, refer, SYSTEM } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import {
  type ChartContext,
  encounterRef,
  type Problem,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

/** Texts of the vendor's own status list beside FHIR's. [P] */
const STATUS_TEXTS = [
  'Active',
  'Well-controlled',
  'Poorly-controlled',
  'Stable',
  'Active',
  'Active',
]

/** An illness that fits the patient's age on `date`, or undefined when none does. */
export function drawIllness(
  random: Random,
  options: {
    birthDate: string
    date: string
    chronic: boolean
    except: readonly Problem[]
    /** What this office treats; everything a general one does when absent. */
    among?: readonly Illness[]
  },
): Illness | undefined {
  const age = ageOn(options.birthDate, options.date)
  const fitting = (options.among ?? conditions).filter(
    ({ key, minAge, chronic }) =>
      chronic === options.chronic &&
      minAge <= age &&
      !options.except.some((problem) => problem.key === key),
  )
  return fitting.length === 0 ? undefined : random.weighted<Illness>(fitting)
}

export function condition(
  { setting, chart }: ChartContext,
  ill: Illness,
  options: { random: Random; at: number; visit: Visit | undefined },
): Identified {
  const { random, at, visit } = options
  const codings = [coding(SYSTEM.icd10, ill.icd), coding(SYSTEM.snomed, ill.snomed)]
  const category = ill.chronic ? 'problem-list-item' : 'encounter-diagnosis'
  const system = SYSTEM.conditionCategory
  return {
    resourceType: 'Condition',
    id: setting.ids.next('Condition'),
    clinicalStatus: concept(random.pick(STATUS_TEXTS), coding(SYSTEM.conditionClinical, 'active')),
    verificationStatus: coded(SYSTEM.conditionVerification, 'confirmed'),
    category: [coded(system, category)],
    code: concept(ill.text, ...codings),
    subject: patientRef(chart),
    ...optional('encounter', visit === undefined ? undefined : encounterRef(visit)),
    recordedDate: setting.calendar.date(at),
    recorder: practitionerRef(visit?.provider ?? chart.provider),
  }
}

/** `us-core-condition` concerns of the patient's own, category `health-concern`. */
export function healthConcern({ setting, chart }: ChartContext, at: number): Identified {
  return {
    resourceType: 'Condition',
    id: setting.ids.next('Condition'),
    clinicalStatus: concept('Active', coding(SYSTEM.conditionClinical, 'active')),
    category: [
      coded('http://hl7.org/fhir/us/core/CodeSystem/condition-category', 'health-concern'),
    ],
    code: concept('Worried about falling at home'),
    subject: patientRef(chart),
    recordedDate: setting.calendar.date(at),
    recorder: practitionerRef(chart.provider),
  }
}

/** The words of a status that changed, with FHIR's code for it. */
export function clinicalStatus(text: 'Resolved' | 'Well-controlled' | 'Poorly-controlled') {
  const code = text === 'Resolved' ? 'resolved' : 'active'
  return concept(text, coding(SYSTEM.conditionClinical, code))
}

export function familyHistory({ setting, chart }: ChartContext, random: Random): Identified {
  const relative = random.pick(visits.relatives)
  const ill = random.pick(conditions.filter(({ chronic }) => chronic))
  return {
    resourceType: 'FamilyMemberHistory',
    id: setting.ids.next('FamilyMemberHistory'),
    status: 'completed',
    patient: patientRef(chart),
    relationship: concept(relative.text, coding(SYSTEM.roleCode, relative.code)),
    condition: [{ code: concept(ill.text, coding(SYSTEM.icd10, ill.icd)) }],
  }
}

export function goal({ setting, chart }: ChartContext, problem: Problem, at: number): Identified {
  return {
    resourceType: 'Goal',
    id: setting.ids.next('Goal'),
    lifecycleStatus: 'active',
    description: concept(illness(problem.key)?.goal ?? 'Feel better'),
    subject: patientRef(chart),
    startDate: setting.calendar.date(at),
    addresses: [refer('Condition', problem.id)],
  }
}

/** The assessment and plan of a visit, category `assess-plan`. */
export function carePlan(
  { setting, chart }: ChartContext,
  visit: Visit,
  problems: readonly Problem[],
): Identified {
  const lines = problems.map(({ key }) => `${illness(key)?.text ?? key}: continue, recheck`)
  const words = lines.length === 0 ? 'No new plan' : lines.join('; ')
  const url = 'http://eclinicalworks.com/supportingInfo/carePlan/narrative'
  return {
    resourceType: 'CarePlan',
    id: setting.ids.next('CarePlan'),
    extension: [{ url, valueString: words }],
    status: 'active',
    intent: 'plan',
    category: [concept('Assessment and plan', coding(SYSTEM.careplanCategory, 'assess-plan'))],
    description: words,
    subject: patientRef(chart),
    encounter: encounterRef(visit),
    created: setting.calendar.date(visit.start),
    author: practitionerRef(visit.provider),
    addresses: problems.map(({ id }) => refer('Condition', id)),
  }
}
