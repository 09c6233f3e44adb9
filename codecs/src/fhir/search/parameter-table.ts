// How a row of the tables of search parameters is written. The rows themselves stand beside it.

import type { SearchParameter, SearchType } from './types.ts'

type Row = Omit<SearchParameter, 'name'>
export type ParameterRows = Readonly<Record<string, Row>>

const row =
  (type: SearchType) =>
  (...paths: readonly string[]): Row => ({ type, paths, targets: [] })

export const token = row('token')
export const string = row('string')
export const date = row('date')
export const uri = row('uri')
export const number = row('number')
export const quantity = row('quantity')

/** A plain `code`, with the system it is bound to. */
export function code(path: string, system: string): Row {
  return { type: 'token', paths: [path], targets: [], system: `http://hl7.org/fhir/${system}` }
}

/** Targets as `Patient` or `Patient|Group`; none when it may point at anything. */
export function reference(path: string, targets = ''): Row {
  return { type: 'reference', paths: [path], targets: targets === '' ? [] : targets.split('|') }
}

export function contact(path: string): Row {
  return { type: 'token', paths: [path], targets: [], form: 'contact' }
}

export function presence(path: string): Row {
  return { type: 'token', paths: [path], targets: [], form: 'presence' }
}

/** What a person or an organization has: FHIR R4, Address parameters. */
export const ADDRESS: ParameterRows = {
  address: string('address'),
  'address-city': string('address.city'),
  'address-country': string('address.country'),
  'address-postalcode': string('address.postalCode'),
  'address-state': string('address.state'),
  'address-use': token('address.use'),
}

export const TELECOM: ParameterRows = {
  telecom: contact('telecom'),
  phone: contact('telecom(system=phone)'),
  email: contact('telecom(system=email)'),
}
