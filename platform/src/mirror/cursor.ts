// The place in a list from which a reader goes on, as opaque text bound to that list. It proves
// nothing about who may read: that is checked at every page anew.

import { isId } from '@chartway/codecs/fhir'
import { ChartwayError } from '../kernel/errors.ts'

/** Longer than any cursor of ours. */
const CURSOR_MAX = 500

export interface ListOf {
  readonly practice: string
  readonly type: string
  readonly patientId: string | undefined
}

export function cursorAfter(list: ListOf, id: string): string {
  return Buffer.from(JSON.stringify([...nameOf(list), id])).toString('base64url')
}

/** The id after which the list goes on. Throws CURSOR_INVALID when the cursor is of another list. */
export function idInCursor(list: ListOf, cursor: string): string {
  const parts = partsOf(cursor)
  const expected = nameOf(list)
  const id = parts[expected.length]
  if (
    parts.length !== expected.length + 1 ||
    expected.some((part, index) => part !== parts[index]) ||
    typeof id !== 'string' ||
    !isId(id)
  )
    throw new ChartwayError('CURSOR_INVALID')
  return id
}

function nameOf({ practice, type, patientId }: ListOf): readonly string[] {
  return ['1', practice, type, patientId ?? '']
}

function partsOf(cursor: string): readonly unknown[] {
  if (cursor.length > CURSOR_MAX) return []
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
