// The tables of organizations, practices and keys. Every write appends its event to the ledger in its
// own transaction. Envelopes pass through closed.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { Database, TenantTx } from '../db/index.ts'
import { assert, ChartwayError } from '../kernel/errors.ts'
import {
  type OrganizationId,
  organizationId,
  type PracticeId,
  type PracticeRef,
  practiceId,
} from '../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../ledger/index.ts'
import type { KeyScope, ListedKey, Practice } from './types.ts'

export type { Database } from '../db/index.ts'

/** Rows of one list. */
const ROWS_MAX = 10_000
/** Keys of one list. */
const KEYS_MAX = 1_000

export interface ApiKeyRow {
  readonly secretHash: Uint8Array
  readonly scopes: readonly KeyScope[]
  readonly revoked: boolean
}

export interface SigningKeyRow {
  readonly kid: string
  readonly state: 'next' | 'active' | 'retired'
  readonly publicJwk: JsonObject
  readonly envelope: Uint8Array
  readonly retiredAt: number | undefined
}

export interface DataKeyRow {
  readonly id: string
  readonly wrapped: Uint8Array
}

export type PracticeStore = ReturnType<typeof createStore>

export function createStore(database: Database) {
  return {
    ...organizationStore(database),
    ...practiceStore(database),
    ...apiKeyStore(database),
    ...signingKeyStore(database),
    ...sealedStore(database),
  }
}

function organizationStore(database: Database) {
  return {
    addOrganization: async (id: OrganizationId, name: string, now: number) => {
      await database.system((tx) =>
        tx.query(
          'INSERT INTO organizations (organization_id, name, created_at) VALUES ($1, $2, $3)',
          [id, name, now],
        ),
      )
    },
    organizations: async (): Promise<readonly OrganizationId[]> => {
      const rows = await database.system((tx) =>
        tx.query<{ organization_id: string }>(
          'SELECT organization_id FROM organizations ORDER BY organization_id LIMIT $1',
          [ROWS_MAX],
        ),
      )
      return rows.map((row) => {
        const id = organizationId(row.organization_id)
        assert(id !== undefined, 'a stored organization has a valid id')
        return id
      })
    },
  }
}

type PracticeRow = {
  readonly practice_id: string
  readonly name: string
  readonly time_zone: string
  readonly dialect: string
  readonly base_url: string
  readonly client_id: string
  readonly overrides: JsonObject
  readonly state: Practice['state']
  readonly created_at: number
}

const PRACTICE_COLUMNS =
  'practice_id, name, time_zone, dialect, base_url, client_id, overrides, state, created_at'

function practiceStore(database: Database) {
  return {
    /**
     * Stores a practice, or new settings of one that is there, which keeps its state, its age and
     * its credentials. `event` is told whether it was made now. Gives what stands there afterwards.
     */
    putPractice: (practice: Practice, event: (made: boolean) => AccessEvent): Promise<Practice> =>
      database.tenant(practice.ref.organization, async (tx) => {
        const [row] = await tx.query<PracticeRow & { readonly made: boolean }>(
          `INSERT INTO practices (organization_id, ${PRACTICE_COLUMNS})
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10)
           ON CONFLICT (organization_id, practice_id) DO UPDATE
             SET name = excluded.name, time_zone = excluded.time_zone,
                 dialect = excluded.dialect, base_url = excluded.base_url,
                 client_id = excluded.client_id, overrides = excluded.overrides
             WHERE practices.state <> 'leaving'
           RETURNING ${PRACTICE_COLUMNS}, xmax = 0 AS made`,
          [
            practice.ref.organization,
            practice.ref.practice,
            practice.name,
            practice.timeZone,
            practice.dialect,
            practice.baseUrl,
            practice.clientId,
            JSON.stringify(practice.overrides),
            practice.state,
            practice.createdAt,
          ],
        )
        // What is being destroyed cannot be connected again before that is over.
        if (row === undefined) throw new ChartwayError('PRACTICE_LEAVING', { retry: 'later' })
        await appendAccess(tx, event(row.made))
        return toPractice(practice.ref.organization, row)
      }),
    /** Undefined when there is no such practice; then nothing is recorded. */
    setState: (
      { organization, practice }: PracticeRef,
      state: Practice['state'],
      event: AccessEvent,
    ): Promise<Practice | undefined> =>
      database.tenant(organization, async (tx) => {
        const [row] = await tx.query<PracticeRow>(
          `UPDATE practices SET state = $3 WHERE organization_id = $1 AND practice_id = $2
              AND state <> 'leaving' RETURNING ${PRACTICE_COLUMNS}`,
          [organization, practice, state],
        )
        if (row === undefined) return undefined
        await appendAccess(tx, event)
        return toPractice(organization, row)
      }),
    practice: async ({ organization, practice }: PracticeRef): Promise<Practice | undefined> => {
      const [row] = await database.statement<PracticeRow>(
        organization,
        `SELECT ${PRACTICE_COLUMNS} FROM practices
          WHERE organization_id = $1 AND practice_id = $2 AND state <> 'leaving'`,
        [organization, practice],
      )
      return row && toPractice(organization, row)
    },
    practices: async (organization: OrganizationId): Promise<readonly Practice[]> => {
      const rows = await database.statement<PracticeRow>(
        organization,
        `SELECT ${PRACTICE_COLUMNS} FROM practices
          WHERE organization_id = $1 AND state <> 'leaving' ORDER BY practice_id LIMIT $2`,
        [organization, ROWS_MAX],
      )
      return rows.map((row) => toPractice(organization, row))
    },
  }
}

