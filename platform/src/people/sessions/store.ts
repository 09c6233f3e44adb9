// The table of sessions. What ends one is recorded in its own transaction.

import type { Database } from '../../db/index.ts'
import type { OrganizationId } from '../../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../../ledger/index.ts'
import { USER_COLUMNS, userOf } from '../accounts/store.ts'
import type { User } from '../types.ts'

const ROWS_MAX = 1_000

export interface SessionRow {
  readonly sessionId: string
  readonly secretHash: Uint8Array
  readonly user: User
  readonly source: string
  readonly createdAt: number
  readonly authenticatedAt: number
  readonly lastActiveAt: number
  readonly revoked: boolean
}

export interface NewSession {
  readonly sessionId: string
  readonly secretHash: Uint8Array
  readonly userId: string
  readonly source: string
  readonly at: number
}

type SessionFound = Parameters<typeof userOf>[0] & {
  readonly session_id: string
  readonly secret_hash: Uint8Array
  readonly source: string
  readonly begun_at: number
  readonly authenticated_at: number
  readonly last_active_at: number
  readonly revoked: boolean
}

const FOUND = `
  SELECT ${USER_COLUMNS}, s.session_id, s.secret_hash, s.source, s.created_at AS begun_at,
         s.authenticated_at, s.last_active_at, s.revoked_at IS NOT NULL AS revoked
    FROM sessions s JOIN users u USING (organization_id, user_id)
   WHERE s.organization_id = $1`

export type SessionStore = ReturnType<typeof createSessionStore>

export function createSessionStore(database: Database) {
  return {
    addSession: (
      organization: OrganizationId,
      { sessionId, secretHash, userId, source, at }: NewSession,
      event: AccessEvent,
    ) =>
      database.tenant(organization, async (tx) => {
        await tx.query(
          `INSERT INTO sessions (organization_id, session_id, secret_hash, user_id, source,
                                 created_at, authenticated_at, last_active_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6, $6)`,
          [organization, sessionId, secretHash, userId, source, at],
        )
        await appendAccess(tx, event)
      }),

    session: async (
      organization: OrganizationId,
      sessionId: string,
    ): Promise<SessionRow | undefined> => {
      const [row] = await database.statement<SessionFound>(
        organization,
        `${FOUND} AND s.session_id = $2`,
        [organization, sessionId],
      )
      return row && sessionOf(row)
    },

    /** Not revoked and active since `since`, begun since `begun`. */
    sessions: async (
      organization: OrganizationId,
      of: {
        readonly userId: string | undefined
        readonly begun: number
        readonly active: number
      },
    ): Promise<readonly SessionRow[]> => {
      const rows = await database.statement<SessionFound>(
        organization,
        `${FOUND} AND ($2::text IS NULL OR s.user_id = $2) AND s.revoked_at IS NULL
            AND s.created_at > $3 AND s.last_active_at > $4
          ORDER BY s.created_at DESC, s.session_id LIMIT $5`,
        [organization, of.userId ?? null, of.begun, of.active, ROWS_MAX],
      )
      return rows.map(sessionOf)
    },

    keepAwake: async (organization: OrganizationId, sessionId: string, at: number) => {
      await database.statement(
        organization,
        `UPDATE sessions SET last_active_at = greatest(last_active_at, $3)
          WHERE organization_id = $1 AND session_id = $2`,
        [organization, sessionId, at],
      )
    },

    confirmed: (
      organization: OrganizationId,
      sessionId: string,
      at: number,
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE sessions SET authenticated_at = $3, last_active_at = $3
            WHERE organization_id = $1 AND session_id = $2 AND revoked_at IS NULL
            RETURNING session_id`,
          [organization, sessionId, at],
        )
        if (rows.length > 0) await appendAccess(tx, event)
        return rows.length > 0
      }),

    /** False when there is none, or it is over, or not of `ofUser`; then nothing is recorded. */
    endSession: (
      organization: OrganizationId,
      session: { readonly sessionId: string; readonly ofUser: string | undefined },
      at: number,
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE sessions SET revoked_at = $4 WHERE organization_id = $1 AND session_id = $2
              AND revoked_at IS NULL AND ($3::text IS NULL OR user_id = $3) RETURNING session_id`,
          [organization, session.sessionId, session.ofUser ?? null, at],
        )
        if (rows.length > 0) await appendAccess(tx, event)
        return rows.length > 0
      }),
  }
}

function sessionOf(row: SessionFound): SessionRow {
  return {
    sessionId: row.session_id,
    secretHash: row.secret_hash,
    user: userOf(row),
    source: row.source,
    createdAt: row.begun_at,
    authenticatedAt: row.authenticated_at,
    lastActiveAt: row.last_active_at,
    revoked: row.revoked,
  }
}
