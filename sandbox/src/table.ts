// Reads the sandbox's committed tables into exact types. It checks shapes and says where a table is
// wrong; it knows no table's meaning.

/** A value as `JSON.parse` gives it, seen from outside. */
export type Cell = unknown

/** Throws a TypeError naming `where` unless `value` is an object. */
export function record(value: Cell, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return asRecord(value)
  throw new TypeError(`${where}: an object is needed`)
}

/** Throws a TypeError naming `where` unless `value` is a list. */
export function list(value: Cell, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError(`${where}: a list is needed`)
}

/** Throws a TypeError naming `where` unless `value` is text. */
export function text(value: Cell, where: string): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${where}: a text is needed`)
}

export function texts(value: Cell, where: string): readonly string[] {
  return list(value, where).map((each, index) => text(each, `${where}[${index}]`))
}

/** Throws a TypeError naming `where` unless `value` is one of `allowed`. */
export function oneOf<T extends string>(value: Cell, allowed: readonly T[], where: string): T {
  const found = allowed.find((each) => each === value)
  if (found === undefined) throw new TypeError(`${where}: one of ${allowed.join(', ')} is needed`)
  return found
}

function asRecord(value: object): Readonly<Record<string, unknown>> {
  return value as Readonly<Record<string, unknown>>
}
