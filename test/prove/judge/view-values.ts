// How a value of a FHIR resource has to look in a unified object: the judge's own reading, written from
// FHIR R4 and the vendor's published samples. It shares no code with the views that it judges.

import { type Item, isItem, type Value } from './compare.ts'

/** What an expectation is made from. */
export interface Chart {
  readonly timeZone: string
  /** A record that is mirrored, as it was put in. */
  get(reference: string): Item | undefined
  all(type: string): readonly Item[]
}

export type Expect = (record: Item, chart: Chart) => Value

/** Values at a path of names, through lists, in order. */
export function dig(value: Value | undefined, path: string): readonly Value[] {
  const names = path === '' ? [] : path.split('.')
  return names.reduce<readonly Value[]>(
    (found, name) =>
      found.flatMap((one) => {
        const next = isItem(one) ? one[name] : undefined
        if (next === undefined || next === null) return []
        return Array.isArray(next) ? next : [next]
      }),
    value === undefined ? [] : [value],
  )
}

const said = (value: Value | undefined): value is string =>
  typeof value === 'string' && value.trim() !== ''

export const text =
  (path: string): Expect =>
  (record) =>
    dig(record, path).find(said) ?? null

export const number =
  (path: string): Expect =>
  (record) =>
    dig(record, path).find((value) => typeof value === 'number') ?? null

export const flag =
  (path: string): Expect =>
  (record) =>
    dig(record, path).find((value) => typeof value === 'boolean') ?? null

export const texts =
  (path: string): Expect =>
  (record) =>
    dig(record, path).filter(said)

/** A date that the vendor writes for "none". */
const NO_DATE = /^(1899-12-30|0001-01-0)/

export function momentOf(given: Value | undefined, timeZone: string): Value {
  if (typeof given !== 'string' || NO_DATE.test(given)) return null
  if (/^\d{4}$/.test(given)) return { given, precision: 'year', localDay: null }
  if (/^\d{4}-\d{2}$/.test(given)) return { given, precision: 'month', localDay: null }
  if (/^\d{4}-\d{2}-\d{2}$/.test(given)) return { given, precision: 'day', localDay: given }
  const time = /T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(given)
  if (time === null) return null
  const precision = time[2] !== undefined ? 'fraction' : time[1] === undefined ? 'minute' : 'second'
  const localDay = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(given))
  return { given, precision, localDay }
}

export const moment =
  (path: string): Expect =>
  (record, { timeZone }) =>
    momentOf(dig(record, path)[0], timeZone)

export function periodOf(value: Value | undefined, timeZone: string): Value {
  if (!isItem(value)) return null
  const [start, end] = [momentOf(value.start, timeZone), momentOf(value.end, timeZone)]
  return start === null && end === null ? null : { start, end }
}

export const period =
  (path: string): Expect =>
  (record, { timeZone }) =>
    periodOf(dig(record, path)[0], timeZone)

/** One of `nameDateTime`, `namePeriod`… */
export const when =
  (name: string): Expect =>
  (record, { timeZone }) => {
    if (record[`${name}Period`] !== undefined) return periodOf(record[`${name}Period`], timeZone)
    const given = record[`${name}DateTime`] ?? record[`${name}Instant`] ?? record[`${name}Date`]
    const start = momentOf(given, timeZone)
    return start === null ? null : { start, end: null }
  }

/** A coding that only says that nothing is known. */
const UNKNOWN = /data-absent-reason$|v3-NullFlavor$/

function codingOf(value: Value): Value {
  if (!isItem(value)) return null
  const { system = null, code = null, display = null } = value
  if (typeof system === 'string' && UNKNOWN.test(system)) return null
  return code === null && display === null ? null : { system, code, display }
}

export function conceptOf(value: Value | undefined): Value {
  if (!isItem(value)) return null
  const codings = dig(value, 'coding').flatMap((one) => {
    const coding = codingOf(one)
    return coding === null ? [] : [coding]
  })
  const own = said(value.text) ? value.text : null
  if (own === null && codings.length === 0) return null
  const named = codings.flatMap((one) => (isItem(one) && said(one.display) ? [one.display] : []))
  return { text: own ?? named[0] ?? null, codings }
}

/** A Coding by itself, as a concept. */
export function conceptOfCoding(value: Value | undefined): Value {
  const coding = value === undefined ? null : codingOf(value)
  return isItem(coding) ? { text: coding.display ?? null, codings: [coding] } : null
}

export const concept =
  (path: string): Expect =>
  (record) =>
    conceptOf(dig(record, path)[0])

export const concepts =
  (path: string): Expect =>
  (record) =>
    present(dig(record, path).map(conceptOf))

export function refOf(value: Value | undefined): Value {
  if (!isItem(value)) return null
  const name = said(value.display) ? value.display : null
  const parts =
    typeof value.reference === 'string'
      ? /^([A-Z]\w+)\/([A-Za-z0-9.-]{1,64})$/.exec(value.reference)
      : null
  if (parts !== null) return { type: parts[1] ?? null, id: parts[2] ?? null, name }
  return name === null ? null : { type: null, id: null, name }
}

export const ref =
  (path: string): Expect =>
  (record) =>
    refOf(dig(record, path)[0])

export const refs =
  (path: string): Expect =>
  (record) =>
    present(dig(record, path).map(refOf))

export function quantityOf(value: Value | undefined): Value {
  if (!isItem(value)) return null
  const { value: amount = null, comparator = null, unit = null, code = null, system = null } = value
  if (amount === null && unit === null && code === null) return null
  return { value: amount, comparator, unit, code, system }
}

