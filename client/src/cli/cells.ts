// Values of unified objects in one word each, for tables: a concept by its text, a reference by its
// name, a time to the minute. What is longer is cut.

/** Items of a list that are named; the others are counted. */
const ITEMS_SHOWN = 2
const LENGTH_MAX = 60

type Fields = Readonly<Record<string, unknown>>

/** The value at a path of names, through lists. */
export function cell(item: unknown, path: string): string {
  const found = at(item, path.split('.'))
    .map(word)
    .filter((text) => text !== '')
  const shown = found.slice(0, ITEMS_SHOWN).join(', ')
  const left = found.length - ITEMS_SHOWN
  return cut(left > 0 ? `${shown} +${left}` : shown)
}

function at(value: unknown, [name, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((one) => at(one, name === undefined ? [] : [name, ...rest]))
  if (name === undefined) return value === null || value === undefined ? [] : [value]
  return isFields(value) ? at(value[name], rest) : []
}

function word(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!isFields(value)) return ''
  if ('codings' in value) return text(value.text) || text(first(value.codings)?.code)
  if ('given' in value && 'precision' in value) return minute(text(value.given))
  if ('display' in value && 'family' in value) return text(value.display)
  if ('start' in value) return word(value.start)
  if ('cents' in value)
    return `${(Number(value.cents) / 100).toFixed(2)} ${text(value.currency)}`.trim()
  if ('kind' in value && 'number' in value) return measured(value)
  if ('comparator' in value) return amount(value.value, value)
  if ('id' in value) return text(value.name) || text(value.id)
  return ''
}

function measured(value: Fields): string {
  if (value.kind === 'number') return amount(value.number, value)
  if (value.kind === 'text') return text(value.text)
  if (value.kind === 'flag') return String(value.flag)
  if (value.kind === 'concept') return word(value.concept)
  if (value.kind === 'when') return word(value.when)
  return [word(value.low), word(value.high)].join(value.kind === 'ratio' ? ' : ' : ' – ')
}

function amount(number: unknown, { comparator, unit }: Fields): string {
  return number === null ? '' : `${text(comparator)}${String(number)} ${text(unit)}`.trim()
}

/** To the minute, as the record gives it. */
function minute(given: string): string {
  return given.length > 16 ? given.slice(0, 16).replace('T', ' ') : given
}

function first(list: unknown): Fields | undefined {
  return Array.isArray(list) && isFields(list[0]) ? list[0] : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function cut(shown: string): string {
  return shown.length > LENGTH_MAX ? `${shown.slice(0, LENGTH_MAX - 1)}…` : shown
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
