// A place in one FHIR resource, from which members are read. What is there and cannot be read becomes
// a note, what the caller may not see is named, and nothing is made up: the rest is null.

import type { Json, JsonObject } from '@chartway/codecs/fhir'
import { isJsonObject } from '@chartway/codecs/fhir'
import { localDay } from './local-day.ts'

/** Why a value of the record is null here, or only partly shown. */
export const RULES = [
  'not-text',
  'not-a-number',
  'not-a-flag',
  'not-a-date',
  'not-a-list',
  'not-an-object',
  'not-a-reference',
  'not-exact-cents',
  'not-shown',
  'sentinel',
  'data-absent',
  'null-flavor',
] as const
export type Rule = (typeof RULES)[number]

/** A value that could not be read: in which record, where, and why; never the value. */
export interface Note {
  /** `Type/id`. */
  readonly source: string
  /** JSON Pointer into that resource. */
  readonly path: string
  readonly rule: Rule
}

export const PRECISIONS = ['year', 'month', 'day', 'minute', 'second', 'fraction'] as const

/** A date or time as the record gives it. */
export interface Moment {
  readonly given: string
  readonly precision: (typeof PRECISIONS)[number]
  /** The day in the practice's time zone; null for what is less exact than a day. */
  readonly localDay: string | null
}

/** What one resource is read with. */
export interface Source {
  readonly resource: JsonObject
  /** The only top-level elements the caller may see; undefined: all. */
  readonly visible: readonly string[] | undefined
  /** Values as they were on the wire, by pointer, where the mirror keeps another. */
  readonly originals: ReadonlyMap<string, string>
  /** IANA time zone of the practice. */
  readonly timeZone: string
}

interface Reading extends Source {
  readonly reference: string
  readonly notes: Note[]
  readonly withheld: Set<string>
}

const ALWAYS = ['resourceType', 'id', 'meta']
const ABSENT_URL = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'

export class Spot {
  readonly path: string
  readonly #value: Json | undefined
  readonly #beside: Json | undefined
  readonly #reading: Reading

  private constructor(
    reading: Reading,
    path: string,
    value: Json | undefined,
    beside?: Json | undefined,
  ) {
    this.#reading = reading
    this.path = path
    this.#value = value
    this.#beside = beside
  }

  /** The whole of a resource. */
  static of(source: Source): Spot {
    const { resourceType, id } = source.resource
    const reference = `${String(resourceType)}/${String(id)}`
    return new Spot({ ...source, reference, notes: [], withheld: new Set() }, '', source.resource)
  }

  /** `Type/id` of the resource this is a place of. */
  get reference(): string {
    return this.#reading.reference
  }

  get id(): string {
    return this.reference.slice(this.reference.indexOf('/') + 1)
  }

  get timeZone(): string {
    return this.#reading.timeZone
  }

  /** Everything noted so far about this resource. */
  get notes(): readonly Note[] {
    return this.#reading.notes
  }

