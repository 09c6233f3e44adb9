// The version of this program, as its package says.

import { readFileSync } from 'node:fs'

// From src/kernel and from dist/kernel alike.
const PACKAGE = new URL('../../package.json', import.meta.url)

export function ownVersion(): string {
  const read: unknown = JSON.parse(readFileSync(PACKAGE, 'utf8'))
  if (typeof read === 'object' && read !== null && 'version' in read) return String(read.version)
  return 'unknown'
}
