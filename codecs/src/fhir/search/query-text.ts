// The text of a query as pairs of names and values, and a value as its parts: percent escapes after
// RFC 3986 and the form encoding, FHIR's own escapes after search.html 3.1.1.4.2. It knows no parameter.

export type Pair = readonly [name: string, value: string]

/** Pairs in one query; a search of ours has a dozen. */
export const PAIRS_MAX = 100

/** Undefined when an escape is broken or there are more than `PAIRS_MAX`. */
export function readPairs(query: string): readonly Pair[] | undefined {
  const pieces = query.split('&').filter((piece) => piece !== '')
  if (pieces.length > PAIRS_MAX) return undefined
  const pairs: Pair[] = []
  for (const piece of pieces) {
    const at = piece.indexOf('=')
    const name = decoded(at === -1 ? piece : piece.slice(0, at))
    const value = decoded(at === -1 ? '' : piece.slice(at + 1))
    if (name === undefined || value === undefined) return undefined
    pairs.push([name, value])
  }
  return pairs
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** Parts at a character that is not escaped; the escapes stay in the parts. */
export function splitAt(text: string, separator: ',' | '|' | '$'): string[] {
  const parts: string[] = []
  let part = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    if (char === '\\' && index + 1 < text.length) {
      part += char + (text[index + 1] ?? '')
      index += 1
    } else if (char === separator) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
}

/** `\,` `\|` `\$` and `\\` stand for what follows; another backslash stands for itself. */
export function unescaped(text: string): string {
  return text.replace(/\\([,|$\\])/g, '$1')
}