function toPractice(organization: OrganizationId, row: PracticeRow): Practice {
  return {
    ref: { organization, practice: storedPracticeId(row.practice_id) },
    name: row.name,
    timeZone: row.time_zone,
    dialect: row.dialect,
    baseUrl: row.base_url,
    clientId: row.client_id,
    overrides: row.overrides,
    state: row.state,
    createdAt: row.created_at,
  }
}

function storedPracticeId(text: string): PracticeId {
  const id = practiceId(text)
  assert(id !== undefined, 'a stored practice has a valid id')
  return id
}

type NewApiKey = Omit<ApiKeyRow, 'revoked'> & {
  readonly organization: OrganizationId
  readonly keyId: string
  readonly name: string
}

function apiKeyStore(database: Database) {
  return {
    addApiKey: (key: NewApiKey, event: AccessEvent) =>
      database.tenant(key.organization, async (tx) => {
        await tx.query(
          `INSERT INTO api_keys (organization_id, key_id, name, secret_hash, scopes, created_at)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [key.organization, key.keyId, key.name, key.secretHash, key.scopes, event.at],
        )
        await appendAccess(tx, event)
      }),
    apiKey: async (organization: OrganizationId, keyId: string): Promise<ApiKeyRow | undefined> => {
      const [row] = await database.statement<{
        secret_hash: Uint8Array
        scopes: KeyScope[]
        revoked: boolean
      }>(
        organization,
        `SELECT secret_hash, scopes, revoked_at IS NOT NULL AS revoked FROM api_keys
          WHERE organization_id = $1 AND key_id = $2`,
        [organization, keyId],
      )
      return row && { secretHash: row.secret_hash, scopes: row.scopes, revoked: row.revoked }
    },
    apiKeys: async (organization: OrganizationId): Promise<readonly ListedKey[]> => {
      const rows = await database.statement<{
        key_id: string
        name: string
        scopes: KeyScope[]
        created_at: number
        revoked_at: number | null
      }>(
        organization,
        `SELECT key_id, name, scopes, created_at, revoked_at FROM api_keys
          WHERE organization_id = $1 ORDER BY created_at DESC, key_id LIMIT $2`,
        [organization, KEYS_MAX],
      )
      return rows.map((row) => ({
        keyId: row.key_id,
        name: row.name,
        scopes: row.scopes,
        createdAt: row.created_at,
        revokedAt: row.revoked_at ?? undefined,
      }))
    },
    /** False when there is no such key, or it was revoked before; then nothing is recorded. */
    revokeApiKey: (organization: OrganizationId, keyId: string, event: AccessEvent) =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE api_keys SET revoked_at = $3
            WHERE organization_id = $1 AND key_id = $2 AND revoked_at IS NULL RETURNING key_id`,
          [organization, keyId, event.at],
        )
        if (rows.length === 0) return false
        await appendAccess(tx, event)
        return true
      }),
  }
}

type StoredSigningKey = {
  readonly kid: string
  readonly state: SigningKeyRow['state']
  readonly public_jwk: JsonObject
  readonly envelope: Uint8Array
  readonly retired_at: number | null
}

/** A key made in advance, in case the rotation needs one. */
export interface SpareSigningKey {
  readonly kid: string
  readonly algorithm: string
  readonly publicJwk: JsonObject
  readonly envelope: Uint8Array
}

