// Looks for canaries in whatever a system leaves behind: as they are, in other cases, and in the forms in
// which programs carry text (URL, base64, hexadecimal, JSON escapes, split by a space or a dash).

export interface Leak {
  /** Where: the name of the artefact, and the position in it; never the line itself. */
  readonly at: string
  readonly form: string
}

const CANARY = /zq[0-9a-z]+k[0-9a-z]{4,}vx|508999\d{4}/g

export interface Found {
  readonly leaks: readonly Leak[]
  readonly characters: number
}

/** `known`: the canaries that exist, so that a text which only looks like one does not count. */
export function leaksIn(name: string, text: string, known: ReadonlySet<string>): Found {
  const leaks: Leak[] = []
  for (const [form, shown] of formsOf(text))
    for (const match of shown.matchAll(CANARY))
      if (known.has(match[0])) leaks.push({ at: `${name}:${match.index}`, form })
  return { leaks, characters: text.length }
}

/** Ids in a text, as they are. */
export function idsIn(name: string, text: string, ids: ReadonlySet<string>): readonly Leak[] {
  return [...text.toLowerCase().matchAll(/zq[pr]\d{34}/g)]
    .filter((match) => ids.has(match[0]))
    .map((match) => ({ at: `${name}:${match.index}`, form: 'id' }))
}

/** The texts that a reader of this one could make of it. */
function formsOf(text: string): readonly (readonly [string, string])[] {
  const lower = text.toLowerCase()
  return [
    ['as it is', lower],
    ['split', lower.replaceAll(/[\s\-_.]+/g, '')],
    ['URL', decodedUrl(text).toLowerCase()],
    ['JSON', text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => code(hex)).toLowerCase()],
    ...pieces(text, /[A-Za-z0-9+/_-]{12,}={0,2}/g).flatMap((piece) =>
      shifted(piece).map((one) => ['base64', base64(one)] as const),
    ),
    ...pieces(text, /(?:[0-9a-f]{2}){8,}/gi).map(
      (piece) =>
        ['hexadecimal', Buffer.from(piece, 'hex').toString('latin1').toLowerCase()] as const,
    ),
  ]
}

function pieces(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([piece]) => piece)
}

/** A canary may begin at any of three places in a group of four. */
function shifted(piece: string): readonly string[] {
  return [piece, piece.slice(1), piece.slice(2), piece.slice(3)]
}

function base64(piece: string): string {
  return Buffer.from(piece.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
    .toString('latin1')
    .toLowerCase()
}

function decodedUrl(text: string): string {
  return text.replaceAll('+', ' ').replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => code(hex))
}

function code(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}
