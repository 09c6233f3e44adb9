// A living practice: its setting, its patients' past, and the days that go on from `startsAt`. It gives
// its past away to be written and waits to be begun.

import type { Resource } from '@chartway/codecs/fhir'
import type { Random } from '../random.ts'
import type { Agenda } from './agenda.ts'
import { letHappen } from './bookings.ts'
import { officeVisit } from './chart/encounters.ts'
import { bookingsPerDay, live } from './day.ts'
import { createFinish } from './finish.ts'
import { chartHistory, openBookings } from './history.ts'
import type { Injections } from './injections.ts'
import { type Life, membersOf } from './life.ts'
import { createPlayer } from './player.ts'
import type { Practice } from './practice.ts'
import { createRoster, type Roster } from './roster.ts'
import { createSetting, type Setting } from './setting.ts'
import { create, fold, type Identified, type PastState, type Step } from './steps.ts'
import type { LivingPractice } from './types.ts'

const DAY_MS = 86_400_000
/** The practice had its offices and providers before its first patient. */
const FOUNDED_DAYS = 1200

export interface Past {
  /** States that were true before `startsAt`, oldest first, dressed. */
  readonly states: readonly { readonly at: number; readonly resource: Resource }[]
  /** Lets the practice go on; only one that lives does anything. */
  begin(agenda: Agenda, practice: Practice): void
  /** The office hears that the operator merged this patient away, or undid it. */
  retire(patient: string): void
  revive(patient: string): void
}

export interface Surroundings {
  readonly random: Random
  /** Epoch ms. */
  readonly startsAt: number
  readonly injections: Injections
  readonly areLabelled: () => boolean
}

/** Makes up the practice and its past. Everything comes from `random` and `startsAt` (epoch ms). */
export function createPast(options: LivingPractice, around: Surroundings): Past {
  const { random, startsAt } = around
  const { setting, resources } = createSetting(options, random.stream('setting'))
  const finish = createFinish(setting, around)
  const roster = createRoster(setting, random.stream('roster'))
  const today = setting.calendar.date(startsAt)
  while (roster.charts.length < options.patients) {
    roster.enroll(options.patients - roster.charts.length, today)
  }
  const pending: { chart: Roster['charts'][number]; steps: Step[] }[] = []
  const states: PastState[] = founding(setting, resources, startsAt)
  for (const chart of roster.charts) {
    const { past, rest } = fold(chartHistory(setting, chart, today), startsAt)
    for (const state of past) states.push(state)
    pending.push({ chart, steps: rest })
  }
  const perDay = bookingsPerDay(options.patients)
  const bookings = openBookings(setting, roster, {
    random: random.stream('bookings'),
    startsAt,
    perDay,
  })
  for (const { chart, visit, bookedAt } of bookings) {
    states.push({ at: bookedAt, resource: officeVisit({ setting, chart }, visit) })
  }
  const group = groupOf(setting, options, roster)
  states.push({ at: startsAt - DAY_MS, resource: group })
  return {
    states: states
      .sort((a, b) => a.at - b.at)
      .map(({ at, resource }) => ({ at, resource: finish.typed(finish.dressed(resource, at)) })),
    begin(agenda, practice) {
      if (!options.lives) return
      const player = createPlayer(agenda, practice, finish)
      const own = random.stream('life')
      const groupId = group.id
      const life: Life = {
        setting,
        practice,
        agenda,
        player,
        random: own,
        roster,
        groupId,
        startsAt,
        mixups: options.mixups ?? 'duplicates',
      }
      for (const { chart, steps } of pending) player.play(steps, startsAt, chart)
      for (const { chart, visit } of bookings) letHappen(life, chart, visit, startsAt)
      live(life, today)
    },
    retire: (patient) => roster.retire(patient),
    revive: (patient) => roster.revive(patient),
  }
}

function founding(
  setting: Setting,
  resources: readonly Identified[],
  startsAt: number,
): PastState[] {
  const start = startsAt - FOUNDED_DAYS * DAY_MS
  const founded = setting.calendar.instant(setting.calendar.date(start), 9 * 60)
  const steps = resources.map((resource, i) => create(founded + i * 60_000, 'history', resource))
  return fold(steps, startsAt).past
}

/** The group a practice admin would set up for exports: everybody. */
function groupOf(setting: Setting, options: LivingPractice, roster: Roster): Identified {
  return {
    resourceType: 'Group',
    id: setting.ids.next('Group'),
    active: true,
    type: 'person',
    actual: true,
    name: `${options.name} - all patients`,
    ...membersOf(roster),
  }
}
