// Plays steps when their time comes: writes them into the practice, dressed as the vendor stores them.
// An edit of something that is gone, or that changes nothing, leaves no trace.

import { canonicalContent } from '@chartway/codecs/fhir'
import type { Agenda } from './agenda.ts'
import type { Chart } from './chart/chart.ts'
import type { Finish } from './finish.ts'
import { readdressed } from './identity.ts'
import type { Practice } from './practice.ts'
import type { Create, Step } from './steps.ts'
import { patientOf } from './store.ts'

export interface Player {
  /** Notes each step; what is due already happens at `now`, epoch ms. */
  play(steps: readonly Step[], now: number, chart?: Chart): void
}

export function createPlayer(agenda: Agenda, practice: Practice, finish: Finish): Player {
  const perform = (step: Step, at: number) => {
    if (step.kind === 'create') {
      const resource = ownedByTheLiving(practice, step)
      practice.write(at, finish.typed(finish.dressed(resource, at)), step.cause)
      return
    }
    const current = practice.store.latest(step.type, step.id)?.resource
    if (current === undefined) return
    const next = finish.dressed(step.change(current), at)
    if (canonicalContent(next) === canonicalContent(current)) return
    practice.write(at, finish.typed(next), step.cause)
  }
  return {
    play(steps, now, chart) {
      for (const step of steps) {
        const due = Math.max(step.at, now)
        agenda.note(due, (at) => perform(step, at))
        if (chart !== undefined) chart.busyUntil = Math.max(chart.busyUntil, due)
      }
    },
  }
}

/** What was planned for a patient who was merged away meanwhile is charted for the survivor. */
function ownedByTheLiving(practice: Practice, { resource }: Create) {
  const patient = patientOf(resource)
  if (patient === undefined || resource.resourceType === 'Patient') return resource
  const survivor = practice.survivorOf(patient)
  return survivor === patient ? resource : readdressed(resource, patient, survivor)
}
