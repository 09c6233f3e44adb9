// The tables of accounts, invitations and failed proofs. Every write appends its event to the ledger in
// its own transaction. Envelopes pass through closed.

import type { Database, Row, TenantTx } from '../../db/index.ts'
import { assert } from '../../kernel/errors.ts'
import { type OrganizationId, practiceId } from '../../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../../ledger/index.ts'
import { isRole } from '../roles.ts'
import type { User } from '../types.ts'
import { FORGOTTEN_MS, type Slowed, waitMs } from './slowing.ts'

export type { Database } from '../../db/index.ts'

/** Rows of one list. */
const ROWS_MAX = 1_000
/** Counts of failures that one attempt clears away because they are too old. */
const CLEARED_MAX = 100

/** An account with its closed envelopes. */
export interface Account {
  readonly user: User
  readonly password: Uint8Array | undefined
  readonly totp: Uint8Array | undefined
}

export interface InvitationRow {
  readonly secretHash: Uint8Array
  readonly totp: Uint8Array | undefined
  readonly expiresAt: number
  readonly user: User
}

type UserFound = {
  readonly user_id: string
  readonly name: string
  readonly display_name: string
  readonly state: User['state']
  readonly roles: readonly string[]
  readonly practices: readonly string[] | null
  readonly sensitive: boolean
  readonly created_at: number
}

export const USER_COLUMNS =
  'u.user_id, u.name, u.display_name, u.state, u.roles, u.practices, u.sensitive, u.created_at'

export function userOf(row: UserFound): User {
  return {
    userId: row.user_id,
    name: row.name,
    displayName: row.display_name,
    state: row.state,
    roles: row.roles.filter(isRole),
    practices: row.practices?.flatMap((text) => practiceId(text) ?? []),
    sensitive: row.sensitive,
    createdAt: row.created_at,
  }
}

export type AccountStore = ReturnType<typeof createAccountStore>

export function createAccountStore(database: Database) {
  return { ...users(database), ...invitations(database), ...proofs(database) }
}

function users(database: Database) {
  return {
    addUser: (
      organization: OrganizationId,
      user: User,
      invitation: NewInvitation,
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `INSERT INTO users (organization_id, user_id, name, display_name, state, roles, practices,
                              sensitive, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (organization_id, name) DO NOTHING RETURNING user_id`,
          [organization, user.userId, user.name, user.displayName, user.state, ...grantOf(user)],
        )
        if (rows.length === 0) return false
        await invite(tx, user.userId, invitation)
        await appendAccess(tx, event)
        return true
      }),

    users: async (organization: OrganizationId): Promise<readonly User[]> => {
      const rows = await database.statement<UserFound>(
        organization,
        `SELECT ${USER_COLUMNS} FROM users u WHERE u.organization_id = $1 ORDER BY u.name LIMIT $2`,
        [organization, ROWS_MAX],
      )
      return rows.map(userOf)
    },

    account: async (
      organization: OrganizationId,
      by: { readonly userId: string } | { readonly name: string },
    ): Promise<Account | undefined> => {
      const [column, value] = 'userId' in by ? ['user_id', by.userId] : ['name', by.name]
      const [row] = await database.statement<UserFound & EnvelopesFound>(
        organization,
        `SELECT ${USER_COLUMNS}, u.password_envelope, u.totp_envelope FROM users u
          WHERE u.organization_id = $1 AND u.${column} = $2`,
        [organization, value],
      )
      if (row === undefined) return undefined
      const { password_envelope: password, totp_envelope: totp } = row
      return { user: userOf(row), password: password ?? undefined, totp: totp ?? undefined }
    },

    /**
     * One change of people at a time in an organization. `changed` gives what to store, or throws.
     */
    changeUser: (
      organization: OrganizationId,
      userId: string,
      changed: (user: User, of: Standing) => Changed,
    ): Promise<User | undefined> =>
      database.tenant(organization, async (tx) => {
        await lockPeople(tx)
        const user = await userIn(tx, userId)
        if (user === undefined) return undefined
        const [standing] = await tx.query<Standing & Row>(
          `SELECT (SELECT count(*) FROM users WHERE organization_id = $1 AND user_id <> $2
                      AND state = 'active' AND 'admin' = ANY (roles)) AS administrators,
                  EXISTS (SELECT FROM users WHERE organization_id = $1 AND user_id = $2
                             AND password_envelope IS NOT NULL) AS complete`,
          [organization, userId],
        )
        assert(standing !== undefined, 'a count is answered')
        const { next, ends, invitation, event } = changed(user, standing)
        await tx.query(
          `UPDATE users SET display_name = $3, state = $4, roles = $5, practices = $6, sensitive = $7
            WHERE organization_id = $1 AND user_id = $2`,
          [organization, userId, next.displayName, next.state, ...grantOf(next).slice(0, 3)],
        )
        if (invitation !== undefined) {
          await takeProofs(tx, userId)
          await invite(tx, userId, invitation)
        }
        if (ends !== undefined) await endSessions(tx, userId, ends)
        await appendAccess(tx, event)
        return next
      }),

    setPassword: (
      organization: OrganizationId,
      userId: string,
      password: Uint8Array,
      how: { readonly at: number; readonly keeps: string; readonly event: AccessEvent },
    ) =>
      database.tenant(organization, async (tx) => {
        await tx.query(
          'UPDATE users SET password_envelope = $3 WHERE organization_id = $1 AND user_id = $2',
          [organization, userId, password],
        )
        await endSessions(tx, userId, how.at, how.keeps)
        await appendAccess(tx, how.event)
      }),
  }
}

