// A practice played by hand behind the pathway contract, for tests of what asks it: a small chart that can
// be changed, answers that can be made to fail, and a record of what was asked and when.

import type { Resource } from '@chartway/codecs/fhir'
import { ChartwayError, type ErrorCode } from '../platform/src/kernel/errors.ts'
import type { VirtualClock } from '../platform/src/kernel/virtual-clock.ts'
import type {
  Listing,
  OpenPathway,
  SearchRow,
  Sighting,
} from '../platform/src/pathways/contract.ts'

/** When tests with it begin. */
export const START = 1_800_000_000_000

export const PLAN: readonly SearchRow[] = [
  { name: 'Patient', type: 'Patient', per: 'letter', covers: [], subjects: ['a', 'b'] },
  { name: 'Condition', type: 'Condition', per: 'patient', covers: ['Condition'] },
  {
    name: 'MedicationRequest',
    type: 'MedicationRequest',
    per: 'patient',
    covers: ['MedicationRequest'],
  },
]

/** How a question behaves, by `search subject`, until it is taken off. */
type Behaviour = ErrorCode | 'incomplete' | 'breaks'

/** A practice played by hand: two patients a1 and b1, what their charts hold, and how it answers. */
export class FakePractice implements OpenPathway {
  readonly name = 'fake'
  readonly chart = new Map<string, Resource & { id: string }>()
  readonly behaviours = new Map<string, Behaviour>()
  /** Names what a listing leaves out although it is there. */
  readonly hidden = new Set<string>()
  /** What was asked, when, and whether the answer left. */
  readonly asked: { readonly what: string; readonly at: number; answered: boolean }[] = []
  readonly #clock: VirtualClock
  answerMs = 500

  constructor(clock: VirtualClock, patients: readonly string[] = ['a1', 'b1']) {
    this.#clock = clock
    for (const id of patients) {
      this.put({ resourceType: 'Patient', id })
      this.put(condition(`${id}-c1`, id))
    }
  }

  put(resource: Resource & { id: string }): void {
    this.chart.set(`${resource.resourceType}/${resource.id}`, resource)
  }

  /** Why the practice does not even say what can be asked. */
  planProblem: ErrorCode | undefined

  async plan(_options?: {
    readonly signal?: AbortSignal | undefined
  }): Promise<readonly SearchRow[]> {
    if (this.planProblem !== undefined) throw new ChartwayError(this.planProblem)
    return PLAN
  }

  async list(
    { search, subject }: { readonly search: string; readonly subject: string },
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<Listing> {
    const [askedAt, behaviour] = await this.#ask(`${search} ${subject}`, signal)
    const row = PLAN.find(({ name }) => name === search)
    const found = [...this.chart.values()].filter(
      (resource) =>
        resource.resourceType === row?.type &&
        (row.per === 'letter'
          ? resource.id.startsWith(subject)
          : patientOf(resource) === subject) &&
        !this.hidden.has(resource.id),
    )
    const complete = behaviour !== 'incomplete'
    return {
      ask: { search, subject },
      askedAt,
      answeredAt: this.#clock.now(),
      complete,
      sightings: complete ? found.map(sighting) : found.slice(1).map(sighting),
      problems: complete ? [] : [{ code: 'PATHWAY_BODY_BROKEN', position: '/entry/0' }],
      calls: 1,
      references: found.flatMap(referencesOf),
    }
  }

  async read(
    type: string,
    id: string,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<Awaited<ReturnType<OpenPathway['read']>>> {
    const [askedAt] = await this.#ask(`read ${type}/${id}`, signal)
    const resource = this.chart.get(`${type}/${id}`)
    return resource === undefined
      ? { kind: 'absent', askedAt }
      : { kind: 'found', askedAt, sighting: sighting(resource), references: [] }
  }

  async *check() {}

  /** How often something was asked. */
  times(what: string): number {
    return this.asked.filter((one) => one.what === what).length
  }

  /** Minutes since the beginning at which something was asked. */
  minutes(what: string): number[] {
    return this.asked
      .filter((one) => one.what === what)
      .map(({ at }) => Math.round((at - START) / 6_000) / 10)
  }

  async #ask(what: string, signal: AbortSignal | undefined) {
    const one = { what, at: this.#clock.now(), answered: false }
    this.asked.push(one)
    await this.#clock.sleep(this.answerMs, { signal })
    const behaviour = this.behaviours.get(what)
    if (behaviour === 'breaks') throw new TypeError('x is not a function')
    if (behaviour !== undefined && behaviour !== 'incomplete') throw new ChartwayError(behaviour)
    one.answered = true
    return [one.at, behaviour] as const
  }
}

/** A chart's entry that names its patient. */
export function condition(id: string, patient: string, text = 'Asthma') {
  return {
    resourceType: 'Condition',
    id,
    subject: { reference: `Patient/${patient}` },
    code: { text },
  }
}

/** Names a medication that only a read by id brings. */
export function prescription(id: string, patient: string, medication: string) {
  return {
    resourceType: 'MedicationRequest',
    id,
    subject: { reference: `Patient/${patient}` },
    medicationReference: { reference: `Medication/${medication}` },
  }
}

function textAt(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1]
  return typeof found === 'string' ? found : undefined
}

function patientOf(resource: Resource): string | undefined {
  return textAt(resource.subject, 'reference')?.slice('Patient/'.length)
}

function referencesOf(resource: Resource): string[] {
  const reference = textAt(resource.medicationReference, 'reference')
  return reference === undefined ? [] : [reference]
}

function sighting(resource: Resource & { id: string }): Sighting {
  const patientId = resource.resourceType === 'Patient' ? resource.id : patientOf(resource)
  return { resource, repairs: [], patientId }
}
