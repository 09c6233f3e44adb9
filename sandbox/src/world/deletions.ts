// Which entry of a chart somebody deletes. Only entries that nothing else refers to, and that have
// been left alone for a while, so that no reference is left hanging.

import type { Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import type { Chart } from './chart/chart.ts'
import type { Setting } from './setting.ts'
import type { Identified } from './steps.ts'
import type { PracticeStore } from './store.ts'

/** Longer than any result, claim, amendment or dispense takes to follow. */
const SETTLED_MS = 15 * 86_400_000

const DELETABLE: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'CarePlan',
  'Condition',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'FamilyMemberHistory',
  'Goal',
  'Immunization',
  'MedicationRequest',
  'Observation',
  'Procedure',
  'ServiceRequest',
])

/** An entry to delete at `at`, or undefined when the chart has none. The chart forgets it. */
export function chooseDeletion(
  setting: Setting,
  chart: Chart,
  options: { store: PracticeStore; at: number; random: Random },
): Identified | undefined {
  return chooseSettled(setting, chart, { ...options, types: DELETABLE })
}

/** As `chooseDeletion`, among entries of these types: also what is taken to another chart is settled. */
export function chooseSettled(
  setting: Setting,
  chart: Chart,
  options: { store: PracticeStore; at: number; random: Random; types: ReadonlySet<string> },
): Identified | undefined {
  const { store, at, random } = options
  if (chart.busyUntil >= at) return undefined
  const entries = [...store.chart(chart.patientId)].filter(isIdentified)
  const candidates = entries.filter(
    (entry) =>
      options.types.has(entry.resourceType) &&
      entry.status !== 'planned' &&
      (store.latest(entry.resourceType, entry.id)?.at ?? at) < at - SETTLED_MS &&
      !setting.attested.has(`${entry.resourceType}/${entry.id}`),
  )
  if (candidates.length === 0) return undefined
  // The type first: otherwise nearly every deletion would be a vital sign.
  const present = [...new Set(candidates.map(({ resourceType }) => resourceType))]
  const type = random.pick(present)
  const chosen = random.pick(candidates.filter(({ resourceType }) => resourceType === type))
  const reference = `"${chosen.resourceType}/${chosen.id}"`
  if (entries.some((entry) => JSON.stringify(entry).includes(reference))) return undefined
  chart.problems = chart.problems.filter(({ id }) => id !== chosen.id)
  chart.prescriptions = chart.prescriptions.filter(({ id }) => id !== chosen.id)
  return chosen
}

function isIdentified(resource: Resource): resource is Identified {
  return resource.id !== undefined
}
