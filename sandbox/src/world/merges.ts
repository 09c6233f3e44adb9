// A person registered twice, and the day somebody notices: the second chart's entries move to the
// first and the second patient is gone. Sometimes that was wrong and is undone. What the vendor shows of
// it is the surface's affair. [G]

import type { Random } from '../random.ts'
import { addDays } from './calendar.ts'
import { register } from './chart/background.ts'
import type { Chart } from './chart/chart.ts'
import { restamped } from './dress.ts'
import { entriesOf, readdressed } from './identity.ts'
import { type Life, membersOf } from './life.ts'
import { openDay, openMoment } from './slots.ts'
import { edit, type Identified, type Step } from './steps.ts'
import { patientOf } from './store.ts'

/** Registers somebody a second time and notes when the two charts will be merged. */
export function registerAgain(life: Life, random: Random, at: number): void {
  const { setting, roster, player, agenda } = life
  const first = roster.pick(random)
  if (first === undefined) return
  const today = setting.calendar.date(at)
  const second = roster.duplicate(first, today)
  player.play(register({ setting, chart: second }, at, 'registration'), at, second)
  const noticed = openDay(random, addDays(today, random.between(1, 6)))
  agenda.note(openMoment(setting, random, noticed), (now) =>
    merge(life, { first, second, now, random }),
  )
}

/** Between one record's move and the next, ms. */
const STEP_MS = 250
/** Share of merges that turn out to be wrong, in a practice where that happens. [G] */
const UNDONE_SHARE = 0.3

function merge(
  life: Life,
  { first, second, now, random }: { first: Chart; second: Chart; now: number; random: Random },
): void {
  const { practice, player } = life
  if (practice.store.latest('Patient', first.patientId)?.resource === undefined) return
  if (practice.store.latest('Patient', second.patientId)?.resource === undefined) return
  const entries = entriesOf(practice, second.patientId)
  const steps: Step[] = entries.map((entry, i) =>
    edit(now + i * STEP_MS, 'merge', entry, (old) =>
      readdressed(old, second.patientId, first.patientId),
    ),
  )
  second.mergedAway = true
  const emptiedAt = now + entries.length * STEP_MS
  steps.push(groupEdit(life, emptiedAt, 'merge'))
  player.play(steps, now, first)
  life.agenda.note(emptiedAt + STEP_MS, (at) => {
    if (practice.store.latest('Patient', second.patientId)?.resource === undefined) return
    practice.merge(at, 'Patient', second.patientId, first.patientId)
  })
  const draw = random.stream('undone')
  if (life.mixups !== 'all' || !draw.chance(UNDONE_SHARE)) return
  const today = life.setting.calendar.date(now)
  const noticed = openDay(draw, addDays(today, draw.between(1, 3)))
  life.agenda.note(openMoment(life.setting, draw, noticed), (at) =>
    unmerge(life, { first, second, entries, now: at }),
  )
}

/** Two people after all: the second patient is back, with every record that still is where it went. */
function unmerge(
  life: Life,
  {
    first,
    second,
    entries,
    now,
  }: { first: Chart; second: Chart; entries: readonly Identified[]; now: number },
): void {
  const { practice, player } = life
  const content = practice.store.lastContent('Patient', second.patientId)
  const isGone = practice.store.latest('Patient', second.patientId)?.resource === undefined
  if (content === undefined || !isGone) return
  if (practice.survivorOf(second.patientId) !== first.patientId) return
  practice.unmerge(now, restamped(content, now), first.patientId)
  second.mergedAway = false
  const steps: Step[] = entries.map((entry, i) =>
    edit(now + (i + 1) * STEP_MS, 'unmerge', entry, (old) =>
      patientOf(old) === first.patientId
        ? readdressed(old, first.patientId, second.patientId)
        : old,
    ),
  )
  steps.push(groupEdit(life, now + (entries.length + 1) * STEP_MS, 'unmerge'))
  player.play(steps, now, first)
}

function groupEdit(life: Life, at: number, cause: 'merge' | 'unmerge'): Step {
  const group: Identified = { resourceType: 'Group', id: life.groupId }
  const members = membersOf(life.roster)
  return edit(at, cause, group, (old) => ({ ...old, ...members }))
}
