// Calendar days and offsets of one IANA zone, remembered so that a search costs no calendar work.
// It reads no clock.

import { Temporal } from 'temporal-polyfill'

/** The vendor's servers stamp and read times in this zone [P: offsets in captured answers]. */
export const VENDOR_ZONE = 'America/New_York'

/** Days and hours remembered per zone; the memory is emptied when full. */
const REMEMBERED_MAX = 100_000
const HOUR_MS = 3_600_000

export interface Zone {
  /** Epoch ms at which the calendar day begins; days past a month's end run into the next. */
  dayStart(year: number, month: number, day: number): number
  /** ISO 8601 with milliseconds and offset, as in `2024-11-23T10:00:00.123-05:00`. */
  stamp(instant: number): string
}

const zones = new Map<string, Zone>()

/** The zone of this name; the same object for the same name. Throws a RangeError for no zone. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (zone === undefined) {
    zone = createZone(name)
    zones.set(name, zone)
  }
  return zone
}

function createZone(name: string): Zone {
  const starts = new Map<number, number>()
  const offsets = new Map<number, number>()
  const offsetMs = (instant: number) =>
    remember(offsets, Math.floor(instant / HOUR_MS), (hour) => {
      const at = Temporal.Instant.fromEpochMilliseconds(hour * HOUR_MS)
      return at.toZonedDateTimeISO(name).offsetNanoseconds / 1e6
    })
  return {
    dayStart: (year, month, day) =>
      remember(starts, utcDay(year, month, day), (utc) => {
        const date = new Date(utc).toISOString().slice(0, 10)
        return Temporal.PlainDate.from(date).toZonedDateTime(name).epochMilliseconds
      }),
    stamp: (instant) => {
      const offset = offsetMs(instant)
      const minutes = Math.abs(offset) / 60_000
      const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
      const local = new Date(Math.floor(instant) + offset).toISOString().slice(0, 23)
      return `${local}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
    },
  }
}

/** Epoch ms of a UTC day; unlike `Date.UTC` it takes the years before 100 as they are written. */
export function utcDay(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}

function remember(memory: Map<number, number>, key: number, find: (key: number) => number): number {
  let value = memory.get(key)
  if (value === undefined) {
    value = find(key)
    if (memory.size >= REMEMBERED_MAX) memory.clear()
    memory.set(key, value)
  }
  return value
}
