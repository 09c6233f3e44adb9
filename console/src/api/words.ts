// Times and codes in words. Pure: the moment, the zone and the language's rules are handed in.

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const LOCALE = 'en-US'

/** "just now", "40 seconds ago", "3 hours ago", "in 2 days"; seconds may be negative for the future. */
export function ageInWords(seconds: number): string {
  const ahead = seconds < 0
  const size = Math.abs(seconds)
  if (size < 5) return 'just now'
  const text = spanInWords(size)
  return ahead ? `in ${text}` : `${text} ago`
}

/** A length of time in its largest sensible unit. */
export function spanInWords(seconds: number): string {
  const [count, unit] =
    seconds < 90
      ? [Math.round(seconds), 'second']
      : seconds < 90 * MINUTE
        ? [Math.round(seconds / MINUTE), 'minute']
        : seconds < 36 * HOUR
          ? [Math.round(seconds / HOUR), 'hour']
          : seconds < 60 * DAY
            ? [Math.round(seconds / DAY), 'day']
            : seconds < 2 * 365 * DAY
              ? [Math.round(seconds / (30.4 * DAY)), 'month']
              : [Math.floor(seconds / (365.25 * DAY)), 'year']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options })
  formats.set(key, made)
  return made
}

/** The exact instant, to the second, with its zone. */
export function exactly(ms: number, zone: string): string {
  return format(zone, {
    ...{ weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    timeZoneName: 'short',
  }).format(ms)
}

/** Hours and minutes of the day in the zone. */
export function timeOfDay(ms: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms)
}

/** Day of an instant in the zone, for people. */
export function dayInWords(ms: number, zone: string): string {
  return format(zone, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }).format(
    ms,
  )
}

/** Day of an instant in the zone, YYYY-MM-DD. */
export function dayOf(ms: number, zone: string): string {
  const parts = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    ms,
  )
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** A FHIR date or dateTime: a day stays a day, an instant is told in the zone. */
export function dateInWords(text: string | null | undefined, zone: string): string {
  if (!text) return ''
  const partial = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text)
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return text
  const [, , month, day] = partial ?? []
  if (partial && month === undefined) return text
  if (partial && day === undefined)
    return format('UTC', { year: 'numeric', month: 'short' }).format(ms)
  return format(partial ? 'UTC' : zone, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  }).format(ms)
}

/** Whole years between a birth date and an instant, or "" when the date is not whole. */
export function yearsOld(birthDate: string | null | undefined, nowMs: number): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)/.exec(birthDate ?? '')
  if (!match) return ''
  const now = new Date(nowMs)
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const before =
    now.getUTCMonth() + 1 < month || (now.getUTCMonth() + 1 === month && now.getUTCDate() < day)
  return String(now.getUTCFullYear() - year - (before ? 1 : 0))
}

/** `front-desk` → "Front desk". */
export function inWords(code: string | null | undefined): string {
  const text = (code ?? '').replace(/[-_]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `MedicationRequest` → "Medication request". */
export function typeInWords(type: string): string {
  return inWords(type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase())
}

/** 12345 → "12,345". */
export function count(value: number): string {
  return value.toLocaleString(LOCALE)
}
