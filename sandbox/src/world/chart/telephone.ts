// A telephone encounter: somebody calls, something small changes, the call is closed.

import type { Random } from '../../random.ts'
import visits from '../data/visits.json' with { type: 'json' }
import { create, edit, type Identified, type Step } from '../steps.ts'
import type { ChartContext, Visit } from './chart.ts'
import { telephoneCall } from './encounters.ts'
import { medicationDispense } from './medications.ts'

const MINUTE_MS = 60_000

/** The steps of a call that comes in at `at`, epoch ms. */
export function telephone(context: ChartContext, at: number, random: Random): Step[] {
  const { setting, chart } = context
  const minutes = random.between(3, 25)
  const visit: Visit = {
    encounterId: setting.ids.next('Encounter'),
    provider: chart.provider,
    facility: chart.facility,
    start: at,
    minutes,
    reason: random.pick(visits.calls),
  }
  const call = telephoneCall(context, visit)
  const endsAt = at + minutes * MINUTE_MS
  const steps: Step[] = [create(at, 'telephone', call)]
  const prescription = chart.prescriptions.at(-1)
  if (prescription !== undefined && random.chance(0.5)) {
    const request: Identified = { resourceType: 'MedicationRequest', id: prescription.id }
    const authoredOn = setting.calendar.dateTime(endsAt)
    const renew = { status: 'active', authoredOn }
    steps.push(edit(endsAt, 'telephone', request, (now) => ({ ...now, ...renew })))
    if (random.chance(0.4)) {
      const filledAt = endsAt + random.between(60, 1_500) * MINUTE_MS
      const dispense = medicationDispense(context, prescription, { random, at: filledAt })
      steps.push(create(filledAt, 'telephone', dispense))
    }
  }
  steps.push(edit(endsAt + 20_000, 'telephone', call, (now) => ({ ...now, status: 'finished' })))
  return steps
}