interface EnvelopesFound extends Row {
  readonly password_envelope: Uint8Array | null
  readonly totp_envelope: Uint8Array | null
}

/** How a change finds its user. */
interface Standing {
  /** Others who can go on managing people. */
  readonly administrators: number
  /** Has a password. */
  readonly complete: boolean
}

export interface Changed {
  readonly next: User
  /** Ends every session and token at this time. */
  readonly ends?: number
  /** Takes password and codes away. */
  readonly invitation?: NewInvitation
  readonly event: AccessEvent
}

export interface NewInvitation {
  readonly id: string
  readonly secretHash: Uint8Array
  readonly expiresAt: number
}

function grantOf(user: User): readonly unknown[] {
  return [user.roles, user.practices ?? null, user.sensitive, user.createdAt]
}

async function lockPeople(tx: TenantTx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    `people/${tx.organization}`,
  ])
}

async function userIn(tx: TenantTx, userId: string): Promise<User | undefined> {
  const [row] = await tx.query<UserFound>(
    `SELECT ${USER_COLUMNS} FROM users u WHERE u.organization_id = $1 AND u.user_id = $2`,
    [tx.organization, userId],
  )
  return row && userOf(row)
}

/** The last invitation alone is good. */
async function invite(tx: TenantTx, userId: string, made: NewInvitation): Promise<void> {
  const of = [tx.organization, userId]
  await tx.query('DELETE FROM invitations WHERE organization_id = $1 AND user_id = $2', of)
  await tx.query(
    `INSERT INTO invitations (organization_id, user_id, invitation_id, secret_hash, expires_at)
     VALUES ($1, $2, $3, $4, $5)`,
    [...of, made.id, made.secretHash, made.expiresAt],
  )
}

async function takeProofs(tx: TenantTx, userId: string): Promise<void> {
  const of = [tx.organization, userId]
  await tx.query(
    `UPDATE users SET password_envelope = NULL, totp_envelope = NULL
      WHERE organization_id = $1 AND user_id = $2`,
    of,
  )
  await tx.query('DELETE FROM recovery_codes WHERE organization_id = $1 AND user_id = $2', of)
}

/** Programs that the person let in are out with them. */
async function endSessions(tx: TenantTx, userId: string, at: number, keeps = ''): Promise<void> {
  await tx.query(
    `UPDATE sessions SET revoked_at = $3
      WHERE organization_id = $1 AND user_id = $2 AND revoked_at IS NULL AND session_id <> $4`,
    [tx.organization, userId, at, keeps],
  )
  await tx.query(
    `UPDATE oauth_grants SET revoked_at = $3
      WHERE organization_id = $1 AND user_id = $2 AND revoked_at IS NULL`,
    [tx.organization, userId, at],
  )
}

