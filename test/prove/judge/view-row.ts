// What a row of the judge's table is, and what its rows share: which records, at which place, signed or
// not. Written from FHIR R4 and the vendor's published samples, without a look at the views.

import { type Item, isItem, type Value } from './compare.ts'
import * as v from './view-values.ts'

export interface ViewRow {
  readonly type: string
  readonly takes: (record: Item) => boolean
  readonly facility: v.Expect
  readonly fields: Readonly<Record<string, v.Expect>>
}

export const all = () => true

export const is =
  (...wanted: readonly string[]) =>
  (record: Item) =>
    v.dig(record, 'category.coding.code').some((code) => wanted.includes(String(code)))

export const ECW = 'http://eclinicalworks.com/supportingInfo'

export const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition'

export const unknown = (reason: string): Value => ({ id: null, name: null, reason })

/** The one Location among references, or why there is none. */
export function place(refs: readonly Value[], none: string): Value {
  const found = refs.filter((one): one is Item => isItem(one) && one.type === 'Location')
  const ids = new Set(found.map(({ id }) => id))
  if (ids.size > 1) return unknown('several')
  // Of the same place named twice the last name counts.
  const one = found.at(-1)
  return one === undefined
    ? unknown(none)
    : { id: one.id ?? null, name: one.name ?? null, reason: null }
}

export const ofEncounter: v.Expect = (record) =>
  place(v.dig(record, 'location.location').map(v.refOf), 'none-stated')

/** From a location of its own, else from the encounter that it names. */
export const via =
  (encounter: string, own?: string): v.Expect =>
  (record, chart) => {
    if (own !== undefined) {
      const found = place(v.dig(record, own).map(v.refOf), 'none-stated')
      if (isItem(found) && found.reason !== 'none-stated') return found
    }
    const [named] = v.dig(record, encounter).map(v.refOf)
    if (!isItem(named) || named.type !== 'Encounter') return unknown('none-stated')
    const visit = chart.get(`Encounter/${named.id}`)
    if (visit === undefined) return unknown('encounter-not-here')
    return place(v.dig(visit, 'location.location').map(v.refOf), 'encounter-states-none')
  }

export const nowhere: v.Expect = () => unknown('none-stated')

export const refIs = (value: Value, id: Value | undefined) => {
  const found = v.refOf(value)
  return isItem(found) && found.id === id
}

export const LOCK = { state: 'unknown', reason: 'not-shown-by-vendor' }

export const SIGN: Readonly<Record<string, string>> = {
  ...{ preliminary: 'unsigned', registered: 'unsigned', partial: 'unsigned', final: 'signed' },
  ...{ amended: 'amended', corrected: 'amended', appended: 'amended' },
  'entered-in-error': 'entered-in-error',
}

export const sign =
  (element: string): v.Expect =>
  (record) => {
    const given = record[element] ?? null
    if (given === null) return { state: 'unknown', from: null, given: null }
    return { state: SIGN[String(given)] ?? 'unknown', from: element, given }
  }

export const title: v.Expect = (record) =>
  v.dig(record, 'content.attachment.title')[0] ?? record.description ?? null

export const isOf = (record: Item, patient: Value | undefined) =>
  refIs(record.subject ?? record.patient ?? null, patient)
