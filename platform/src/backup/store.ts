// Where backups meet the database: a snapshot to read, an empty one to fill, and the marks that a
// restore leaves in it: nothing goes out, and the ledger says so.

import { type Dump, type Load, migrate, openDump, openLoad, type Shape } from '../db/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { organizationId } from '../kernel/ids.ts'
import { appendAccess } from '../ledger/index.ts'

export type { Dump, Load }

/** Whose database, as the owner of its tables. */
export interface Place {
  readonly url: string
  readonly clock: Clock
}

export function snapshotOf(place: Place, snapshot: string | undefined): Promise<Dump> {
  return openDump({ ...place, snapshot })
}

export function emptyPlace(place: Place, shape: Shape): Promise<Load> {
  return openLoad({ ...place, shape })
}

/** Holds every organization's outbound calls and records it; in the transaction of the load. */
export async function holdAll(
  load: Load,
  mark: { readonly at: number; readonly asOf: number; readonly actor: string },
): Promise<number> {
  const held = await load.query<{ organization_id: string }>(
    `UPDATE organizations SET held_at = $1, held_because = 'restore', held_as_of = $2
      RETURNING organization_id`,
    [mark.at, mark.asOf],
  )
  for (const row of held) {
    const organization = organizationId(row.organization_id)
    if (organization === undefined) continue
    await appendAccess(
      { organization, query: load.query },
      {
        at: mark.at,
        actor: mark.actor,
        action: 'installation.restore',
        outcome: 'success',
        details: { asOf: new Date(mark.asOf).toISOString() },
      },
    )
  }
  return held.length
}

/** Brings what was restored to this version's schema. */
export async function bringUpToDate(place: Place): Promise<readonly string[]> {
  return migrate(place)
}
