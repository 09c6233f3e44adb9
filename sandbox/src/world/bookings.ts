// What becomes of an appointment: kept, cancelled, moved or missed. The fate is drawn when it is
// booked, from a stream of the appointment's own.

import { addDays, hoursOn } from './calendar.ts'
import type { Chart, Visit } from './chart/chart.ts'
import { officeVisit, periodOf } from './chart/encounters.ts'
import { attend } from './chart/office.ts'
import { changeCoverage, checkEligibility, editDemographics } from './front-desk.ts'
import type { Life } from './life.ts'
import { drawAppointment, openDay } from './slots.ts'
import { create, edit, type Identified } from './steps.ts'

const MINUTE_MS = 60_000
/** Patients come in at most this long before their appointment. */
const EARLY_MS = 20 * MINUTE_MS

type Office = Pick<Life, 'setting' | 'practice' | 'agenda' | 'player' | 'random'>

/** Puts the appointment into the book at `at` and lets its fate take its course. */
export function book(office: Office, chart: Chart, visit: Visit, at: number): void {
  const appointment = officeVisit({ setting: office.setting, chart }, visit)
  office.player.play([create(at, 'booking', appointment)], at)
  letHappen(office, chart, visit, at)
}

/** The fate of an appointment that is in the book since before `at`. */
export function letHappen(office: Office, chart: Chart, visit: Visit, at: number): void {
  const random = office.random.stream(`appointment/${visit.encounterId}`)
  const encounter: Identified = { resourceType: 'Encounter', id: visit.encounterId }
  const between = at + Math.floor(random.next() * (visit.start - EARLY_MS - at))
  const fate = random.weighted(FATES).name
  if (fate === 'kept') {
    office.agenda.note(visit.start - EARLY_MS, (now) => arrive(office, { chart, visit, now }))
  } else if (fate === 'moved') {
    office.agenda.note(between, (now) => move(office, { chart, visit, now }))
  } else {
    const missedAt = visit.start + 60 * MINUTE_MS
    const when = fate === 'cancelled' ? between : missedAt
    if (fate === 'forgotten') return
    const status = 'cancelled'
    office.player.play([edit(when, 'cancellation', encounter, (now) => ({ ...now, status }))], at)
  }
}

/** `forgotten`: nobody came and nobody closed it; it stays planned for ever, as the vendor shows. */
const FATES = [
  { name: 'kept', weight: 83 },
  { name: 'cancelled', weight: 7 },
  { name: 'moved', weight: 5 },
  { name: 'missed', weight: 3 },
  { name: 'forgotten', weight: 2 },
] as const

interface Due {
  readonly chart: Chart
  readonly visit: Visit
  readonly now: number
}

function arrive(office: Office, { chart, visit, now }: Due): void {
  const { setting, practice, player } = office
  const status = practice.store.latest('Encounter', visit.encounterId)?.resource?.status
  if (status !== 'planned' || chart.closed) return
  const random = office.random.stream(`visit/${visit.encounterId}`)
  const context = { setting, chart }
  const desk = random.stream('desk')
  const at = now + 6 * MINUTE_MS
  const steps = [
    ...(desk.chance(0.12)
      ? editDemographics(context, at, { random: desk, cause: 'check-in', atDesk: true }).steps
      : []),
    ...(desk.chance(0.05) ? changeCoverage(context, at) : checkEligibility(context, at, desk)),
    ...attend(context, visit, random),
  ]
  player.play(steps, now, chart)
}

/** The same encounter on another day. */
function move(office: Office, { chart, visit, now }: Due): void {
  const { setting, player } = office
  const random = office.random.stream(`move/${visit.encounterId}`)
  const date = openDay(random, addDays(setting.calendar.date(visit.start), random.between(2, 10)))
  const found = drawAppointment(setting, chart, { random, date, notBefore: now })
  if (found === undefined || hoursOn(date) === undefined) return
  const { start, provider, facility } = found
  const moved: Visit = { ...visit, start, provider, facility }
  const encounter: Identified = { resourceType: 'Encounter', id: visit.encounterId }
  const { participant, location } = officeVisit({ setting, chart }, moved)
  const period = periodOf({ setting, chart }, moved)
  const change = { period, participant, location }
  player.play([edit(now, 'booking', encounter, (old) => ({ ...old, ...change }))], now)
  office.agenda.note(start - EARLY_MS, (at) => arrive(office, { chart, visit: moved, now: at }))
}
