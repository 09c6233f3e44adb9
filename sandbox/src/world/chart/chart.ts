// The standing facts of one patient's chart that later entries refer to. Ids and keys, no resources.

import type { Random } from '../../random.ts'
import type { Person } from '../people.ts'
import type { Facility, Provider, Setting } from '../setting.ts'
import { refer } from '../shapes.ts'

export interface Problem {
  readonly key: string
  readonly id: string
}

export interface Prescription {
  readonly key: string
  readonly id: string
}

export interface Chart {
  readonly patientId: string
  readonly account: string
  readonly person: Person
  /** Display as the vendor writes it: `LAST First`. */
  readonly displayName: string
  /** The patient's own provider and home facility; both change when the patient changes offices. */
  provider: Provider
  facility: Facility
  readonly random: Random
  readonly heightCm: number
  weightKg: number
  coverageId: string | undefined
  problems: readonly Problem[]
  prescriptions: readonly Prescription[]
  /** The patient has died: nothing new is begun in this chart. */
  closed: boolean
  mergedAway: boolean
  /** Steps already planned for this chart reach up to here, epoch ms. */
  busyUntil: number
}

export interface ChartContext {
  readonly setting: Setting
  readonly chart: Chart
}

/** When and where something is charted. */
export interface Visit {
  readonly encounterId: string
  readonly provider: Provider
  readonly facility: Facility
  /** Epoch ms. */
  readonly start: number
  readonly minutes: number
  readonly reason: string
}

export function patientRef(chart: Chart) {
  return refer('Patient', chart.patientId, chart.displayName)
}

export function practitionerRef(provider: Provider) {
  return refer('Practitioner', provider.id, provider.name)
}

export function encounterRef(visit: Visit) {
  return refer('Encounter', visit.encounterId)
}
