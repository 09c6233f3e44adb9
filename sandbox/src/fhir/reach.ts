// Which resources a token lets through: categories of a granular scope, and charts of a token that a
// person allowed. It knows no scope and no client.

import type { Resource } from '@chartway/codecs/fhir'
import type { Allowance, Coverage } from '../oauth/index.ts'
import type { PracticeView } from '../world/index.ts'
import { references, tokens } from './values.ts'

/** Belong to no chart: a token limited to charts may still see them. */
const OF_NO_CHART = new Set([
  ...['Endpoint', 'Location', 'Medication', 'Organization', 'Practitioner', 'PractitionerRole'],
  'Questionnaire',
])
const OWNER = [['subject'], ['patient'], ['beneficiary']]

export type Admits = (resource: Resource) => boolean

/** What of `view` at `instant` the coverage lets through. */
export function admitsOf(coverage: Coverage, view: PracticeView, instant: number): Admits {
  const isUnlimited = coverage.some(
    ({ categories, patients }) => categories === undefined && patients === undefined,
  )
  if (isUnlimited) return () => true
  const admit =
    (resource: Resource) =>
    ({ categories, patients }: Allowance) =>
      (categories === undefined || isOf(resource, categories)) &&
      (patients === undefined || isInCharts(resource, patients, view, instant))
  return (resource) => coverage.some(admit(resource))
}

/** Is every chart the coverage reaches another than this one? */
export function isForeignChart(coverage: Coverage, patientId: string): boolean {
  return coverage.every(({ patients }) => patients !== undefined && !patients.has(patientId))
}

function isOf(resource: Resource, categories: ReadonlySet<string>): boolean {
  return tokens(resource, [['category']]).some(({ code }) => categories.has(code))
}

function isInCharts(
  resource: Resource,
  charts: ReadonlySet<string>,
  view: PracticeView,
  instant: number,
): boolean {
  const { resourceType, id = '' } = resource
  if (OF_NO_CHART.has(resourceType)) return true
  if (resourceType === 'Patient') return charts.has(id)
  const isChart = (reference: string) =>
    reference.startsWith('Patient/') && charts.has(reference.slice('Patient/'.length))
  if (resourceType === 'Binary') return isAttached(id, charts, view, instant)
  if (references(resource, OWNER).some(isChart)) return true
  if (resourceType !== 'Provenance') return false
  return references(resource, [['target']]).some((target) => {
    const [type = '', targetId = ''] = target.split('/')
    if (type === 'Provenance') return false
    const of = view.get(type, targetId, instant)
    return of !== undefined && !OF_NO_CHART.has(type) && isInCharts(of, charts, view, instant)
  })
}

/** A Binary names no patient: it belongs to the chart whose document points at it. */
function isAttached(
  id: string,
  charts: ReadonlySet<string>,
  view: PracticeView,
  instant: number,
): boolean {
  for (const chart of charts) {
    for (const { content } of view.listOfPatient('DocumentReference', chart, instant)) {
      if (JSON.stringify(content ?? '').includes(`Binary/${id}"`)) return true
    }
  }
  return false
}
