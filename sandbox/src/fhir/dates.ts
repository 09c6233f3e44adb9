// FHIR dates as half-open ranges of epoch milliseconds, and the comparison prefixes of search.
// Clauses: FHIR R4 datatypes `dateTime`, search 3.1.1.4.4 (prefixes) and 3.1.1.5.5 (date).

import { utcDay, type Zone } from '../zone.ts'

/** `from` included, `to` not. */
export interface Range {
  readonly from: number
  readonly to: number
}

const DATE =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/
const MINUTE_MS = 60_000

/** What a date of any precision covers; without an offset it is read in `zone`. */
export function rangeOf(date: string, zone: Zone): Range | undefined {
  const parts = DATE.exec(date)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, offset] = parts
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)]
  if (m < 1 || m > 12 || d < 1 || d > 31) return undefined
  if (month === undefined) return { from: zone.dayStart(y, 1, 1), to: zone.dayStart(y + 1, 1, 1) }
  if (day === undefined) return { from: zone.dayStart(y, m, 1), to: zone.dayStart(y, m + 1, 1) }
  if (hour === undefined) return { from: zone.dayStart(y, m, d), to: zone.dayStart(y, m, d + 1) }
  const seconds = Number(second ?? 0) + Number(fraction ?? 0)
  const time = Number(hour) * 3_600_000 + Number(minute) * MINUTE_MS + Math.floor(seconds * 1000)
  const midnight = offset === undefined ? zone.dayStart(y, m, d) : utcDay(y, m, d)
  const from = midnight + time - offsetMs(offset)
  const width = second === undefined ? MINUTE_MS : fraction === undefined ? 1000 : 1
  return { from, to: from + width }
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS
}

/** One search value: does a resource that lies in `target` match? */
export type DateTest = (target: Range) => boolean

/**
 * Reads `ge2026-05-26` and the like. `ge` and `le` are taken loosely, as the vendor's server
 * software does: a range that only touches the searched one matches. Undefined when it is no date.
 */
export function dateTest(value: string, zone: Zone, now: number): DateTest | undefined {
  const [, prefix = 'eq', date = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(value) ?? []
  const wanted = rangeOf(date, zone)
  if (wanted === undefined) return undefined
  const { from, to } = wanted
  const within: DateTest = (target) => target.from >= from && target.to <= to
  switch (prefix) {
    case 'ne':
      return (target) => !within(target)
    case 'gt':
      return (target) => target.to > to
    case 'lt':
      return (target) => target.from < from
    case 'ge':
      return (target) => target.to > from
    case 'le':
      return (target) => target.from < to
    case 'sa':
      return (target) => target.from >= to
    case 'eb':
      return (target) => target.to <= from
    case 'ap': {
      const slack = Math.abs(now - from) / 10
      return (target) => target.to > from - slack && target.from < to + slack
    }
    default:
      return within
  }
}