  /** `Type.element` of what was asked for and may not be seen, in order. */
  get withheld(): readonly string[] {
    const [type] = this.reference.split('/')
    return [...this.#reading.withheld].sort().map((element) => `${type}.${element}`)
  }

  get there(): boolean {
    return this.#value !== undefined && this.#value !== null
  }

  /** The value as it is, for what is only compared. */
  get raw(): Json | undefined {
    return this.#value
  }

  /** Whether the caller may see this element of the resource. */
  sees(name: string): boolean {
    const { visible, withheld } = this.#reading
    if (this.path !== '' || visible === undefined || ALWAYS.includes(name)) return true
    if (visible.includes(name)) return true
    withheld.add(name)
    return false
  }

  at(name: string): Spot {
    const path = `${this.path}/${name}`
    if (!this.sees(name)) return new Spot(this.#reading, path, undefined)
    if (this.#value === undefined || this.#value === null) return this.#none(path)
    if (!isJsonObject(this.#value)) {
      this.note('not-an-object')
      return this.#none(path)
    }
    return new Spot(this.#reading, path, this.#value[name], this.#value[`_${name}`])
  }

  /** The items of a list; none when it is absent. */
  items(name: string): readonly Spot[] {
    const list = this.at(name)
    if (!list.there) return []
    const value = list.raw
    if (!Array.isArray(value)) {
      list.note('not-a-list')
      return []
    }
    return value.map((item, index) => new Spot(this.#reading, `${list.path}/${index}`, item))
  }

  /** As `items`, made into something each; null when the caller may not see the element at all. */
  each<T>(name: string, make: (item: Spot) => T | null): T[] | null {
    if (!this.sees(name)) return null
    return this.items(name).flatMap((item) => make(item) ?? [])
  }

  /** Text that is not empty. */
  text(name?: string): string | null {
    const spot = name === undefined ? this : this.at(name)
    const value = spot.#present()
    if (value === undefined) return null
    if (typeof value !== 'string') return spot.#cannot('not-text')
    return value.trim() === '' ? null : value
  }

  number(name?: string): number | null {
    const spot = name === undefined ? this : this.at(name)
    const value = spot.#present()
    if (value === undefined) return null
    return typeof value === 'number' ? value : spot.#cannot('not-a-number')
  }

  flag(name: string): boolean | null {
    const spot = this.at(name)
    const value = spot.#present()
    if (value === undefined) return null
    return typeof value === 'boolean' ? value : spot.#cannot('not-a-flag')
  }

  /** A `date`, `dateTime` or `instant` of FHIR R4; a vendor's date for "none" is null. */
  moment(name?: string): Moment | null {
    const spot = name === undefined ? this : this.at(name)
    const value = spot.#present()
    if (value === undefined) return null
    const read = typeof value === 'string' ? momentOf(value, this.timeZone) : undefined
    if (read === undefined) return spot.#cannot('not-a-date')
    return isSentinel(read.given) ? spot.#cannot('sentinel') : read
  }

  /** The text that stood here on the wire, when the mirror keeps another. */
  original(name: string): string | null {
    return this.#reading.originals.get(`${this.path}/${name}`) ?? null
  }

  note(rule: Rule): void {
    this.#reading.notes.push({ source: this.reference, path: this.path, rule })
  }

  /** The value, unless there is none; of one that is said to be unknown, a note is left. */
  #present(): Json | undefined {
    if (this.#value !== undefined && this.#value !== null) return this.#value
    if (isSaidToBeAbsent(this.#beside)) this.note('data-absent')
    return undefined
  }

  #cannot(rule: Rule): null {
    this.note(rule)
    return null
  }

  #none(path: string): Spot {
    return new Spot(this.#reading, path, undefined)
  }
}

function isSaidToBeAbsent(beside: Json | undefined): boolean {
  if (beside === undefined || !isJsonObject(beside) || !Array.isArray(beside.extension))
    return false
  return beside.extension.some((one) => isJsonObject(one) && one.url === ABSENT_URL)
}

/** The vendor writes "no date" as the zero of its calendars. [P]: captured samples. */
function isSentinel(given: string): boolean {
  return given.startsWith('1899-12-30') || given.startsWith('0001-01-0')
}

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/
const TIME =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** FHIR R4, datatypes: `date`, `dateTime`, `instant`; a time needs its offset. */
function momentOf(given: string, zone: string): Moment | undefined {
  const date = DATE.exec(given)
  if (date !== null) {
    const [, year, month, day] = date
    if (month === undefined) return { given, precision: 'year', localDay: null }
    if (!isDay(year, month, day ?? '01')) return undefined
    if (day === undefined) return { given, precision: 'month', localDay: null }
    return { given, precision: 'day', localDay: given }
  }
  const time = TIME.exec(given)
  if (time === null || !isDay(time[1], time[2], time[3])) return undefined
  const precision = time[6] !== undefined ? 'fraction' : time[5] !== undefined ? 'second' : 'minute'
  return { given, precision, localDay: localDay(Date.parse(given), zone) ?? null }
}

function isDay(year = '', month = '', day = ''): boolean {
  const text = `${year}-${month}-${day}T00:00:00Z`
  const at = Date.parse(text)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(`${year}-${month}-${day}`)
}
