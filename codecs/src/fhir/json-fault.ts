// Finds where a text stops being JSON (RFC 8259). It is asked only after JSON.parse refused, because an
// engine's own message quotes the text, and the text may be somebody's chart.

const SPACE = /[ \t\n\r]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** What may come next: a value, a value or `]`, a name or `}`, a name, a colon, a comma or the end. */
type Expect = 'value' | 'first-element' | 'first-name' | 'name' | 'colon' | 'after'

interface Scan {
  readonly text: string
  at: number
  expect: Expect
  /** Open brackets, outermost first. */
  readonly open: ('{' | '[')[]
}

/**
 * The offset in UTF-16 code units of the first character that cannot be part of one JSON value, the
 * text's length when it ends too early; undefined when it is JSON.
 */
export function jsonFault(text: string): number | undefined {
  const scan: Scan = { text, at: 0, expect: 'value', open: [] }
  for (;;) {
    skip(scan, SPACE)
    if (scan.expect === 'after' && scan.open.length === 0)
      return scan.at === text.length ? undefined : scan.at
    if (scan.at === text.length || !step(scan)) return scan.at
  }
}

function skip(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.at
  const length = pattern.exec(scan.text)?.[0].length
  scan.at += length ?? 0
  return length !== undefined
}

/** Takes one token; false when there is none that fits, with `at` on the fault. */
function step(scan: Scan): boolean {
  const character = scan.text.charAt(scan.at)
  switch (scan.expect) {
    case 'colon':
      return take(scan, character === ':', 'value')
    case 'after':
      return afterValue(scan, character)
    case 'first-name':
      return character === '}' ? close(scan) : name(scan)
    case 'name':
      return name(scan)
    case 'first-element':
      return character === ']' ? close(scan) : value(scan, character)
    case 'value':
      return value(scan, character)
  }
}

function take(scan: Scan, fits: boolean, next: Expect): boolean {
  if (!fits) return false
  scan.at += 1
  scan.expect = next
  return true
}

function close(scan: Scan): boolean {
  scan.open.pop()
  return take(scan, true, 'after')
}

function name(scan: Scan): boolean {
  scan.expect = 'colon'
  return string(scan)
}

/** By hand and not by one pattern, whose backtracking a string of megabytes would exhaust. */
function string(scan: Scan): boolean {
  if (scan.text.charAt(scan.at) !== '"') return false
  scan.at += 1
  while (scan.at < scan.text.length) {
    const character = scan.text.charAt(scan.at)
    if (character === '\\') {
      if (!skip(scan, ESCAPE)) return false
    } else if (character < ' ') return false
    else {
      scan.at += 1
      if (character === '"') return true
    }
  }
  return false
}

function afterValue(scan: Scan, character: string): boolean {
  const inside = scan.open.at(-1)
  if (character === (inside === '{' ? '}' : ']')) return close(scan)
  return take(scan, character === ',', inside === '{' ? 'name' : 'value')
}

function value(scan: Scan, character: string): boolean {
  if (character === '{' || character === '[') {
    scan.open.push(character)
    return take(scan, true, character === '{' ? 'first-name' : 'first-element')
  }
  scan.expect = 'after'
  if (character === '"') return string(scan)
  return skip(scan, SCALAR)
}
