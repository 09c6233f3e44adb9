// The two years before the world began: registrations, past visits and the appointments already in the
// book. Written as the same steps the living days use, so the present goes on where it stops.

import type { Random } from '../random.ts'
import { addDays, daysBetween } from './calendar.ts'
import { intake, register } from './chart/background.ts'
import type { Chart, Visit } from './chart/chart.ts'
import { officeVisit } from './chart/encounters.ts'
import { attend } from './chart/office.ts'
import { telephone } from './chart/telephone.ts'
import type { Roster } from './roster.ts'
import type { Setting } from './setting.ts'
import { drawAppointment, openDay, openMoment } from './slots.ts'
import { create, type Step } from './steps.ts'

const HISTORY_DAYS = 730
const RECENT_DAYS = 20
const DAY_MS = 86_400_000

/** Everything written in one chart before `today`, the local date on which the world begins. */
export function chartHistory(setting: Setting, chart: Chart, today: string): Step[] {
  const context = { setting, chart }
  const draw = chart.random.stream('history')
  const agoMax = Math.min(HISTORY_DAYS, daysBetween(chart.person.birthDate, today) - 2)
  const ago = draw.between(Math.min(RECENT_DAYS, agoMax), agoMax)
  const joined = openDay(draw, addDays(today, -Math.max(3, ago)))
  const registeredAt = openMoment(setting, draw, joined)
  const steps = [
    ...register(context, registeredAt, 'history'),
    ...intake(context, registeredAt + 15 * 60_000, 'history'),
  ]
  const days = daysBetween(joined, today)
  const dates = Array.from({ length: visitCount(draw, days) }, () =>
    openDay(draw, addDays(joined, draw.between(1, Math.max(1, days - 3)))),
  ).filter((date) => date < today)
  for (const [i, date] of dates.sort().entries()) {
    const own = draw.stream(`visit/${i}`)
    const visit = drawAppointment(setting, chart, { random: own, date, notBefore: 0 })
    if (visit === undefined) continue
    const bookedAt = Math.max(registeredAt + 3_600_000, visit.start - own.between(1, 20) * DAY_MS)
    steps.push(create(bookedAt, 'history', officeVisit(context, visit)))
    if (!own.chance(0.06)) steps.push(...attend(context, visit, own))
  }
  if (draw.chance(0.3) && days > 10) {
    const date = openDay(draw, addDays(joined, draw.between(2, days - 5)))
    if (date < today) steps.push(...telephone(context, openMoment(setting, draw, date), draw))
  }
  return steps
}

function visitCount(draw: Random, days: number): number {
  return 1 + Math.round((draw.between(0, 4) * days) / HISTORY_DAYS)
}

export interface Booked {
  readonly chart: Chart
  readonly visit: Visit
  readonly bookedAt: number
}

/** The appointment book as it stands at `startsAt`, for the next two weeks. */
export function openBookings(
  setting: Setting,
  roster: Roster,
  options: { random: Random; startsAt: number; perDay: number },
): Booked[] {
  const { random, startsAt, perDay } = options
  const today = setting.calendar.date(startsAt)
  const booked: Booked[] = []
  for (let ahead = 0; ahead < 14; ahead++) {
    const draw = random.stream(`book/${ahead}`)
    const wanted = Math.floor(perDay * bookedShare(ahead) + draw.next())
    for (let i = 0; i < wanted; i++) {
      const chart = roster.pick(draw)
      if (chart === undefined) break
      const date = openDay(draw, addDays(today, ahead))
      const notBefore = startsAt + 30 * 60_000
      const visit = drawAppointment(setting, chart, { random: draw, date, notBefore })
      const bookedAt = startsAt - draw.between(60, 18 * 60) * 60_000
      if (visit !== undefined) booked.push({ chart, visit, bookedAt })
    }
  }
  return booked
}

/** Share of a day's appointments that are made more than `ahead` days before. */
function bookedShare(ahead: number): number {
  return ahead < 3 ? 0.7 - ahead * 0.1 : (0.4 * (14 - ahead)) / 11
}
