// A practice's local time: offsets, dates and clinic hours in its IANA zone. It computes from instants
// it is given and never asks what time it is.

import { Temporal } from 'temporal-polyfill'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

export interface LocalCalendar {
  /** `2026-03-02T08:13:22-05:00` */
  dateTime(at: number): string
  /** The local date, `2026-03-02`. */
  date(at: number): string
  /** Minutes since local midnight, whole. */
  minuteOfDay(at: number): number
  /** The instant at which wall clocks show `minute` minutes after midnight of `date`. */
  instant(date: string, minute: number): number
}

/** Throws a RangeError for a zone that IANA does not know. */
export function createCalendar(timeZone: string): LocalCalendar {
  const spans: { readonly from: number; readonly to: number; readonly offsetMs: number }[] = []
  const offsetAt = (at: number): number => {
    const known = spans.find((span) => span.from <= at && at < span.to)
    if (known !== undefined) return known.offsetMs
    const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
    const start = zoned.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
    const end = zoned.getTimeZoneTransition('next')
    const span = {
      from: start?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
      to: end?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
      offsetMs: zoned.offsetNanoseconds / 1e6,
    }
    spans.push(span)
    return span.offsetMs
  }
  const wall = (at: number) => new Date(at + offsetAt(at)).toISOString()
  return {
    dateTime: (at) => wall(at).slice(0, 19) + offsetText(offsetAt(at)),
    date: (at) => wall(at).slice(0, 10),
    minuteOfDay: (at) => {
      const shown = wall(at)
      return Number(shown.slice(11, 13)) * 60 + Number(shown.slice(14, 16))
    },
    instant: (date, minute) => {
      const asIfUtc = utcMidnight(date) + minute * MINUTE_MS
      return asIfUtc - offsetAt(asIfUtc - offsetAt(asIfUtc))
    },
  }
}

/** The date `days` later (or earlier when negative). */
export function addDays(date: string, days: number): string {
  return new Date(utcMidnight(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Whole days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((utcMidnight(to) - utcMidnight(from)) / DAY_MS)
}

/** Whole years from a birth date to `date`. */
export function ageOn(birthDate: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** Minutes after local midnight between which the clinic is open, or undefined when closed. */
export interface Hours {
  readonly opens: number
  readonly closes: number
}

/** Weekdays 8 to 17, Saturday 9 to 13 (one facility only), closed on Sunday. */
export function hoursOn(date: string): (Hours & { readonly allFacilities: boolean }) | undefined {
  const weekday = new Date(utcMidnight(date)).getUTCDay()
  if (weekday === 0) return undefined
  if (weekday === 6) return { opens: 9 * 60, closes: 13 * 60, allFacilities: false }
  return { opens: 8 * 60, closes: 17 * 60, allFacilities: true }
}

function utcMidnight(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / MINUTE_MS
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
