// Forms and queries of the OAuth face as maps. A parameter that is there twice makes the whole of it
// unreadable (RFC 6749, section 3.1), so that nobody reads another one than we do.

const PARAMETERS_MAX = 50

export type Form = ReadonlyMap<string, string>

/** Undefined when it is no form, is too long, or names a parameter twice. */
export function formIn(text: unknown): Form | undefined {
  if (typeof text !== 'string') return undefined
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name) || form.size >= PARAMETERS_MAX) return undefined
    form.set(name, value)
  }
  return form
}

/** The query of a request's address, without its question mark. */
export function queryOf(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at + 1)
}
