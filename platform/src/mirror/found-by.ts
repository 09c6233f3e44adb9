// What a resource is found by when no patient is named: which parameters of which types are kept in
// rows, and what stands in them. Rows give candidates; it does not decide whether one matches.

import type { Resource } from '@chartway/codecs/fhir'
import { type Entry, entriesOf, parameterOf } from '@chartway/codecs/fhir/search'

/** To be raised when the table or the form of a row changes: practices are gone through anew then. */
export const FOUND_BY_VERSION = 1

/** Characters of a value that are kept; what is longer is a candidate for whatever begins alike. */
const VALUE_LENGTH_MAX = 200
/** Rows of one resource; a record has a dozen, a hostile one more. */
const ROWS_MAX = 500
/** Dates are kept as if they were in UTC: a zone can move them by as much, in either direction. */
export const ZONE_MS_MAX = 14 * 3_600_000

/** By type: the parameters that are kept. US Core's searches without a patient, and what chains need. */
export const FOUND_BY: Readonly<Record<string, readonly string[]>> = {
  CareTeam: ['role'],
  Encounter: ['date', 'identifier', 'participant', 'practitioner'],
  Location: [
    'address',
    'address-city',
    'address-postalcode',
    'address-state',
    'identifier',
    'name',
    'organization',
  ],
  Medication: ['code', 'identifier'],
  Organization: ['address', 'identifier', 'name', 'partof'],
  Patient: [
    'birthdate',
    'death-date',
    'email',
    'family',
    'gender',
    'general-practitioner',
    'given',
    'identifier',
    'name',
    'phone',
  ],
  Practitioner: ['family', 'given', 'identifier', 'name'],
  PractitionerRole: ['identifier', 'location', 'organization', 'practitioner', 'role', 'specialty'],
  Provenance: ['target'],
  RelatedPerson: ['identifier', 'name'],
}

/** Whether a type's parameter can be looked up without going through the type's resources. */
export function isFoundBy(type: string, parameter: string): boolean {
  return FOUND_BY[type]?.includes(parameter) ?? false
}

export interface FoundByRow {
  readonly type: string
  readonly id: string
  /** Counts the resource's rows. */
  readonly n: number
  readonly parameter: string
  readonly value: string
  readonly low: number | undefined
  readonly high: number | undefined
}

const UTC = { timeZone: 'UTC', bases: [] }

/** The rows of a resource; none for a type that is not looked up. */
export function foundByRows(resource: Resource & { readonly id: string }): readonly FoundByRow[] {
  const { resourceType: type, id } = resource
  const rows = new Map<string, Omit<FoundByRow, 'n'>>()
  for (const name of FOUND_BY[type] ?? []) {
    const parameter = parameterOf(type, name)
    if (parameter === undefined) continue
    for (const entry of entriesOf(resource, parameter, UTC)) {
      const row = { type, id, parameter: name, ...columnsOf(entry) }
      rows.set(`${name} ${row.value} ${row.low} ${row.high}`, row)
    }
  }
  return [...rows.values()].slice(0, ROWS_MAX).map((row, n) => ({ ...row, n }))
}

function columnsOf(entry: Entry): Pick<FoundByRow, 'value' | 'low' | 'high'> {
  if (entry.kind === 'range') {
    const low = Math.max(entry.range.low, Number.MIN_SAFE_INTEGER)
    const high = Math.min(entry.range.high, Number.MAX_SAFE_INTEGER)
    return { value: '', low, high }
  }
  const value =
    entry.kind === 'text'
      ? storedText(entry.text)
      : entry.kind === 'reference'
        ? storedText(entry.reference)
        : storedToken(entry.code, entry.system)
  return { value, low: undefined, high: undefined }
}

/** Text as it stands in a row. Controls are left out: they part columns, and PostgreSQL knows no NUL. */
export function storedText(text: string): string {
  return text.replace(/\p{Cc}/gu, '').slice(0, VALUE_LENGTH_MAX)
}

/** The code comes first, so that a code of any system is a prefix. */
export function storedToken(code: string, system: string): string {
  return storedText(`${code}${TOKEN_PART}${system}`)
}

/** A character that no code or system has: the invisible separator. */
export const TOKEN_PART = '\u2063'
