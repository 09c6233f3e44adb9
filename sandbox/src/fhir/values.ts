// What a parameter can find in a resource: the values at its places, normalised for comparison. It
// compares nothing itself.

import type { Json, JsonObject, Resource } from '@chartway/codecs/fhir'
import type { Zone } from '../zone.ts'
import { type Range, rangeOf } from './dates.ts'
import type { Parameter } from './tables.ts'

export interface Token {
  readonly system: string | undefined
  readonly code: string
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Everything at `path`, lists walked through. */
export function at(value: Json | undefined, path: readonly string[], depth = 0): Json[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((each) => at(each, path, depth))
  const name = path[depth]
  if (name === undefined) return [value]
  return isObject(value) ? at(value[name], path, depth + 1) : []
}

export function found(resource: Resource, places: Parameter['at']): Json[] {
  return places.flatMap((path) => at(resource, path))
}

/** `Type/id` of every reference at the places; contained and logical ones have none. */
export function references(resource: Resource, places: Parameter['at']): string[] {
  return found(resource, places).flatMap((value) => {
    const reference = isObject(value) ? value.reference : undefined
    const local = typeof reference === 'string' ? localReference(reference) : undefined
    return local === undefined ? [] : [local]
  })
}

/** `Type/id` out of a relative or absolute reference. */
export function localReference(reference: string): string | undefined {
  return /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)(?:\/_history\/.*)?$/.exec(reference)?.[1]
}

/** Codes, codings, concepts, identifiers and telephone numbers as tokens. */
export function tokens(resource: Resource, places: Parameter['at']): Token[] {
  return found(resource, places).flatMap(tokensOf)
}

function tokensOf(value: Json): Token[] {
  if (typeof value === 'string') return [{ system: undefined, code: value }]
  if (typeof value === 'boolean') return [{ system: undefined, code: String(value) }]
  if (!isObject(value)) return []
  if (Array.isArray(value.coding)) return value.coding.flatMap(tokensOf)
  if (typeof value.system === 'string' && typeof value.value === 'string') {
    if (value.system === 'email' || value.system === 'url') return []
    if (!value.system.includes(':')) return [{ system: undefined, code: digits(value.value) }]
  }
  const code = value.code ?? value.value
  if (typeof code !== 'string') return []
  return [{ system: typeof value.system === 'string' ? value.system : undefined, code }]
}

/** A telephone number without its punctuation. */
export function digits(number: string): string {
  return number.replace(/\D/g, '')
}

const TEXT_PARTS = ['family', 'given', 'text', 'line', 'city', 'district', 'state'] as const
const MORE_PARTS = ['postalCode', 'country'] as const

/** Texts a string search may start with, folded; a name or address gives each of its parts. */
export function strings(resource: Resource, places: Parameter['at']): string[] {
  const all = found(resource, places).flatMap((value) => {
    if (!isObject(value)) return [value]
    return [...TEXT_PARTS, ...MORE_PARTS].flatMap((part) => at(value, [part]))
  })
  return all.flatMap((each) => (typeof each === 'string' ? withWords(fold(each)) : []))
}

function withWords(folded: string): string[] {
  return folded.includes(' ') ? [folded, ...folded.split(' ')] : [folded]
}

/** Lower case without accents. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Time ranges at the places; a period without an end is `open` there. */
export function ranges(
  resource: Resource,
  places: Parameter['at'],
  options: { readonly zone: Zone; readonly open: 'instant' | 'unbounded' },
): Range[] {
  return found(resource, places).flatMap((value) => {
    const range =
      typeof value === 'string'
        ? rangeOf(value, options.zone)
        : isObject(value)
          ? periodRange(value, options)
          : undefined
    return range === undefined ? [] : [range]
  })
}

function periodRange(
  period: JsonObject,
  { zone, open }: { readonly zone: Zone; readonly open: 'instant' | 'unbounded' },
): Range | undefined {
  const start = typeof period.start === 'string' ? rangeOf(period.start, zone) : undefined
  const end = typeof period.end === 'string' ? rangeOf(period.end, zone) : undefined
  if (start === undefined && end === undefined) return undefined
  const from = start?.from ?? Number.NEGATIVE_INFINITY
  if (end !== undefined) return { from, to: Math.max(end.to, from) }
  return { from, to: open === 'instant' ? (start?.to ?? from) : Number.POSITIVE_INFINITY }
}
