// One day in the life of a practice: what comes up, how often and when. It draws from a stream named by
// the date, so that one more draw on Monday does not move Tuesday.

import type { Random } from '../random.ts'
import { book } from './bookings.ts'
import { addDays, type Hours, hoursOn } from './calendar.ts'
import { intake, register } from './chart/background.ts'
import { telephone } from './chart/telephone.ts'
import { chooseDeletion } from './deletions.ts'
import { editDemographics } from './front-desk.ts'
import { type Life, membersOf } from './life.ts'
import { registerAgain } from './merges.ts'
import { changeOffice, putRight } from './mixups.ts'
import { drawAppointment, openDay, openMoment } from './slots.ts'
import { edit, type Identified, type Step } from './steps.ts'

/** Per patient and open weekday. Chosen so that 300 patients make 150 to 400 changes. [G] */
const RATES = {
  bookings: 0.036,
  calls: 0.014,
  demographics: 0.013,
  registrations: 0.003,
  deletions: 0.004,
  duplicates: 0.0007,
  misfilings: 0.0015,
  transfers: 0.0012,
} as const
/** Edits through the portal, any day of the week. */
const PORTAL_RATE = 0.003
const SATURDAY_FACTOR = 0.25
const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/** How many appointments a weekday of this practice has. */
export function bookingsPerDay(patients: number): number {
  return patients * RATES.bookings
}

/** Plans `date` and, from its end, the day after; so the days go on for as long as time does. */
export function live(life: Life, date: string): void {
  const { agenda, setting, roster } = life
  const random = life.random.stream(`day/${date}`)
  const hours = hoursOn(date)
  const patients = roster.charts.length
  if (hours !== undefined) {
    const factor = hours.allFacilities ? 1 : SATURDAY_FACTOR
    for (const kind of life.mixups === 'all' ? [...KINDS, ...MORE_KINDS] : KINDS) {
      const draw = random.stream(kind)
      const count = drawCount(draw, patients * RATES[kind] * factor)
      for (let i = 0; i < count; i++) {
        const own = draw.stream(String(i))
        const at = openMoment(setting, own, date)
        if (at > life.startsAt) agenda.note(at, (now) => HAPPENINGS[kind](life, own, now))
      }
    }
  }
  planEvening(life, random.stream('evening'), { date, hours, patients })
  const midnight = setting.calendar.instant(addDays(date, 1), 0)
  agenda.note(midnight, () => live(life, addDays(date, 1)))
}

const KINDS = [
  'bookings',
  'calls',
  'demographics',
  'registrations',
  'deletions',
  'duplicates',
] as const

/** Only in a practice where records end up with the wrong patient, or patients with another office. */
const MORE_KINDS = ['misfilings', 'transfers'] as const

const HAPPENINGS: Readonly<
  Record<keyof typeof RATES, (life: Life, random: Random, at: number) => void>
> = {
  bookings: bookSomebody,
  calls: takeCall,
  demographics: (life, random, at) => editSomebody(life, random, at),
  registrations: registerSomebody,
  deletions: deleteSomething,
  duplicates: registerAgain,
  misfilings: putRight,
  transfers: changeOffice,
}

/** `mean`, a fifth more or less, rounded up or down so that the long run comes out right. */
function drawCount(random: Random, mean: number): number {
  return Math.floor(mean * (0.8 + 0.4 * random.next()) + random.next())
}

/** Portal edits after work, and the group's roster when the day has brought new patients. */
function planEvening(
  life: Life,
  random: Random,
  day: { date: string; hours: Hours | undefined; patients: number },
): void {
  const { agenda, setting } = life
  const count = drawCount(random, day.patients * PORTAL_RATE)
  for (let i = 0; i < count; i++) {
    const own = random.stream(String(i))
    const minute = own.between(18 * 60, DAY_MINUTES - 90)
    const at = setting.calendar.instant(day.date, minute) + own.between(0, 59_999)
    if (at > life.startsAt) agenda.note(at, (now) => editSomebody(life, own, now))
  }
  if (day.hours === undefined) return
  const groupAt = setting.calendar.instant(day.date, 21 * 60)
  if (groupAt > life.startsAt) agenda.note(groupAt, (now) => refreshGroup(life, now))
}

const LEADS = [
  { from: 0, to: 0, weight: 30 },
  { from: 1, to: 3, weight: 30 },
  { from: 4, to: 14, weight: 40 },
]

function bookSomebody(life: Life, random: Random, at: number): void {
  const { setting, roster } = life
  const chart = roster.pick(random)
  if (chart === undefined) return
  const lead = random.weighted(LEADS)
  const today = setting.calendar.date(at)
  const notBefore = at + 30 * MINUTE_MS
  const wanted = openDay(random, addDays(today, random.between(lead.from, lead.to)))
  // Too late for today: the next day that is open.
  for (const date of [wanted, openDay(random, addDays(wanted, 1))]) {
    const visit = drawAppointment(setting, chart, { random, date, notBefore })
    if (visit !== undefined) {
      book(life, chart, visit, at)
      return
    }
  }
}

function takeCall(life: Life, random: Random, at: number): void {
  const chart = life.roster.pick(random)
  if (chart === undefined) return
  life.player.play(telephone({ setting: life.setting, chart }, at, random), at, chart)
}

function editSomebody(life: Life, random: Random, at: number): void {
  const chart = life.roster.pick(random)
  if (chart === undefined) return
  const context = { setting: life.setting, chart }
  const { steps, died } = editDemographics(context, at, { random, cause: 'demographics' })
  life.player.play(steps, at)
  if (died) life.roster.close(chart)
}

function registerSomebody(life: Life, random: Random, at: number): void {
  const { setting, roster, player } = life
  const today = setting.calendar.date(at)
  for (const chart of roster.enroll(random.between(1, 3), today)) {
    const context = { setting, chart }
    const steps: Step[] = register(context, at, 'registration')
    steps.push(...intake(context, at + 5 * MINUTE_MS, 'registration'))
    player.play(steps, at, chart)
    const date = openDay(random, addDays(today, random.between(1, 9)))
    const visit = drawAppointment(setting, chart, { random, date, notBefore: at })
    if (visit !== undefined) book(life, chart, { ...visit, reason: 'NEW PATIENT' }, at + MINUTE_MS)
  }
}

/** Charts tried before the day does without a deletion. */
const DELETION_TRIES_MAX = 6

function deleteSomething(life: Life, random: Random, at: number): void {
  const { setting, practice, roster } = life
  for (let i = 0; i < DELETION_TRIES_MAX; i++) {
    const chart = roster.pick(random)
    if (chart === undefined) return
    const chosen = chooseDeletion(setting, chart, { store: practice.store, at, random })
    if (chosen === undefined) continue
    practice.remove(at, chosen.resourceType, chosen.id, 'deletion')
    return
  }
}

function refreshGroup(life: Life, at: number): void {
  const group: Identified = { resourceType: 'Group', id: life.groupId }
  const { member, quantity } = membersOf(life.roster)
  life.player.play([edit(at, 'registration', group, (now) => ({ ...now, quantity, member }))], at)
}