function invitations(database: Database) {
  return {
    invitation: async (
      organization: OrganizationId,
      id: string,
    ): Promise<InvitationRow | undefined> => {
      const [row] = await database.statement<
        UserFound & {
          readonly secret_hash: Uint8Array
          readonly totp_envelope: Uint8Array | null
          readonly expires_at: number
        }
      >(
        organization,
        `SELECT ${USER_COLUMNS}, i.secret_hash, i.totp_envelope, i.expires_at
           FROM invitations i JOIN users u USING (organization_id, user_id)
          WHERE i.organization_id = $1 AND i.invitation_id = $2`,
        [organization, id],
      )
      if (row === undefined) return undefined
      const { secret_hash: secretHash, totp_envelope: totp, expires_at: expiresAt } = row
      return { secretHash, totp: totp ?? undefined, expiresAt, user: userOf(row) }
    },

    showTotp: async (organization: OrganizationId, id: string, totp: Uint8Array) => {
      await database.statement(
        organization,
        'UPDATE invitations SET totp_envelope = $3 WHERE organization_id = $1 AND invitation_id = $2',
        [organization, id, totp],
      )
    },

    /** False when somebody else was quicker. */
    complete: (
      organization: OrganizationId,
      id: string,
      account: {
        readonly userId: string
        readonly password: Uint8Array
        readonly totp: Uint8Array
        readonly step: number
        readonly recovery: readonly Uint8Array[]
      },
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        const used = await tx.query(
          `DELETE FROM invitations WHERE organization_id = $1 AND invitation_id = $2 RETURNING user_id`,
          [organization, id],
        )
        if (used.length === 0) return false
        const { userId, password, totp, step, recovery } = account
        await tx.query(
          `UPDATE users SET state = 'active', password_envelope = $3, totp_envelope = $4, totp_step = $5
            WHERE organization_id = $1 AND user_id = $2`,
          [organization, userId, password, totp, step],
        )
        await tx.query(
          `INSERT INTO recovery_codes (organization_id, user_id, code_hash)
           SELECT $1, $2, unnest($3::bytea[])`,
          [organization, userId, recovery],
        )
        await appendAccess(tx, event)
        return true
      }),
  }
}

function proofs(database: Database) {
  return {
    /**
     * Counts an attempt as failed before it is looked at, so that many at once count as many; gives the
     * ms to wait when it is not to be looked at, and then does not count it.
     */
    attempt: (
      organization: OrganizationId,
      slowed: readonly Slowed[],
      at: number,
    ): Promise<number> =>
      database.tenant(organization, async (tx) => {
        await tx.query(
          `DELETE FROM sign_in_failures WHERE organization_id = $1 AND subject IN (
             SELECT subject FROM sign_in_failures WHERE organization_id = $1 AND last_at < $2
              LIMIT $3)`,
          [organization, at - FORGOTTEN_MS, CLEARED_MAX],
        )
        const subjects = slowed.map(({ subject }) => subject)
        await tx.query(
          `INSERT INTO sign_in_failures (organization_id, subject, failures, last_at)
           SELECT $1, unnest($2::bytea[]), 0, $3 ON CONFLICT DO NOTHING`,
          [organization, subjects, at],
        )
        const counts = await tx.query<{ n: number; failures: number; last_at: number }>(
          `SELECT array_position($2::bytea[], subject) AS n, failures, last_at FROM sign_in_failures
            WHERE organization_id = $1 AND subject = ANY ($2) ORDER BY subject FOR UPDATE`,
          [organization, subjects],
        )
        const waits = counts.map(({ n, failures, last_at: lastAt }) => {
          const one = slowed[n - 1]
          assert(one !== undefined, 'a count is of what was asked')
          return lastAt + waitMs(one, failures) - at
        })
        const wait = Math.max(0, ...waits)
        if (wait > 0) return wait
        await tx.query(
          `UPDATE sign_in_failures SET failures = failures + 1, last_at = $3
            WHERE organization_id = $1 AND subject = ANY ($2)`,
          [organization, subjects, at],
        )
        return 0
      }),

    /** A proof was right: its counts begin anew, but for those of the source, which others share. */
    succeeded: async (organization: OrganizationId, slowed: readonly Slowed[]): Promise<void> => {
      const [pair, account, source] = slowed.map(({ subject }) => subject)
      await database.tenant(organization, async (tx) => {
        await tx.query(
          'DELETE FROM sign_in_failures WHERE organization_id = $1 AND subject IN ($2, $3)',
          [organization, pair, account],
        )
        await tx.query(
          `UPDATE sign_in_failures SET failures = greatest(0, failures - 1)
            WHERE organization_id = $1 AND subject = $2`,
          [organization, source],
        )
      })
    },

    /** False when a code of this step or of a later one was used before. */
    useStep: async (
      organization: OrganizationId,
      userId: string,
      step: number,
    ): Promise<boolean> => {
      const rows = await database.statement(
        organization,
        `UPDATE users SET totp_step = $3 WHERE organization_id = $1 AND user_id = $2
            AND (totp_step IS NULL OR totp_step < $3) RETURNING user_id`,
        [organization, userId, step],
      )
      return rows.length > 0
    },

    /** False when there is no such code, or it was used. */
    useRecoveryCode: async (
      organization: OrganizationId,
      userId: string,
      codeHash: Uint8Array,
    ): Promise<boolean> => {
      const rows = await database.statement(
        organization,
        `DELETE FROM recovery_codes
          WHERE organization_id = $1 AND user_id = $2 AND code_hash = $3 RETURNING user_id`,
        [organization, userId, codeHash],
      )
      return rows.length > 0
    },
  }
}
