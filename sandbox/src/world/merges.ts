// A person registered twice, and the day somebody notices: the second chart's entries move to the
// first and the second patient is gone. What the vendor shows of it is the surface's affair. [G]

import type { Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import { addDays } from './calendar.ts'
import { register } from './chart/background.ts'
import type { Chart } from './chart/chart.ts'
import { type Life, membersOf } from './life.ts'
import { openDay, openMoment } from './slots.ts'
import { edit, type Identified, type Step } from './steps.ts'

/** Registers somebody a second time and notes when the two charts will be merged. */
export function registerAgain(life: Life, random: Random, at: number): void {
  const { setting, roster, player, agenda } = life
  const first = roster.pick(random)
  if (first === undefined) return
  const today = setting.calendar.date(at)
  const second = roster.duplicate(first, today)
  player.play(register({ setting, chart: second }, at, 'registration'), at, second)
  const noticed = openDay(random, addDays(today, random.between(1, 6)))
  agenda.note(openMoment(setting, random, noticed), (now) => merge(life, { first, second, now }))
}

function merge(
  life: Life,
  { first, second, now }: { first: Chart; second: Chart; now: number },
): void {
  const { practice, player } = life
  if (practice.store.latest('Patient', first.patientId)?.resource === undefined) return
  const entries = [...practice.store.chart(second.patientId)].filter(isEntry)
  const steps: Step[] = entries.map((entry, i) =>
    edit(now + i * 250, 'merge', entry, (old) => moved(old, second, first)),
  )
  second.mergedAway = true
  const group: Identified = { resourceType: 'Group', id: life.groupId }
  const members = membersOf(life.roster)
  const emptiedAt = now + entries.length * 250
  steps.push(edit(emptiedAt, 'merge', group, (old) => ({ ...old, ...members })))
  player.play(steps, now, first)
  life.agenda.note(emptiedAt + 250, (at) => {
    practice.merge(at, 'Patient', second.patientId, first.patientId)
  })
}

function isEntry(resource: Resource): resource is Identified {
  return resource.id !== undefined && resource.resourceType !== 'Patient'
}

/** The entry with every reference to the one patient turned to the other. */
function moved(entry: Resource, from: Chart, to: Chart): Resource {
  const text = JSON.stringify(entry)
  return JSON.parse(text.replaceAll(`"Patient/${from.patientId}"`, `"Patient/${to.patientId}"`))
}
