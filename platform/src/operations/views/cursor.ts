// The place in a list of unified objects from which a reader goes on: opaque text, bound to the list's
// object, practice and filters. It gives no right to read anything.

import { createHash } from 'node:crypto'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Place } from '../../mirror/index.ts'

/** Which list: a short digest of its name and filters. */
export function listName(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
}

export function cursorAt(list: string, { id, changedSeenAt }: Place): string {
  return Buffer.from(JSON.stringify(['v1', list, id, changedSeenAt])).toString('base64url')
}

/** Throws CURSOR_INVALID when it is not of this list. */
export function placeIn(list: string, cursor: string): Place {
  const [form, name, id, changedSeenAt] = partsOf(cursor)
  const fits =
    form === 'v1' && name === list && typeof id === 'string' && typeof changedSeenAt === 'number'
  if (!fits || !/^[A-Za-z0-9.-]{1,64}$/.test(id) || !Number.isSafeInteger(changedSeenAt))
    throw new ChartwayError('CURSOR_INVALID', { details: { position: 'cursor' } })
  return { id, changedSeenAt }
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
