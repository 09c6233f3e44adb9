// When and with whom: finds open days and appointment slots. It keeps no book of its own; two
// appointments at one time are as possible as in a real practice.

import type { Random } from '../random.ts'
import { addDays, hoursOn } from './calendar.ts'
import type { Chart, Visit } from './chart/chart.ts'
import { rulesOf } from './editions.ts'
import type { Provider, Setting } from './setting.ts'

const SLOT_MINUTES = 15
const MINUTE_MS = 60_000
/** Share of wished-for Saturdays that are given; the others become Mondays. */
const SATURDAY_SHARE = 0.3

/** `date` itself when the clinic is open then, or the next such day. */
export function openDay(random: Random, date: string): string {
  const hours = hoursOn(date)
  if (hours === undefined) return addDays(date, 1)
  if (hours.allFacilities || random.chance(SATURDAY_SHARE)) return date
  return addDays(date, 2)
}

/** An appointment on an open day, not before `notBefore` (epoch ms); undefined when none is left. */
export function drawAppointment(
  setting: Setting,
  chart: Chart,
  options: { random: Random; date: string; notBefore: number },
): Visit | undefined {
  const { random, date, notBefore } = options
  const hours = hoursOn(date)
  if (hours === undefined) return undefined
  const provider = providerOn(setting, chart, { random, allFacilities: hours.allFacilities })
  const reason = random.weighted(rulesOf(provider.facility.edition).reasons)
  const count = Math.floor((hours.closes - hours.opens - reason.minutes) / SLOT_MINUTES)
  const opensAt = setting.calendar.instant(date, hours.opens)
  const gone = Math.ceil((notBefore - opensAt) / (SLOT_MINUTES * MINUTE_MS))
  const first = Math.max(0, gone)
  if (first > count) return undefined
  return {
    encounterId: setting.ids.next('Encounter'),
    provider,
    facility: provider.facility,
    start: opensAt + random.between(first, count) * SLOT_MINUTES * MINUTE_MS,
    minutes: reason.minutes,
    reason: reason.text,
  }
}

/** The patient's own provider, one of another facility now and then, or whoever is there on a Saturday. */
function providerOn(
  setting: Setting,
  chart: Chart,
  { random, allFacilities }: { random: Random; allFacilities: boolean },
): Provider {
  if (!allFacilities) return setting.providers[0]
  const draw = random.stream('elsewhere')
  if (!draw.chance(setting.visitsElsewhere)) return chart.provider
  const others = setting.providers.filter(({ facility }) => facility.id !== chart.facility.id)
  return others.length === 0 ? chart.provider : draw.pick(others)
}

/** Some moment while the clinic is open on `date`, epoch ms, to the second; noon when it is not. */
export function openMoment(setting: Setting, random: Random, date: string): number {
  const { opens, closes } = hoursOn(date) ?? { opens: 12 * 60, closes: 12 * 60 + 1 }
  const minute = random.between(opens, closes - 1)
  return setting.calendar.instant(date, minute) + random.between(0, 59_999)
}
