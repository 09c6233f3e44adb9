// The tables of clients, grants, codes and tokens. What lets somebody in or ends it is recorded in its
// own transaction; secrets are there as hashes.

import type { Database, Row, TenantTx } from '../../db/index.ts'
import { type OrganizationId, practiceId } from '../../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../../ledger/index.ts'
import { USER_COLUMNS, userOf } from '../accounts/store.ts'
import type { User } from '../types.ts'
import type { Client } from './types.ts'

const ROWS_MAX = 1_000
/** Rows that are over and that one write clears away. */
const CLEARED_MAX = 100
/** How long a token that is over is kept, so that its reuse is noticed, ms. */
const KEPT_MS = 7 * 24 * 3_600_000

export interface ClientRow {
  readonly client: Client
  readonly secretHash: Uint8Array | undefined
}

export interface NewGrant {
  readonly grantId: string
  readonly clientId: string
  readonly userId: string | undefined
  readonly authenticatedAt: number | undefined
  readonly scopes: readonly string[]
  readonly audience: string
  readonly patientId: string | undefined
  readonly at: number
}

export interface NewToken {
  readonly tokenId: string
  readonly kind: 'access' | 'refresh'
  readonly secretHash: Uint8Array
  readonly expiresAt: number
}

export interface NewCode {
  readonly codeId: string
  readonly secretHash: Uint8Array
  readonly redirectUri: string
  readonly challenge: string
  readonly expiresAt: number
}

/** What a code or a token stands for. */
export interface Held {
  readonly secretHash: Uint8Array
  readonly kind: 'access' | 'refresh'
  readonly issuedAt: number
  readonly expiresAt: number
  readonly used: boolean
  readonly grantId: string
  readonly client: Client
  readonly user: User | undefined
  readonly authenticatedAt: number | undefined
  readonly scopes: readonly string[]
  readonly audience: string
  readonly patientId: string | undefined
  readonly createdAt: number
  /** The token, its grant or its client; or its person cannot sign in any more. */
  readonly revoked: boolean
  readonly redirectUri: string
  readonly challenge: string
}

export type OauthStore = ReturnType<typeof createOauthStore>

export function createOauthStore(database: Database) {
  return { ...clients(database), ...grants(database) }
}

type ClientFound = {
  readonly client_id: string
  readonly client_name: string
  readonly client_kind: Client['kind']
  readonly redirect_uris: readonly string[]
  readonly client_scopes: readonly string[]
  readonly client_practices: readonly string[] | null
  readonly client_sensitive: boolean
  readonly jwks: string | null
  readonly jwks_uri: string | null
  readonly client_created_at: number
  readonly client_revoked_at: number | null
}

const CLIENT_COLUMNS = `c.client_id, c.name AS client_name, c.kind AS client_kind, c.redirect_uris,
  c.scopes AS client_scopes, c.practices AS client_practices, c.sensitive AS client_sensitive,
  c.jwks, c.jwks_uri, c.created_at AS client_created_at, c.revoked_at AS client_revoked_at`

function clientOf(row: ClientFound): Client {
  return {
    clientId: row.client_id,
    name: row.client_name,
    kind: row.client_kind,
    redirectUris: row.redirect_uris,
    scopes: row.client_scopes,
    practices: row.client_practices?.flatMap((text) => practiceId(text) ?? []),
    sensitive: row.client_sensitive,
    jwks: row.jwks ?? undefined,
    jwksUri: row.jwks_uri ?? undefined,
    createdAt: row.client_created_at,
    revokedAt: row.client_revoked_at ?? undefined,
  }
}