export const quantity =
  (path: string): Expect =>
  (record) =>
    quantityOf(dig(record, path)[0])

export const present = (values: readonly Value[]): Value[] =>
  values.filter((value) => value !== null)

export const identifiers: Expect = (record) =>
  dig(record, 'identifier').flatMap((one) => {
    if (!isItem(one) || !said(one.value)) return []
    const { value, system = null, use = null } = one
    const type = conceptOf(one.type)
    return [{ kind: kindOf(one, record), value, system, use, type }]
  })

/** HL7 table 0203, and the vendor's root of numbers. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ MR: 'mrn', NPI: 'npi', SS: 'ssn', DL: 'drivers-license', PPN: 'passport' },
}

function kindOf({ system, value, use, type }: Item, record: Item): string {
  if (system === 'http://hl7.org/fhir/sid/us-npi') return 'npi'
  if (system === 'http://hl7.org/fhir/sid/us-ssn') return 'ssn'
  if (typeof system === 'string' && system.startsWith('urn:oid:2.16.840.1.113883.4.391')) {
    if (value === record.id) return 'fhir-id'
    if (use === 'secondary') return 'account-number'
  }
  const code = dig(type, 'coding').find(
    (one) => isItem(one) && one.system === 'http://terminology.hl7.org/CodeSystem/v2-0203',
  )
  return (isItem(code) && TYPES[String(code.code)]) || 'other'
}

export function nameOf(value: Value): Value {
  if (!isItem(value)) return null
  const list = (name: string) => dig(value, name).filter(said)
  const [prefix, given, suffix] = [list('prefix'), list('given'), list('suffix')]
  const { text: whole = null, family = null, use = null } = value
  const parts = [...prefix, ...given, ...(said(family) ? [family] : []), ...suffix].join(' ')
  const named = given.length > 0 || family !== null
  return {
    display: named ? parts : (whole ?? parts),
    text: whole,
    use,
    family,
    given,
    prefix,
    suffix,
  }
}

export const contacts =
  (path: string): Expect =>
  (record) =>
    dig(record, path).flatMap((one) =>
      isItem(one) && said(one.value)
        ? [{ system: one.system ?? null, value: one.value, use: one.use ?? null }]
        : [],
    )

export function addressOf(value: Value | undefined): Value {
  if (!isItem(value)) return null
  const { use = null, text: whole = null, city = null, state = null } = value
  const { postalCode = null, country = null } = value
  const lines = dig(value, 'line').filter(said)
  return { use, text: whole, lines, city, state, postalCode, country }
}

export const addresses: Expect = (record) => dig(record, 'address').map(addressOf)

/** A number only when the text is one, to the last digit. */
const EXACT = /^-?(0|[1-9]\d*)(\.\d+)?$/
const NOTHING = {
  ...{ number: null, comparator: null, unit: null, unitCode: null, text: null, concept: null },
  ...{ flag: null, low: null, high: null, when: null, original: null },
}

export function measuredOf(record: Item, timeZone: string): Value {
  const found = quantityOf(record.valueQuantity)
  if (isItem(found)) {
    const { value = null, comparator = null, unit = null, code = null } = found
    return { ...NOTHING, kind: 'number', number: value, comparator, unit, unitCode: code }
  }
  const { valueString, valueInteger, valueBoolean, valueCodeableConcept, valueDateTime } = record
  if (said(valueString)) {
    const digits = valueString.replace(/\D/g, '').length
    if (!EXACT.test(valueString) || digits > 15)
      return { ...NOTHING, kind: 'text', text: valueString }
    return { ...NOTHING, kind: 'number', number: Number(valueString), original: valueString }
  }
  if (typeof valueInteger === 'number') return { ...NOTHING, kind: 'number', number: valueInteger }
  const coded = conceptOf(valueCodeableConcept)
  if (coded !== null) return { ...NOTHING, kind: 'concept', concept: coded }
  if (typeof valueBoolean === 'boolean') return { ...NOTHING, kind: 'flag', flag: valueBoolean }
  const { valueRange, valueRatio } = record
  if (isItem(valueRange))
    return {
      ...{ ...NOTHING, kind: 'range' },
      ...{ low: quantityOf(valueRange.low), high: quantityOf(valueRange.high) },
    }
  if (isItem(valueRatio))
    return {
      ...{ ...NOTHING, kind: 'ratio' },
      ...{ low: quantityOf(valueRatio.numerator), high: quantityOf(valueRatio.denominator) },
    }
  const lasting = periodOf(record.valuePeriod, timeZone)
  if (lasting !== null) return { ...NOTHING, kind: 'when', when: lasting }
  const start = momentOf(valueDateTime, timeZone)
  return start === null ? null : { ...NOTHING, kind: 'when', when: { start, end: null } }
}

/** A list of objects made member by member. */
export const each =
  (path: string, make: (one: Item, chart: Chart, record: Item) => Value): Expect =>
  (record, chart) =>
    present(dig(record, path).map((one) => (isItem(one) ? make(one, chart, record) : null)))

export const extension =
  (url: string | RegExp, member = 'valueString'): Expect =>
  (record) => {
    const found = dig(record, 'extension').find(
      (one) =>
        isItem(one) && (typeof url === 'string' ? one.url === url : url.test(String(one.url))),
    )
    return (isItem(found) ? found[member] : undefined) ?? null
  }

export const constant =
  (value: Value): Expect =>
  () =>
    value
