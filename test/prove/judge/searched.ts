// What a FHIR search should find in a set of records, worked out from the records alone by a reading of
// the specification of its own. Small on purpose: the searches of a checklist and no others.

export type Value = Readonly<Record<string, unknown>>

/** A checklist's search parameter: where it looks and at what. */
export interface Definition {
  readonly paths: readonly string[]
  readonly type: string
  readonly comparators?: Readonly<Record<string, string>>
  readonly multiple_or?: string
  readonly chain?: readonly { readonly chain: string; readonly expectation: string }[]
}

export function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Everything at a path of a checklist; a choice of types by its stem, an extension by its URL. */
export function valuesAt(resource: unknown, path: string): unknown[] {
  const steps = path.match(/[A-Za-z]+(?:\.where\([^)]*\))?/g) ?? []
  let found: unknown[] = [resource]
  for (const step of steps) found = found.flatMap((value) => below(value, step))
  return found
}

function below(value: unknown, step: string): unknown[] {
  if (!isValue(value)) return []
  const [name = '', condition] = step.split('.where(')
  const url = /url\s*=\s*'([^']*)'/.exec(condition ?? '')?.[1]
  const exact = value[name]
  const chosen =
    exact === undefined
      ? Object.entries(value).flatMap(([key, member]) =>
          new RegExp(`^${name}[A-Z]`).test(key) ? [member] : [],
        )
      : [exact]
  const members = chosen.flatMap((member) => (Array.isArray(member) ? member : [member]))
  return url === undefined
    ? members
    : members.filter((member) => isValue(member) && member.url === url)
}

/** A value to search for, and which records it should find. */
export interface Term {
  readonly text: string
  readonly finds: (resource: Value) => boolean
}

/** Searches for what a record has at a parameter; empty when it has nothing that can be searched for. */
export function termsOf(name: string, definition: Definition, resource: Value): Term[] {
  const values = definition.paths.flatMap((path) => valuesAt(resource, path))
  const at = (other: Value) => definition.paths.flatMap((path) => valuesAt(other, path))
  const found = values.flatMap((value) => textsOf(name, definition.type, value))
  return found.map(({ text, same }) => ({ text, finds: (other) => at(other).some(same) }))
}

interface Same {
  readonly text: string
  readonly same: (value: unknown) => boolean
}

function textsOf(name: string, type: string, value: unknown): Same[] {
  if (name === '_id') return [{ text: String(value), same: (other) => other === value }]
  if (type === 'Reference') return referenceTexts(value)
  if (isMoment(value) && /date|period|instant/i.test(type)) return dateTexts(value)
  if (type === 'CodeableConcept' || type === 'Coding' || type === 'Identifier') return tokens(value)
  if (type === 'code') return [{ text: String(value), same: (other) => other === value }]
  if (type === 'canonical') return [{ text: String(value), same: (other) => other === value }]
  return stringTexts(value)
}

/** Both forms that a client may use for what is held here. */
function referenceTexts(value: unknown): Same[] {
  const reference = isValue(value) ? value.reference : undefined
  if (typeof reference !== 'string' || !/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/.test(reference))
    return []
  const same = (other: unknown) => isValue(other) && other.reference === reference
  return [reference, reference.split('/')[1] ?? ''].map((text) => ({ text, same }))
}

function tokens(value: unknown): Same[] {
  const codings = codingsOf(value)
  return codings.flatMap(({ system, code }) => {
    const withSystem = (other: unknown) =>
      codingsOf(other).some((one) => one.code === code && one.system === system)
    const anySystem = (other: unknown) => codingsOf(other).some((one) => one.code === code)
    const bare = { text: escaped(code), same: anySystem }
    return system === ''
      ? [bare]
      : [{ text: `${escaped(system)}|${escaped(code)}`, same: withSystem }, bare]
  })
}

function codingsOf(value: unknown): { readonly system: string; readonly code: string }[] {
  if (!isValue(value)) return []
  if (Array.isArray(value.coding)) return value.coding.flatMap(codingsOf)
  const code = value.code ?? value.value
  if (typeof code !== 'string') return []
  return [{ system: typeof value.system === 'string' ? value.system : '', code }]
}

function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&')
}

/** The beginning of a name or an address in other letters: a search passes over case. */
function stringTexts(value: unknown): Same[] {
  const parts = partsOf(value)
  const [chosen] = parts.filter((part) => /^[A-Za-z][A-Za-z ]+$/.test(part))
  if (chosen === undefined) return []
  const text = chosen.slice(0, 4).toLowerCase().trim()
  return [
    { text, same: (other) => partsOf(other).some((part) => part.toLowerCase().startsWith(text)) },
  ]
}

function partsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(partsOf)
  if (!isValue(value)) return []
  const { use: _use, type: _type, period: _period, extension: _extension, ...rest } = value
  return Object.entries(rest).flatMap(([key, part]) => (key.startsWith('_') ? [] : partsOf(part)))
}

/** A day, an instant or a period as epoch ms, from and to before; dates without a zone in UTC. */
export function spanOf(value: unknown): readonly [number, number] | undefined {
  if (typeof value === 'string') return spanOfText(value)
  if (!isValue(value)) return undefined
  const start = typeof value.start === 'string' ? spanOfText(value.start) : undefined
  const end = typeof value.end === 'string' ? spanOfText(value.end) : undefined
  if (start === undefined && end === undefined) return undefined
  return [start?.[0] ?? -Infinity, end?.[1] ?? Infinity]
}

function spanOfText(text: string): readonly [number, number] | undefined {
  const parts = /^(\d{4})(-\d\d)?(-\d\d)?(T.*)?$/.exec(text)
  if (parts === null) return undefined
  const [, year = '', month, day, time] = parts
  if (time !== undefined) {
    const at = Date.parse(text)
    const width = /\.\d+/.test(time) ? 1 : /:\d\d:\d\d/.test(time) ? 1000 : 60_000
    return Number.isNaN(at) ? undefined : [at, at + width]
  }
  const [y, m, d] = [Number(year), Number(month?.slice(1) ?? 1) - 1, Number(day?.slice(1) ?? 1)]
  const end =
    month === undefined
      ? Date.UTC(y + 1, 0, 1)
      : day === undefined
        ? Date.UTC(y, m + 1, 1)
        : Date.UTC(y, m, d + 1)
  return [Date.UTC(y, m, d), end]
}

function isMoment(value: unknown): boolean {
  return spanOf(value) !== undefined
}

/** The day in UTC on which it begins; searched with every prefix by `dated`. */
function dateTexts(value: unknown): Same[] {
  const [low] = spanOf(value) ?? []
  if (low === undefined || !Number.isFinite(low)) return []
  const text = new Date(low).toISOString().slice(0, 10)
  return [{ text, same: (other) => isDated('eq', text, other) }]
}

/** FHIR R4, search.html, the table of prefixes: the searched span against the record's. */
export function isDated(prefix: string, text: string, value: unknown): boolean {
  const searched = spanOfText(text)
  const span = spanOf(value)
  if (searched === undefined || span === undefined) return false
  const [from, to] = searched
  const [low, high] = span
  const within = from <= low && high <= to
  if (prefix === 'eq') return within
  if (prefix === 'gt') return high > to
  if (prefix === 'lt') return low < from
  if (prefix === 'ge') return within || high > to
  return within || low < from
}
