// Which calendar day an instant is on in an IANA time zone. Pure: it reads no clock, only the zone
// tables of the runtime.

/** Zones whose formatter is kept; the one made first is forgotten first. */
const ZONES_MAX = 64
const formats = new Map<string, Intl.DateTimeFormat>()

/** `YYYY-MM-DD` of the epoch ms in the zone; undefined when the zone is not known. */
export function localDay(epochMs: number, zone: string): string | undefined {
  const format = formatOf(zone)
  if (format === undefined || !Number.isFinite(epochMs)) return undefined
  const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]))
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone)
  if (known !== undefined) return known
  try {
    const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
    const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'gregory', ...day })
    const [oldest] = formats.keys()
    if (formats.size >= ZONES_MAX && oldest !== undefined) formats.delete(oldest)
    formats.set(zone, made)
    return made
  } catch {
    return undefined
  }
}