function signingKeyStore(database: Database) {
  return {
    signingKeys: async (organization: OrganizationId): Promise<readonly SigningKeyRow[]> => {
      const rows = await database.statement<StoredSigningKey>(
        organization,
        `SELECT kid, state, public_jwk, envelope, retired_at FROM signing_keys
          WHERE organization_id = $1 ORDER BY created_at, kid LIMIT $2`,
        [organization, ROWS_MAX],
      )
      return rows.map((row) => ({
        kid: row.kid,
        state: row.state,
        publicJwk: row.public_jwk,
        envelope: row.envelope,
        retiredAt: row.retired_at ?? undefined,
      }))
    },
    /**
     * Makes the spare active when no key is, else next when none is, else promotes the next and
     * retires the active one and leaves the spare unused. One rotation of an organization at a time.
     */
    rotate: (
      organization: OrganizationId,
      spare: SpareSigningKey,
      now: number,
      event: (kid: string) => AccessEvent,
    ): Promise<string> =>
      database.tenant(organization, async (tx) => {
        await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
          `signing_keys/${organization}`,
        ])
        const kid = await rotateLocked(tx, spare, now)
        await appendAccess(tx, event(kid))
        return kid
      }),
  }
}

async function rotateLocked(tx: TenantTx, spare: SpareSigningKey, now: number): Promise<string> {
  const keys = await tx.query<{ kid: string; state: SigningKeyRow['state'] }>(
    `SELECT kid, state FROM signing_keys WHERE organization_id = $1 AND state <> 'retired'`,
    [tx.organization],
  )
  const active = keys.find((key) => key.state === 'active')
  const next = keys.find((key) => key.state === 'next')
  if (active === undefined || next === undefined) {
    await tx.query(
      `INSERT INTO signing_keys
         (organization_id, kid, algorithm, public_jwk, envelope, state, created_at)
       VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7)`,
      [
        tx.organization,
        spare.kid,
        spare.algorithm,
        JSON.stringify(spare.publicJwk),
        spare.envelope,
        active === undefined ? 'active' : 'next',
        now,
      ],
    )
    return spare.kid
  }
  await tx.query(
    `UPDATE signing_keys SET state = 'retired', retired_at = $3
      WHERE organization_id = $1 AND kid = $2`,
    [tx.organization, active.kid, now],
  )
  await tx.query(
    `UPDATE signing_keys SET state = 'active' WHERE organization_id = $1 AND kid = $2`,
    [tx.organization, next.kid],
  )
  return next.kid
}

function sealedStore(database: Database) {
  return {
    dataKeys: async (organization: OrganizationId): Promise<readonly DataKeyRow[]> => {
      const rows = await database.statement<{ data_key_id: string; wrapped: Uint8Array }>(
        organization,
        `SELECT data_key_id, wrapped FROM data_keys WHERE organization_id = $1
          ORDER BY created_at DESC, data_key_id LIMIT $2`,
        [organization, ROWS_MAX],
      )
      return rows.map((row) => ({ id: row.data_key_id, wrapped: row.wrapped }))
    },
    addDataKey: async (organization: OrganizationId, key: DataKeyRow, now: number) => {
      await database.statement(
        organization,
        `INSERT INTO data_keys (organization_id, data_key_id, wrapped, created_at)
         VALUES ($1, $2, $3, $4)`,
        [organization, key.id, key.wrapped, now],
      )
    },
    putCredential: (ref: PracticeRef, name: string, envelope: Uint8Array, event: AccessEvent) =>
      database.tenant(ref.organization, async (tx) => {
        await tx.query(
          `INSERT INTO credentials (organization_id, practice_id, name, envelope, created_at)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (organization_id, practice_id, name)
           DO UPDATE SET envelope = excluded.envelope, created_at = excluded.created_at`,
          [ref.organization, ref.practice, name, envelope, event.at],
        )
        await appendAccess(tx, event)
      }),
    credential: async (ref: PracticeRef, name: string): Promise<Uint8Array | undefined> => {
      const [row] = await database.statement<{ envelope: Uint8Array }>(
        ref.organization,
        `SELECT envelope FROM credentials
          WHERE organization_id = $1 AND practice_id = $2 AND name = $3`,
        [ref.organization, ref.practice, name],
      )
      return row?.envelope
    },
  }
}
