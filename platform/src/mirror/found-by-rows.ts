// Writes the rows by which resources are found without a patient, within the transaction of whoever
// writes the resources, and goes through a practice's older resources once. It reads no search.

import { isStoredResource, type Resource } from '@chartway/codecs/fhir'
import type { Row, TenantTx } from '../db/index.ts'
import { FOUND_BY, FOUND_BY_VERSION, type FoundByRow, foundByRows } from './found-by.ts'
import {
  CONTENTS_AFTER,
  FORGET_ALL_FOUND_BY,
  FORGET_FOUND_BY,
  FOUND_BY_LOCKED,
  PUT_FOUND_BY,
  SET_FOUND_BY,
} from './statements.ts'

/** Resources gone through together. */
const BATCH_MAX = 500
/** As the mirror's other sets of rows: one text a column, parted by what no value has. */
const PART = '\u0001'

function column(rows: readonly FoundByRow[], name: keyof FoundByRow): string {
  return rows.map((row) => row[name] ?? '').join(PART)
}

export function foundByWriter(tx: TenantTx, practice: string) {
  async function put(resources: readonly Resource[]): Promise<void> {
    const rows = resources.filter(isStoredResource).flatMap(foundByRows)
    if (rows.length === 0) return
    const names = ['type', 'id', 'n', 'parameter', 'value', 'low', 'high'] as const
    const columns = names.map((name) => column(rows, name))
    await tx.query(PUT_FOUND_BY, [tx.organization, practice, ...columns])
  }

  async function forget(
    resources: readonly { readonly type: string; readonly id: string }[],
  ): Promise<void> {
    const kept = resources.filter(({ type }) => type in FOUND_BY)
    if (kept.length === 0) return
    await tx.query(FORGET_FOUND_BY, [
      practice,
      kept.map(({ type }) => type).join(PART),
      kept.map(({ id }) => id).join(PART),
    ])
  }

  return { put, forget }
}

/**
 * Makes the rows of a practice that was mirrored before they were kept, or kept in another form. Holds
 * off the practice's writers until it is done; a practice that is up to date costs one statement.
 */
export async function goThroughOlder(tx: TenantTx, practice: string): Promise<void> {
  const [before] = await tx.query<{ found_by: number }>(FOUND_BY_LOCKED, [practice])
  if (before === undefined || before.found_by === FOUND_BY_VERSION) return
  await tx.query(FORGET_ALL_FOUND_BY, [practice])
  const { put } = foundByWriter(tx, practice)
  for (const type of Object.keys(FOUND_BY)) {
    let after = ''
    for (;;) {
      const found = await tx.query<ContentFound>(CONTENTS_AFTER, [practice, type, after, BATCH_MAX])
      await put(found.map(({ content }) => resourceOf(content)))
      const last = found.at(-1)
      if (last === undefined || found.length < BATCH_MAX) break
      after = last.id
    }
  }
  await tx.query(SET_FOUND_BY, [practice, FOUND_BY_VERSION])
}

/** Written by this room from a resource. */
function resourceOf(content: string): Resource {
  const resource: Resource = JSON.parse(content)
  return resource
}

interface ContentFound extends Row {
  readonly id: string
  readonly content: string
}
