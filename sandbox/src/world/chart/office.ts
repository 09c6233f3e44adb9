// What an attended visit leaves in the chart, from arrival to the amended note: a list of steps with
// their times. It decides; nothing is written here.

import type { Random } from '../../random.ts'
import { ageOn } from '../calendar.ts'
import { illness, rulesOf, SUBSTANCE_USE } from '../editions.ts'
import { create, edit, type Identified, type Step } from '../steps.ts'
import type { ChartContext, Visit } from './chart.ts'
import { noteText, picture, progressNote, provenance, withData, withNote } from './documents.ts'
import { charge, claim, procedure, referral } from './encounters.ts'
import { laboratoryWork } from './laboratory.ts'
import { chestImage, footExam, moodScore, vitalSigns } from './measurements.ts'
import { medicationAdministration, medicationDispense, medicationRequest } from './medications.ts'
import { allergy, immunization } from './prevention.ts'
import { carePlan, clinicalStatus, condition, drawIllness, goal } from './problems.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** The steps of one visit, and the draws they come from. Also moves the chart's standing facts on. */
export function attend(context: ChartContext, visit: Visit, random: Random): Step[] {
  const findings = [
    ...vitals(context, visit, random.stream('vitals')),
    ...assessment(context, visit, random.stream('assessment')),
    ...prevention(context, visit, random.stream('prevention')),
    ...services(context, visit, random.stream('services')),
  ]
  const steps = [
    ...presence(context, visit, random.stream('presence')),
    ...findings,
    ...documentation(context, visit, random.stream('note')),
  ]
  noteSensitive(context, visit, steps)
  return steps
}

const SENSITIVE: ReadonlySet<string> = new Set([
  'Binary',
  'CarePlan',
  'Condition',
  'DocumentReference',
  'MedicationRequest',
])

/** Remembers which new records say something of psychiatric care or substance use. */
function noteSensitive(
  { setting, chart }: ChartContext,
  visit: Visit,
  steps: readonly Step[],
): void {
  if (!rulesOf(visit.facility.edition).isPsychiatric) return
  const isSubstanceUse = chart.problems.some(({ key }) => SUBSTANCE_USE.has(key))
  for (const step of steps) {
    if (step.kind !== 'create' || !SENSITIVE.has(step.resource.resourceType)) continue
    const key = `${step.resource.resourceType}/${step.resource.id}`
    setting.sensitive.set(key, isSubstanceUse ? 'substance-use' : 'psychiatry')
  }
}

/** Arrived, with the provider, gone: the encounter's own changes. */
function presence({ setting }: ChartContext, visit: Visit, random: Random): Step[] {
  const encounter: Identified = { resourceType: 'Encounter', id: visit.encounterId }
  const arrivedAt = visit.start - random.between(MINUTE_MS, 15 * MINUTE_MS)
  const startedAt = visit.start + random.between(MINUTE_MS, 12 * MINUTE_MS)
  const finishedAt = startedAt + (visit.minutes + random.between(-5, 15)) * MINUTE_MS
  const { calendar } = setting
  const period = { start: calendar.dateTime(startedAt), end: calendar.dateTime(finishedAt) }
  // Some visits are never closed: the vendor shows years-old encounters as planned.
  const closes = random.chance(0.96)
  return [
    edit(arrivedAt, 'check-in', encounter, (now) => ({ ...now, status: 'arrived' })),
    edit(startedAt, 'charting', encounter, (now) => ({ ...now, status: 'in-progress' })),
    ...(closes
      ? [edit(finishedAt, 'charting', encounter, (now) => ({ ...now, status: 'finished', period }))]
      : []),
  ]
}

function vitals(context: ChartContext, visit: Visit, random: Random): Step[] {
  const { chart, setting } = context
  if (!rulesOf(visit.facility.edition).vitals) return []
  const age = ageOn(chart.person.birthDate, setting.calendar.date(visit.start))
  const measured = [
    ...vitalSigns(context, visit, random),
    ...(age >= 12 && random.chance(0.3) ? [moodScore(context, random, visit)] : []),
    ...(chart.problems.some(({ key }) => key === 'diabetes') && random.chance(0.5)
      ? [footExam(context, random, visit)]
      : []),
    ...(random.chance(0.04) ? [chestImage(context, random, visit)] : []),
  ]
  return measured.map((resource, i) =>
    create(visit.start + (4 + i) * MINUTE_MS + random.between(0, 50_000), 'charting', resource),
  )
}

/** Diagnoses, what is prescribed for them, goals, the plan. */
function assessment(context: ChartContext, visit: Visit, random: Random): Step[] {
  const { chart, setting } = context
  const at = visit.start + 10 * MINUTE_MS
  const steps: Step[] = []
  const date = setting.calendar.date(visit.start)
  const ill = drawIllness(random, {
    birthDate: chart.person.birthDate,
    date,
    chronic: random.chance(0.25),
    except: chart.problems,
    among: rulesOf(visit.facility.edition).illnesses,
  })
  if (ill !== undefined && random.chance(0.5)) {
    const diagnosed = condition(context, ill, { random, at, visit })
    const problem = { key: ill.key, id: diagnosed.id }
    steps.push(create(at, 'charting', diagnosed))
    if (ill.chronic) chart.problems = [...chart.problems, problem]
    if (ill.chronic && random.chance(0.6)) {
      steps.push(create(at + 2_000, 'charting', goal(context, problem, at)))
    }
    if (ill.medications.length > 0 && random.chance(0.8)) {
      const key = random.pick(ill.medications)
      steps.push(...prescribe(context, visit, { key, random, at: at + MINUTE_MS }))
    }
    if (ill.panels.length > 0 && random.chance(0.7)) {
      const key = random.pick(ill.panels)
      steps.push(...laboratoryWork(context, visit, { key, random: random.stream('lab') }))
    }
  }
  steps.push(...followUp(context, visit, random.stream('follow-up')))
  if (random.chance(0.7)) {
    const plan = carePlan(context, visit, chart.problems)
    steps.push(create(at + 4 * MINUTE_MS, 'charting', plan))
  }
  return steps
}

