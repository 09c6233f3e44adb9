// Plays steps when their time comes: writes them into the practice, dressed as the vendor stores them.
// An edit of something that is gone, or that changes nothing, leaves no trace.

import { canonicalContent } from '@chartway/codecs/fhir'
import type { Agenda } from './agenda.ts'
import type { Chart } from './chart/chart.ts'
import { dress } from './dress.ts'
import type { Practice } from './practice.ts'
import type { Step } from './steps.ts'

export interface Player {
  /** Notes each step; what is due already happens at `now`, epoch ms. */
  play(steps: readonly Step[], now: number, chart?: Chart): void
}

export function createPlayer(agenda: Agenda, practice: Practice): Player {
  const perform = (step: Step, at: number) => {
    if (step.kind === 'create') {
      practice.write(at, dress(step.resource, at), step.cause)
      return
    }
    const current = practice.store.latest(step.type, step.id)?.resource
    if (current === undefined) return
    const next = dress(step.change(current), at)
    if (canonicalContent(next) === canonicalContent(current)) return
    practice.write(at, next, step.cause)
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
