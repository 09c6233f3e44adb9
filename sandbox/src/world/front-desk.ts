// Changes at the desk and through the portal: phones, moves, names, deaths, coverage. Each is a list
// of steps on resources that exist already.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import type { ChartContext } from './chart/chart.ts'
import { addressesOf, coverage, ELIGIBILITY } from './chart/demographics.ts'
import people from './data/people.json' with { type: 'json' }
import { inventMove, inventPhone } from './people.ts'
import { isObject } from './shapes.ts'
import { create, edit, type Identified, type Step } from './steps.ts'
import type { Cause } from './types.ts'

/** One edit of the patient's own data at `at`. `died` tells whether it closes the chart. */
export function editDemographics(
  context: ChartContext,
  at: number,
  options: { random: Random; cause: Cause; atDesk?: boolean },
): { steps: Step[]; died: boolean } {
  const { random, cause } = options
  const known: Identified = { resourceType: 'Patient', id: context.chart.patientId }
  // Nobody reports a death by coming in.
  const kind = random.weighted(
    options.atDesk ? EDITS.filter(({ name }) => name !== 'death') : EDITS,
  )
  const change = changeOf(kind.name, context, { at, random })
  return { steps: [edit(at, cause, known, change)], died: kind.name === 'death' }
}

const EDITS = [
  { name: 'phone', weight: 50 },
  { name: 'move', weight: 25 },
  { name: 'surname', weight: 10 },
  { name: 'inactive', weight: 8 },
  { name: 'death', weight: 2 },
] as const

function changeOf(
  kind: (typeof EDITS)[number]['name'],
  { setting, chart }: ChartContext,
  { at, random }: { at: number; random: Random },
): (now: Resource) => Resource {
  switch (kind) {
    case 'phone': {
      const mobile = inventPhone(random, chart.person.phones.mobile.slice(0, 3))
      return (now) => ({ ...now, telecom: withMobile(now, mobile) })
    }
    case 'move': {
      const address = inventMove(random, setting.zone)
      return (now) => ({ ...now, address: [...addressesOf(address, undefined), ...former(now)] })
    }
    case 'surname': {
      const family = random.pick(people.surnames)
      return (now) => ({ ...now, name: renamed(now, family) })
    }
    case 'inactive':
      return (now) => ({ ...now, active: now.active !== true })
    case 'death':
      return (now) => ({ ...now, deceasedDateTime: setting.calendar.dateTime(at - 86_400_000) })
  }
}

function objects(value: Resource[string]): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : []
}

function withMobile(now: Resource, value: string): JsonObject[] {
  return objects(now.telecom).map((point) => (point.use === 'mobile' ? { ...point, value } : point))
}

/** The last address as an old one; the one before it is forgotten, as the vendor shows two at most. */
function former(now: Resource): JsonObject[] {
  return objects(now.address)
    .filter(({ use }) => use !== 'old')
    .map((address) => ({ ...address, use: 'old' }))
}

function renamed(now: Resource, family: string): JsonObject[] {
  const [current] = objects(now.name)
  if (current === undefined) return []
  const given = Array.isArray(current.given) ? current.given : []
  const text = `${family.toUpperCase()} ${given[0] ?? ''}`.trim()
  const { text: _, ...old } = current
  return [
    { ...current, text, family },
    { use: 'old', ...old },
  ]
}

/** New insurance: the old coverage ends, a new one becomes primary. */
export function changeCoverage(context: ChartContext, at: number): Step[] {
  const { chart } = context
  const fresh = coverage(context, 1, at)
  const steps: Step[] = [create(at + 30_000, 'check-in', fresh)]
  if (chart.coverageId !== undefined) {
    const old: Identified = { resourceType: 'Coverage', id: chart.coverageId }
    steps.unshift(edit(at, 'check-in', old, (now) => ({ ...now, status: 'cancelled' })))
  }
  chart.coverageId = fresh.id
  return steps
}

/** The eligibility answer that came back for the primary coverage. */
export function checkEligibility({ chart }: ChartContext, at: number, random: Random): Step[] {
  if (chart.coverageId === undefined) return []
  const known: Identified = { resourceType: 'Coverage', id: chart.coverageId }
  const valueString = random.pick(['Eligible', 'Ineligible', 'Unverified'])
  const extension = [{ url: ELIGIBILITY, valueString }]
  return [edit(at, 'check-in', known, (now) => ({ ...now, extension }))]
}