function prescribe(
  context: ChartContext,
  visit: Visit,
  order: { key: string; random: Random; at: number },
): Step[] {
  const { key, random, at } = order
  const { chart } = context
  const request = medicationRequest(context, key, { random, at, visit })
  chart.prescriptions = [...chart.prescriptions, { key, id: request.id }]
  const steps: Step[] = [create(at, 'charting', request)]
  if (random.chance(0.25)) {
    const filledAt = at + random.between(2, 30) * HOUR_MS
    const prescription = { key, id: request.id }
    const dispense = medicationDispense(context, prescription, { random, at: filledAt })
    steps.push(create(filledAt, 'charting', dispense))
  }
  return steps
}

/** Known problems looked at again: words change, courses end, the usual blood work is ordered. */
function followUp(context: ChartContext, visit: Visit, random: Random): Step[] {
  const { chart } = context
  const at = visit.start + 9 * MINUTE_MS
  const steps: Step[] = []
  const [problem] = chart.problems.length > 0 ? [random.pick(chart.problems)] : []
  if (problem !== undefined) {
    const known: Identified = { resourceType: 'Condition', id: problem.id }
    if (random.chance(0.3)) {
      const text = random.pick(['Well-controlled', 'Poorly-controlled', 'Resolved'] as const)
      const status = clinicalStatus(text)
      steps.push(edit(at, 'charting', known, (now) => ({ ...now, clinicalStatus: status })))
    }
    const panels = illness(problem.key)?.panels ?? []
    if (panels.length > 0 && random.chance(0.4)) {
      const key = random.pick(panels)
      steps.push(...laboratoryWork(context, visit, { key, random: random.stream('lab') }))
    }
  }
  const [taken] = chart.prescriptions
  if (taken !== undefined && random.chance(0.15)) {
    const request: Identified = { resourceType: 'MedicationRequest', id: taken.id }
    steps.push(edit(at + 5_000, 'charting', request, (now) => ({ ...now, status: 'unknown' })))
    chart.prescriptions = chart.prescriptions.slice(1)
  }
  return steps
}

function prevention(context: ChartContext, visit: Visit, random: Random): Step[] {
  const steps: Step[] = []
  const at = visit.start + 12 * MINUTE_MS
  const options = { random, at, visit }
  if (rulesOf(visit.facility.edition).vaccines && random.chance(0.4)) {
    const given = immunization(context, options)
    steps.push(create(at, 'charting', given))
    if (random.chance(0.15)) {
      const vouched = provenance(context, given, { at, visit })
      steps.push(create(at + 1_000, 'charting', vouched))
    }
  }
  if (random.chance(0.06)) steps.push(create(at + 3_000, 'charting', allergy(context, options)))
  return steps
}

function services(context: ChartContext, visit: Visit, random: Random): Step[] {
  const at = visit.start + 16 * MINUTE_MS
  const { procedureShare } = rulesOf(visit.facility.edition)
  const charged = charge(context, visit, random)
  const claimedAt = at + random.between(3, 50) * HOUR_MS
  const claimed = random.chance(0.75) ? claim(context, visit, charged, random) : undefined
  const maybe = (chance: number, make: () => Identified): Identified[] =>
    random.chance(chance) ? [make()] : []
  const done = [
    ...maybe(procedureShare, () => procedure(context, visit, random)),
    ...maybe(0.05, () => medicationAdministration(context, visit, { random, at })),
    ...maybe(0.03, () => picture(context, visit)),
  ]
  return [
    ...done.map((resource, i) => create(at + i * 1_500, 'charting', resource)),
    ...maybe(0.15, () => referral(context, visit, random)).map((resource) =>
      create(at + 5_000, 'referral', resource),
    ),
    create(at + 10 * MINUTE_MS, 'charting', charged),
    ...(claimed === undefined ? [] : [create(claimedAt, 'charting', claimed)]),
  ]
}

/** Draft, locked, sometimes amended days later. */
function documentation(context: ChartContext, visit: Visit, random: Random): Step[] {
  const { chart } = context
  const asBinary = random.chance(0.35)
  const { note, binary } = progressNote(context, visit, { text: noteText(chart, visit), asBinary })
  const draftedAt = visit.start + random.between(10 * MINUTE_MS, 25 * MINUTE_MS)
  const lockedAt = draftedAt + random.between(15 * MINUTE_MS, 30 * HOUR_MS)
  const steps: Step[] = [create(draftedAt, 'charting', note)]
  if (binary !== undefined) steps.unshift(create(draftedAt, 'charting', binary))
  const rewrite = (at: number, docStatus: 'final' | 'amended', addition: string) => {
    const text = noteText(chart, visit, addition)
    const cause = docStatus === 'final' ? 'sign-off' : 'amendment'
    if (binary !== undefined) steps.push(edit(at, cause, binary, withData(text)))
    steps.push(edit(at, cause, note, withNote(docStatus, text)))
  }
  if (random.chance(0.95)) rewrite(lockedAt, 'final', 'Electronically signed.')
  if (random.chance(0.05)) {
    const amendedAt = lockedAt + random.between(24, 96) * HOUR_MS
    rewrite(amendedAt, 'amended', 'Addendum: patient called with more details.')
  }
  if (random.chance(0.12)) {
    steps.push(create(lockedAt, 'sign-off', provenance(context, note, { at: lockedAt, visit })))
  }
  return steps
}
