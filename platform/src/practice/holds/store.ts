// Holds in the database: columns of the organization's row, which a restore has set and an operator
// clears. Clearing is recorded in the same transaction.

import type { Database } from '../../db/index.ts'
import { type OrganizationId, organizationId } from '../../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../../ledger/index.ts'
import type { Hold } from '../types.ts'

export type { Database }

type HoldRow = { readonly held_at: number; readonly held_as_of: number }

const ONE = `SELECT held_at, held_as_of FROM organizations
  WHERE organization_id = $1 AND held_at IS NOT NULL`
const ANY = `SELECT held_at, held_as_of FROM organizations
  WHERE held_at IS NOT NULL ORDER BY held_at LIMIT 1`
const HELD = `SELECT organization_id FROM organizations WHERE held_at IS NOT NULL ORDER BY 1`
// The row's values before they are cleared are those of `old`.
const RELEASE = `
  UPDATE organizations AS held SET held_at = NULL, held_because = NULL, held_as_of = NULL
    FROM (SELECT organization_id, held_at, held_as_of FROM organizations
           WHERE organization_id = $1 AND held_at IS NOT NULL) AS old
   WHERE held.organization_id = old.organization_id AND held.held_at IS NOT NULL
  RETURNING old.held_at, old.held_as_of`

export type HoldStore = ReturnType<typeof createHoldStore>

export function createHoldStore(database: Database) {
  return {
    one: async (organization: OrganizationId): Promise<Hold | undefined> =>
      toHold(await database.statement<HoldRow>(organization, ONE, [organization])),
    any: async (): Promise<Hold | undefined> =>
      toHold(await database.system((tx) => tx.query<HoldRow>(ANY))),
    held: async (): Promise<readonly OrganizationId[]> => {
      const rows = await database.system((tx) => tx.query<{ organization_id: string }>(HELD))
      return rows.flatMap((row) => organizationId(row.organization_id) ?? [])
    },
    release: (organization: OrganizationId, event: AccessEvent): Promise<Hold | undefined> =>
      database.tenant(organization, async (tx) => {
        const hold = toHold(await tx.query<HoldRow>(RELEASE, [organization]))
        if (hold !== undefined) await appendAccess(tx, event)
        return hold
      }),
  }
}

function toHold([row]: readonly HoldRow[]): Hold | undefined {
  return row && { since: row.held_at, asOf: row.held_as_of }
}
