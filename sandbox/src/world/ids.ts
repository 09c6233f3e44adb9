// Ids as the vendor's samples show them: opaque, 43 or 64 characters of [A-Za-z0-9.-], with a prefix
// common to the tenant. Nothing can be read out of them.

import { apuOf } from '../practice-code.ts'
import type { Random } from '../random.ts'
import { SYSTEM } from './shapes.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const PREFIX_LENGTH = 11
/** Seen with 43 characters; AllergyIntolerance has both lengths. [P] */
const SHORT: ReadonlySet<string> = new Set(['Patient', 'Practitioner', 'Location', 'Device'])
/** Share of ids with dots or dashes: that they occur is known, how often is a guess. [G] */
const DOTTED_SHARE = 0.15

export interface Ids {
  /** A new id for a resource of `type`. */
  next(type: string): string
}

export function createIds(random: Random): Ids {
  const prefix = random.text(PREFIX_LENGTH, ALPHABET)
  return {
    next(type) {
      const isShort = SHORT.has(type) || (type === 'AllergyIntolerance' && random.chance(0.4))
      const tail = random.text((isShort ? 43 : 64) - PREFIX_LENGTH, ALPHABET)
      if (!random.chance(DOTTED_SHARE)) return prefix + tail
      return `${prefix}${tail.slice(0, 8)}.${tail.slice(9, 20)}-${tail.slice(21)}`
    },
  }
}

/** The practice's OID: the vendor's arc and the practice's numeric id. Vanity codes get a made-up one. */
export function practiceOid(code: string): string {
  const madeUp = [...code].reduce((n, c) => (n * 31 + c.charCodeAt(0)) % 900_000, 7) + 100_000
  return `${SYSTEM.vendor}.${apuOf(code) ?? madeUp}`
}