function clients(database: Database) {
  return {
    addClient: (
      organization: OrganizationId,
      client: Client,
      secretHash: Uint8Array | undefined,
      event: AccessEvent,
    ) =>
      database.tenant(organization, async (tx) => {
        await tx.query(
          `INSERT INTO oauth_clients (organization_id, client_id, name, kind, redirect_uris, scopes,
                                      practices, sensitive, jwks, jwks_uri, secret_hash, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
          [
            ...[organization, client.clientId, client.name, client.kind, client.redirectUris],
            ...[client.scopes, client.practices ?? null, client.sensitive, client.jwks ?? null],
            ...[client.jwksUri ?? null, secretHash ?? null, client.createdAt],
          ],
        )
        await appendAccess(tx, event)
      }),

    clients: async (organization: OrganizationId): Promise<readonly Client[]> => {
      const rows = await database.statement<ClientFound>(
        organization,
        `SELECT ${CLIENT_COLUMNS} FROM oauth_clients c WHERE c.organization_id = $1
          ORDER BY c.created_at DESC, c.client_id LIMIT $2`,
        [organization, ROWS_MAX],
      )
      return rows.map(clientOf)
    },

    client: async (
      organization: OrganizationId,
      clientId: string,
    ): Promise<ClientRow | undefined> => {
      const [row] = await database.statement<
        ClientFound & { readonly secret_hash: Uint8Array | null }
      >(
        organization,
        `SELECT ${CLIENT_COLUMNS}, c.secret_hash FROM oauth_clients c
          WHERE c.organization_id = $1 AND c.client_id = $2`,
        [organization, clientId],
      )
      return row && { client: clientOf(row), secretHash: row.secret_hash ?? undefined }
    },

    revokeClient: (
      organization: OrganizationId,
      clientId: string,
      at: number,
      event: AccessEvent,
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE oauth_clients SET revoked_at = $3 WHERE organization_id = $1 AND client_id = $2
              AND revoked_at IS NULL RETURNING client_id`,
          [organization, clientId, at],
        )
        if (rows.length > 0) await appendAccess(tx, event)
        return rows.length > 0
      }),

    /** False when it was used before. */
    useAssertion: (
      organization: OrganizationId,
      used: {
        readonly clientId: string
        readonly jtiHash: Uint8Array
        readonly expiresAt: number
        readonly at: number
      },
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        await tx.query(
          `DELETE FROM oauth_assertions WHERE organization_id = $1 AND (client_id, jti_hash) IN (
             SELECT client_id, jti_hash FROM oauth_assertions
              WHERE organization_id = $1 AND expires_at < $2 LIMIT $3)`,
          [organization, used.at, CLEARED_MAX],
        )
        const rows = await tx.query(
          `INSERT INTO oauth_assertions (organization_id, client_id, jti_hash, expires_at)
           VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING client_id`,
          [organization, used.clientId, used.jtiHash, used.expiresAt],
        )
        return rows.length > 0
      }),
  }
}

type HeldFound = ClientFound & {
  readonly secret_hash: Uint8Array
  readonly token_kind: 'access' | 'refresh'
  readonly issued_at: number
  readonly expires_at: number
  readonly used: boolean
  readonly revoked: boolean
  readonly grant_id: string
  readonly granted_scopes: readonly string[]
  readonly audience: string
  readonly patient_id: string | null
  readonly granted_at: number
  readonly authenticated_at: number | null
  readonly redirect_uri: string
  readonly challenge: string
  readonly user_id: string | null
} & Row

const HELD = `g.grant_id, g.scopes AS granted_scopes, g.audience, g.patient_id,
  g.created_at AS granted_at, g.authenticated_at, ${CLIENT_COLUMNS}, ${USER_COLUMNS}`

const ITS_GRANT = `JOIN oauth_grants g USING (organization_id, grant_id)
  JOIN oauth_clients c USING (organization_id, client_id)
  LEFT JOIN users u ON u.organization_id = g.organization_id AND u.user_id = g.user_id`

const OVER = `g.revoked_at IS NOT NULL OR c.revoked_at IS NOT NULL
  OR (g.user_id IS NOT NULL AND u.state IS DISTINCT FROM 'active')`

function heldOf(row: HeldFound & Parameters<typeof userOf>[0]): Held {
  return {
    secretHash: row.secret_hash,
    kind: row.token_kind,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    used: row.used,
    revoked: row.revoked,
    grantId: row.grant_id,
    client: clientOf(row),
    user: row.user_id === null ? undefined : userOf(row),
    authenticatedAt: row.authenticated_at ?? undefined,
    scopes: row.granted_scopes,
    audience: row.audience,
    patientId: row.patient_id ?? undefined,
    createdAt: row.granted_at,
    redirectUri: row.redirect_uri,
    challenge: row.challenge,
  }
}

type Found = HeldFound & Parameters<typeof userOf>[0]

