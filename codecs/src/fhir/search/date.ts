// Dates and times of FHIR R4 as the interval they stand for: a day is a day long, a year a year. A
// value without a zone is read in the zone it is given; nothing here asks what time it is.

import type { Prefix, Range } from './types.ts'

/**
 * FHIR R4, datatypes date, dateTime and instant, and search.html 3.1.1.4.7, which lets seconds be left
 * out. The sign of a zone may have become a space: clients forget that `+` must be escaped.
 */
const FORM =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[-+ ]\d\d:\d\d)?)?)?)?$/

/** Offsets that are remembered; all are forgotten together. */
const OFFSETS_MAX = 20_000
const FORMATTERS_MAX = 600
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/**
 * The interval of a date or time, in epoch ms; digits beyond milliseconds are cut off. Undefined when it
 * is none. `timeZone` is an IANA zone, for values without one of their own.
 */
export function rangeOfDate(text: string, timeZone: string): Range | undefined {
  const parts = FORM.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const start = [
    Number(year),
    Number(month ?? 1) - 1,
    Number(day ?? 1),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number((fraction ?? '').slice(0, 3).padEnd(3, '0')),
  ] as const
  if (!exists(start) || !isZone(zone)) return undefined
  const at = (fields: Fields) => epochOf(fields, zone, timeZone)
  if (hour !== undefined) {
    const low = at(start)
    return {
      low,
      high: low + (second === undefined ? MINUTE_MS : fraction === undefined ? 1000 : 1),
    }
  }
  const [y, m, d] = start
  const end: Fields =
    month === undefined
      ? [y + 1, 0, 1, 0, 0, 0, 0]
      : day === undefined
        ? [y, m + 1, 1, 0, 0, 0, 0]
        : [y, m, d + 1, 0, 0, 0, 0]
  return { low: at(start), high: at(end) }
}

/** Year, month from 0, day, hour, minute, second, millisecond. */
type Fields = readonly [number, number, number, number, number, number, number]

function utc(fields: Fields): number {
  const date = new Date(0)
  date.setUTCFullYear(fields[0], fields[1], fields[2])
  date.setUTCHours(fields[3], fields[4], fields[5], fields[6])
  return date.getTime()
}

/** A leap second is taken for the second after it. */
function exists(fields: Fields): boolean {
  const [, month, day, hour, minute, second] = fields
  if (hour > 23 || minute > 59 || second > 60) return false
  const date = new Date(utc([fields[0], month, day, 0, 0, 0, 0]))
  return date.getUTCMonth() === month && date.getUTCDate() === day
}

function isZone(zone: string | undefined): boolean {
  if (zone === undefined || zone === 'Z') return true
  return Number(zone.slice(1, 3)) <= 14 && Number(zone.slice(4)) <= 59
}

function epochOf(fields: Fields, zone: string | undefined, timeZone: string): number {
  const wall = utc(fields)
  if (zone === 'Z') return wall
  if (zone !== undefined) {
    const offset = Number(zone.slice(1, 3)) * HOUR_MS + Number(zone.slice(4)) * MINUTE_MS
    return wall - (zone.startsWith('-') ? -offset : offset)
  }
  // Twice, since the offset is that of the instant, not of the wall's hands.
  const first = wall - offsetAt(wall, timeZone)
  return wall - offsetAt(first, timeZone)
}

const offsets = new Map<string, number>()
const formatters = new Map<string, Intl.DateTimeFormat>()

/** Ms by which the zone's wall clock is ahead of UTC at an instant. */
function offsetAt(epoch: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  // Zones change their offset on quarter hours.
  const quarter = Math.floor(epoch / (HOUR_MS / 4))
  const name = `${timeZone} ${quarter}`
  const remembered = offsets.get(name)
  if (remembered !== undefined) return remembered
  if (offsets.size >= OFFSETS_MAX) offsets.clear()
  const offset = offsetShown(quarter * (HOUR_MS / 4), timeZone)
  offsets.set(name, offset)
  return offset
}

function offsetShown(epoch: number, timeZone: string): number {
  const shown = new Map(
    formatterOf(timeZone)
      .formatToParts(epoch)
      .map((p) => [p.type, p.value]),
  )
  const number = (name: Intl.DateTimeFormatPartTypes) => Number(shown.get(name))
  const year = shown.get('era') === 'BC' ? 1 - number('year') : number('year')
  const wall = utc([
    year,
    number('month') - 1,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
    0,
  ])
  return wall - epoch
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  if (formatters.size >= FORMATTERS_MAX) formatters.clear()
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formatters.set(timeZone, made)
  return made
}

/**
 * Whether an element's interval stands to the searched one as the prefix asks (FHIR R4, search.html
 * 3.1.1.4.4). `slack` widens the searched interval for `ap`, on either side.
 */
export function compareRanges(
  prefix: Prefix,
  searched: Range,
  element: Range,
  slack: number,
): boolean {
  const within = element.low >= searched.low && element.high <= searched.high
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
      return element.high > searched.high
    case 'lt':
      return element.low < searched.low
    case 'ge':
      return within || element.high > searched.high
    case 'le':
      return within || element.low < searched.low
    case 'sa':
      return element.low >= searched.high
    case 'eb':
      return element.high <= searched.low
    case 'ap':
      return element.high > searched.low - slack && element.low < searched.high + slack
  }
}
