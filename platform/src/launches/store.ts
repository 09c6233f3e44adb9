// The table of launches. Envelopes pass through closed; what changes a launch is recorded in its own
// transaction.

import type { Database, TenantTx } from '../db/index.ts'
import { assert, type ErrorCode } from '../kernel/errors.ts'
import { type OrganizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../ledger/index.ts'
import type { LaunchKind, PersonTokens } from '../pathways/contract.ts'
import type { Launch, LaunchQuery } from './types.ts'

export type { Database } from '../db/index.ts'

/** Launches begun at one practice within a minute: more would eat its calls. */
export const BEGUN_A_MINUTE_MAX = 30
const MINUTE_MS = 60_000
/** What is over is kept so long, to be looked at. */
const KEEP_MS = 90 * 86_400_000
/** How long after its time an answer may still be under way to the vendor. */
const GRACE_MS = 600_000
/** Rows that one beginning clears away at most. */
const CLEARED_MAX = 200

/** A launch with what only this room sees. */
export interface HeldLaunch extends Launch {
  readonly phase: 'begun' | 'redeeming' | 'active' | 'needs-launch' | 'ended'
  readonly answerUntil: number
  readonly ticketHash: Uint8Array | undefined
  readonly stateHash: Uint8Array | undefined
  readonly browserHash: Uint8Array | undefined
  readonly pendingEnvelope: Uint8Array | undefined
  readonly tokensEnvelope: Uint8Array | undefined
  readonly refreshes: number
  readonly refreshSince: number | undefined
}

export interface NewLaunch {
  readonly ref: PracticeRef
  readonly launchId: string
  readonly kind: LaunchKind
  readonly startedBy: string | undefined
  readonly scopes: readonly string[]
  readonly begunAt: number
  readonly answerUntil: number
  readonly ticketHash: Uint8Array | undefined
}

/** What is remembered of a browser that was sent on its way. */
export interface Awaited {
  readonly stateHash: Uint8Array
  readonly browserHash: Uint8Array
  readonly pendingEnvelope: Uint8Array
}

type Key = { readonly ref: PracticeRef; readonly launchId: string }

const COLUMNS = `practice_id, launch_id, kind, state, started_by, begun_at, answer_until, ticket_hash,
  state_hash, browser_hash, pending_envelope, scopes, completed_at, person, patient_id, encounter_id,
  needs_banner, tokens_envelope, refreshes, refreshable, access_expires_at, refresh_since, ended_at, code`

type LaunchRow = {
  readonly practice_id: string
  readonly launch_id: string
  readonly kind: LaunchKind
  readonly state: HeldLaunch['phase']
  readonly started_by: string | null
  readonly begun_at: number
  readonly answer_until: number
  readonly ticket_hash: Uint8Array | null
  readonly state_hash: Uint8Array | null
  readonly browser_hash: Uint8Array | null
  readonly pending_envelope: Uint8Array | null
  readonly scopes: readonly string[]
  readonly completed_at: number | null
  readonly person: string | null
  readonly patient_id: string | null
  readonly encounter_id: string | null
  readonly needs_banner: boolean
  readonly tokens_envelope: Uint8Array | null
  readonly refreshes: number
  readonly refreshable: boolean
  readonly access_expires_at: number | null
  readonly refresh_since: number | null
  readonly ended_at: number | null
  readonly code: ErrorCode | null
}

export type LaunchStore = ReturnType<typeof createStore>

export function createStore(database: Database) {
  return { ...beginning(database), ...reading(database), ...holding(database) }
}

function beginning(database: Database) {
  return {
    /** False when too many were begun there within the last minute; then nothing is stored. */
    begin: (
      launch: NewLaunch,
      awaited: Awaited | undefined,
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(launch.ref.organization, async (tx) => {
        const { organization, practice } = launch.ref
        await clearAway(tx, launch.begunAt)
        const [begun] = await tx.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM launches
            WHERE organization_id = $1 AND practice_id = $2 AND begun_at > $3`,
          [organization, practice, launch.begunAt - MINUTE_MS],
        )
        if ((begun?.count ?? 0) >= BEGUN_A_MINUTE_MAX) return false
        await tx.query(
          `INSERT INTO launches (organization_id, practice_id, launch_id, kind, state, started_by,
                                 begun_at, answer_until, ticket_hash, state_hash, browser_hash,
                                 pending_envelope, scopes)
           VALUES ($1, $2, $3, $4, 'begun', $5, $6, $7, $8, $9, $10, $11, $12)`,
          [
            ...[organization, practice, launch.launchId, launch.kind, launch.startedBy ?? null],
            ...[launch.begunAt, launch.answerUntil, launch.ticketHash ?? null],
            ...[awaited?.stateHash ?? null, awaited?.browserHash ?? null],
            ...[awaited?.pendingEnvelope ?? null, launch.scopes],
          ],
        )
        await appendAccess(tx, event)
        return true
      }),
    /** The link is used up, and the answer awaited. False when it was used before. */
    depart: async ({ ref, launchId }: Key, ticketHash: Uint8Array, awaited: Awaited) => {
      const rows = await database.statement(
        ref.organization,
        `UPDATE launches SET ticket_hash = NULL, state_hash = $5, browser_hash = $6,
                pending_envelope = $7
          WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3 AND state = 'begun'
            AND ticket_hash = $4 RETURNING launch_id`,
        [
          ...[ref.organization, ref.practice, launchId, ticketHash],
          ...[awaited.stateHash, awaited.browserHash, awaited.pendingEnvelope],
        ],
      )
      return rows.length > 0
    },
    /** Uses the state up. False when it was used before. */
    redeem: async ({ ref, launchId }: Key, stateHash: Uint8Array) => {
      const rows = await database.statement(
        ref.organization,
        `UPDATE launches SET state = 'redeeming', state_hash = NULL, browser_hash = NULL,
                pending_envelope = NULL
          WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3 AND state = 'begun'
            AND state_hash = $4 RETURNING launch_id`,
        [ref.organization, ref.practice, launchId, stateHash],
      )
      return rows.length > 0
    },
    complete: (
      { ref, launchId }: Key,
      tokens: PersonTokens,
      stored: { readonly envelope: Uint8Array; readonly at: number },
      event: AccessEvent,
    ): Promise<HeldLaunch | undefined> =>
      database.tenant(ref.organization, async (tx) => {
        const [row] = await tx.query<LaunchRow>(
          `UPDATE launches SET state = 'active', completed_at = $4, scopes = $5, person = $6,
                  patient_id = $7, encounter_id = $8, needs_banner = $9, tokens_envelope = $10,
                  refreshable = $11, access_expires_at = $12
            WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3
              AND state = 'redeeming' RETURNING ${COLUMNS}`,
          [
            ...[ref.organization, ref.practice, launchId, stored.at, tokens.scopes],
            ...[tokens.person ?? null, tokens.patient ?? null, tokens.encounter ?? null],
            ...[tokens.needsBanner, stored.envelope, tokens.refreshToken !== undefined],
            tokens.expiresAt,
          ],
        )
        if (row !== undefined) await appendAccess(tx, event)
        return row && launchOf(ref.organization, row)
      }),
  }
}

/** What was never completed, and what is long over. */
async function clearAway(tx: TenantTx, now: number): Promise<void> {
  await tx.query(
    `DELETE FROM launches WHERE (organization_id, launch_id) IN (
       SELECT organization_id, launch_id FROM launches
        WHERE organization_id = $1
          AND ((state IN ('begun', 'redeeming') AND answer_until < $2 - $3::bigint)
            OR (state IN ('ended', 'needs-launch') AND coalesce(ended_at, begun_at) < $4))
        LIMIT $5)`,
    [tx.organization, now, GRACE_MS, now - KEEP_MS, CLEARED_MAX],
  )
}

function reading(database: Database) {
  return {
    /** By the id alone, which is its organization's own. */
    find: async (organization: OrganizationId, launchId: string) => {
      const [row] = await database.statement<LaunchRow>(
        organization,
        `SELECT ${COLUMNS} FROM launches WHERE organization_id = $1 AND launch_id = $2`,
        [organization, launchId],
      )
      return row && launchOf(organization, row)
    },
    list: async (ref: PracticeRef, { patient, limit }: LaunchQuery) => {
      const rows = await database.statement<LaunchRow>(
        ref.organization,
        `SELECT ${COLUMNS} FROM launches
          WHERE organization_id = $1 AND practice_id = $2
            AND ($3::text IS NULL OR patient_id IS NULL OR patient_id = $3)
          ORDER BY begun_at DESC, launch_id LIMIT $4`,
        [ref.organization, ref.practice, patient ?? null, limit],
      )
      return rows.map((row) => launchOf(ref.organization, row))
    },
  }
}

function holding(database: Database) {
  return {
    /** True for the one caller that may refresh now: none does yet, and nobody has since. */
    claimRefresh: async (
      { ref, launchId }: Key,
      { claim, refreshes, at }: { claim: string; refreshes: number; at: number },
    ) => {
      const rows = await database.statement(
        ref.organization,
        `UPDATE launches SET refresh_claim = $4, refresh_since = $6
          WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3 AND state = 'active'
            AND refresh_claim IS NULL AND refreshes = $5 RETURNING launch_id`,
        [ref.organization, ref.practice, launchId, claim, refreshes, at],
      )
      return rows.length > 0
    },
    /** Somebody else may try: the refresh token was not shown, or refused for another reason. */
    releaseRefresh: async ({ ref, launchId }: Key, claim: string) => {
      await database.statement(
        ref.organization,
        `UPDATE launches SET refresh_claim = NULL, refresh_since = NULL
          WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3
            AND refresh_claim = $4`,
        [ref.organization, ref.practice, launchId, claim],
      )
    },
    /** Keeps what a refresh gave. False when the launch is over by now. */
    refreshed: (
      { ref, launchId }: Key,
      tokens: PersonTokens,
      stored: { readonly envelope: Uint8Array; readonly claim: string },
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(ref.organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE launches SET tokens_envelope = $5, scopes = $6, access_expires_at = $7,
                  refreshable = $8, refreshes = refreshes + 1, refresh_claim = NULL,
                  refresh_since = NULL
            WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3
              AND refresh_claim = $4 AND state = 'active' RETURNING launch_id`,
          [
            ...[ref.organization, ref.practice, launchId, stored.claim, stored.envelope],
            ...[tokens.scopes, tokens.expiresAt, tokens.refreshToken !== undefined],
          ],
        )
        if (rows.length > 0) await appendAccess(tx, event)
        return rows.length > 0
      }),
    /**
     * Takes the tokens away. `from`: what it must be until then, and after how many refreshes; false
     * when it is not, and then nothing is recorded.
     */
    leave: (
      { ref, launchId }: Key,
      to: { readonly state: 'needs-launch' | 'ended'; readonly code: ErrorCode | undefined },
      from: { readonly states: readonly HeldLaunch['phase'][]; readonly refreshes?: number },
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(ref.organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE launches SET state = $4, code = $5, ended_at = $6, tokens_envelope = NULL,
                  ticket_hash = NULL, state_hash = NULL, browser_hash = NULL,
                  pending_envelope = NULL, refreshable = false, refresh_claim = NULL,
                  refresh_since = NULL
            WHERE organization_id = $1 AND practice_id = $2 AND launch_id = $3
              AND state = ANY ($7) AND ($8::int IS NULL OR refreshes = $8) RETURNING launch_id`,
          [
            ...[ref.organization, ref.practice, launchId, to.state, to.code ?? null, event.at],
            ...[from.states, from.refreshes ?? null],
          ],
        )
        if (rows.length > 0) await appendAccess(tx, event)
        return rows.length > 0
      }),
  }
}

function launchOf(organization: OrganizationId, row: LaunchRow): HeldLaunch {
  const practice = practiceId(row.practice_id)
  assert(practice !== undefined, 'a stored practice has a valid id')
  return {
    launchId: row.launch_id,
    ref: { organization, practice },
    kind: row.kind,
    phase: row.state,
    state: row.state === 'redeeming' ? 'begun' : row.state,
    code: row.code ?? undefined,
    startedBy: row.started_by ?? undefined,
    scopes: row.scopes,
    person: row.person ?? undefined,
    patient: row.patient_id ?? undefined,
    encounter: row.encounter_id ?? undefined,
    needsBanner: row.needs_banner,
    refreshable: row.refreshable,
    begunAt: row.begun_at,
    completedAt: row.completed_at ?? undefined,
    accessExpiresAt: row.access_expires_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    answerUntil: row.answer_until,
    ticketHash: row.ticket_hash ?? undefined,
    stateHash: row.state_hash ?? undefined,
    browserHash: row.browser_hash ?? undefined,
    pendingEnvelope: row.pending_envelope ?? undefined,
    tokensEnvelope: row.tokens_envelope ?? undefined,
    refreshes: row.refreshes,
    refreshSince: row.refresh_since ?? undefined,
  }
}