function grants(database: Database) {
  return {
    /** A consent and its code, or a program's own grant and its token. */
    addGrant: (
      organization: OrganizationId,
      grant: NewGrant,
      made: { readonly code?: NewCode; readonly tokens?: readonly NewToken[] },
      event: AccessEvent,
    ) =>
      database.tenant(organization, async (tx) => {
        await tx.query(
          `INSERT INTO oauth_grants (organization_id, grant_id, client_id, user_id, authenticated_at,
                                     scopes, audience, patient_id, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [
            ...[organization, grant.grantId, grant.clientId, grant.userId ?? null],
            ...[grant.authenticatedAt ?? null, grant.scopes, grant.audience],
            ...[grant.patientId ?? null, grant.at],
          ],
        )
        const { code, tokens = [] } = made
        if (code !== undefined)
          await tx.query(
            `INSERT INTO oauth_codes (organization_id, code_id, secret_hash, grant_id, redirect_uri,
                                      challenge, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)`,
            [
              ...[organization, code.codeId, code.secretHash, grant.grantId],
              ...[code.redirectUri, code.challenge, code.expiresAt],
            ],
          )
        await addTokens(tx, grant.grantId, tokens, grant.at)
        await appendAccess(tx, event)
      }),

    code: async (organization: OrganizationId, codeId: string): Promise<Held | undefined> => {
      const [row] = await database.statement<Found>(
        organization,
        `SELECT ${HELD}, k.secret_hash, 'access' AS token_kind, g.created_at AS issued_at,
                k.expires_at, k.used_at IS NOT NULL AS used, ${OVER} AS revoked, k.redirect_uri,
                k.challenge
           FROM oauth_codes k ${ITS_GRANT} WHERE k.organization_id = $1 AND k.code_id = $2`,
        [organization, codeId],
      )
      return row && heldOf(row)
    },

    token: async (organization: OrganizationId, tokenId: string): Promise<Held | undefined> => {
      const [row] = await database.statement<Found>(
        organization,
        `SELECT ${HELD}, t.secret_hash, t.kind AS token_kind, t.issued_at, t.expires_at,
                t.used_at IS NOT NULL AS used, (t.revoked_at IS NOT NULL OR ${OVER}) AS revoked,
                '' AS redirect_uri, '' AS challenge
           FROM oauth_tokens t ${ITS_GRANT} WHERE t.organization_id = $1 AND t.token_id = $2`,
        [organization, tokenId],
      )
      return row && heldOf(row)
    },

    /** Gives tokens for a code or a refresh token, once; false when it was used before. */
    exchange: (
      organization: OrganizationId,
      spent: { readonly codeId: string } | { readonly tokenId: string },
      given: {
        readonly grantId: string
        readonly tokens: readonly NewToken[]
        readonly at: number
        readonly event: AccessEvent
      },
    ): Promise<boolean> =>
      database.tenant(organization, async (tx) => {
        const [table, column, id] =
          'codeId' in spent
            ? ['oauth_codes', 'code_id', spent.codeId]
            : ['oauth_tokens', 'token_id', spent.tokenId]
        const rows = await tx.query(
          `UPDATE ${table} SET used_at = $3 WHERE organization_id = $1 AND ${column} = $2
              AND used_at IS NULL RETURNING grant_id`,
          [organization, id, given.at],
        )
        if (rows.length === 0) return false
        await addTokens(tx, given.grantId, given.tokens, given.at)
        await appendAccess(tx, given.event)
        return true
      }),

    revokeGrant: (
      organization: OrganizationId,
      grantId: string,
      at: number,
      event: AccessEvent,
    ): Promise<void> =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE oauth_grants SET revoked_at = $3 WHERE organization_id = $1 AND grant_id = $2
              AND revoked_at IS NULL RETURNING grant_id`,
          [organization, grantId, at],
        )
        if (rows.length > 0) await appendAccess(tx, event)
      }),

    revokeToken: (
      organization: OrganizationId,
      tokenId: string,
      at: number,
      event: AccessEvent,
    ): Promise<void> =>
      database.tenant(organization, async (tx) => {
        const rows = await tx.query(
          `UPDATE oauth_tokens SET revoked_at = $3 WHERE organization_id = $1 AND token_id = $2
              AND revoked_at IS NULL RETURNING token_id`,
          [organization, tokenId, at],
        )
        if (rows.length > 0) await appendAccess(tx, event)
      }),
  }
}

async function addTokens(
  tx: TenantTx,
  grantId: string,
  tokens: readonly NewToken[],
  at: number,
): Promise<void> {
  await tx.query(
    `DELETE FROM oauth_tokens WHERE organization_id = $1 AND token_id IN (
       SELECT token_id FROM oauth_tokens WHERE organization_id = $1 AND expires_at < $2 LIMIT $3)`,
    [tx.organization, at - KEPT_MS, CLEARED_MAX],
  )
  for (const { tokenId, kind, secretHash, expiresAt } of tokens)
    await tx.query(
      `INSERT INTO oauth_tokens (organization_id, token_id, kind, secret_hash, grant_id, issued_at,
                                 expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.organization, tokenId, kind, secretHash, grantId, at, expiresAt],
    )
}
