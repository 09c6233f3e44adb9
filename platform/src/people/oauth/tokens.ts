// The token endpoint and what is done with tokens afterwards. Tokens are opaque: whoever is shown one
// asks here, so that ending it bites within seconds and nothing can be read out of it.

import { createHash } from 'node:crypto'
import type { OrganizationId, PracticeId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/principal.ts'
import { ShortMemory } from '../../practice/index.ts'
import { isSameSecret, makeSecret, parseSecret } from '../secrets.ts'
import { principalOf } from '../sessions/sessions.ts'
import { clientOf } from './client-proof.ts'
import {
  BACKEND_TOKEN_MS,
  CONSENT_MS,
  no,
  type OauthPorts,
  ONLINE_MS,
  organizationOf,
  REFRESH_MS,
  USER_TOKEN_MS,
} from './ports.ts'
import { anyFhir, isFor, isResource, practiceOf } from './resources.ts'
import { allowedBy, both, fhirScopes, isCovered, parseScopes } from './scopes.ts'
import type { Held, NewToken } from './store.ts'
import type { Client, Oauth, Outcome, Parameters, TokenAnswer, TokenRequest } from './types.ts'

/** RFC 7636, section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/
const BAD_GRANT = no('invalid_grant', 'The code or refresh token is not good')

type Answer = Outcome<TokenAnswer>

export function tokens(
  ports: OauthPorts,
): Pick<Oauth, 'token' | 'revoke' | 'introspect' | 'tokenCaller'> {
  const { store, wall } = ports
  const memory = new ShortMemory<Held>(wall, ({ revoked }) => !revoked)
  return {
    token: async (request) => {
      const proven = await clientOf(ports, request)
      if (!proven.ok) return proven
      const { client } = proven
      const organization = organizationOf(client.clientId)
      if (organization === undefined) return no('invalid_client', 'The client is not known')
      const { parameters } = request
      switch (parameters.get('grant_type')) {
        case 'client_credentials':
          return forItself(ports, organization, client, parameters)
        case 'authorization_code':
          return forCode(ports, organization, client, parameters)
        case 'refresh_token':
          return forRefresh(ports, organization, client, parameters)
        case undefined:
          return no('invalid_request', 'grant_type is missing')
        default:
          return no('unsupported_grant_type', 'It is client_credentials, or one for a person')
      }
    },
    revoke: (request) => revoke(ports, request, (name) => memory.forget(name)),
    introspect: (request) => introspect(ports, request),
    tokenCaller: async (text, resource) => {
      const parts = parseSecret('cwt', text)
      if (parts === undefined) return undefined
      const { organization, id, secretHash } = parts
      const held = await memory.get(`${organization}/${id}`, () => store.token(organization, id))
      if (held === undefined || !isSameSecret(held.secretHash, secretHash)) return undefined
      const good = held.kind === 'access' && !held.revoked && wall.now() < held.expiresAt
      if (!good || !isFor(held.audience, resource)) return undefined
      return callerOf(ports.publicUrl, organization, held)
    },
  }
}

/** SMART backend services: RFC 6749, 4.4. */
async function forItself(
  ports: OauthPorts,
  organization: OrganizationId,
  client: Client,
  parameters: Parameters,
): Promise<Answer> {
  const { store, wall, random, publicUrl, event } = ports
  if (client.kind !== 'backend')
    return no('unauthorized_client', 'The client is not registered for this grant')
  const scopes = parseScopes(parameters.get('scope') ?? '') ?? []
  const known = scopes.every((scope) => isCovered(scope, client.scopes))
  const ofSystem = fhirScopes(scopes).every(({ context }) => context === 'system')
  const personal = scopes.some((scope) => /^(launch|offline|online)/.test(scope))
  if (scopes.length === 0 || !known || !ofSystem || personal)
    return no('invalid_scope', 'A scope is missing, not known or not registered')
  const audience = parameters.get('resource') ?? anyFhir(publicUrl)
  const practice = practiceOf(publicUrl, audience)
  const theirs =
    practice === undefined || client.practices === undefined || client.practices.includes(practice)
  if (!isResource(publicUrl, audience) || !theirs)
    return no('invalid_target', 'resource names exactly one resource of ours')
  const { id: grantId } = makeSecret('cwg', organization, random)
  const at = wall.now()
  const access = newToken(ports, organization, 'access', at + BACKEND_TOKEN_MS)
  const { clientId } = client
  await store.addGrant(
    organization,
    {
      ...{ grantId, clientId, userId: undefined, authenticatedAt: undefined },
      ...{ scopes, audience, patientId: undefined, at },
    },
    { tokens: [access.row] },
    event({
      ...{ actor: `client:${clientId}`, action: 'oauth.token', subject: `Grant/${grantId}` },
      ...{ outcome: 'success', details: { scopes: scopes.join(' ') } },
    }),
  )
  return answered(access.text, BACKEND_TOKEN_MS, { scopes, patientId: undefined })
}

async function forCode(
  ports: OauthPorts,
  organization: OrganizationId,
  client: Client,
  parameters: Parameters,
): Promise<Answer> {
  const { store, wall } = ports
  if (client.kind === 'backend')
    return no('unauthorized_client', 'The client is not registered for this grant')
  const parts = parseSecret('cwg', parameters.get('code') ?? '')
  if (parts === undefined || parts.organization !== organization) return BAD_GRANT
  const held = await store.code(organization, parts.id)
  if (held === undefined || !isSameSecret(held.secretHash, parts.secretHash)) return BAD_GRANT
  // Somebody else has had it, or had it first: what was given for it is taken back (RFC 6749, 4.1.2).
  if (held.used || held.client.clientId !== client.clientId) {
    await endGrant(ports, organization, held, 'code-reused')
    return BAD_GRANT
  }
  const verifier = parameters.get('code_verifier') ?? ''
  const right =
    !held.revoked &&
    wall.now() < held.expiresAt &&
    parameters.get('redirect_uri') === held.redirectUri &&
    VERIFIER.test(verifier) &&
    createHash('sha256').update(verifier).digest('base64url') === held.challenge &&
    targetIsSame(parameters, held)
  if (!right) return BAD_GRANT
  return given(ports, organization, { held, spent: { codeId: parts.id }, scopes: held.scopes })
}

async function forRefresh(
  ports: OauthPorts,
  organization: OrganizationId,
  client: Client,
  parameters: Parameters,
): Promise<Answer> {
  const { store, wall } = ports
  const parts = parseSecret('cwr', parameters.get('refresh_token') ?? '')
  if (parts === undefined || parts.organization !== organization) return BAD_GRANT
  const held = await store.token(organization, parts.id)
  if (held === undefined || !isSameSecret(held.secretHash, parts.secretHash)) return BAD_GRANT
  if (held.kind !== 'refresh' || held.client.clientId !== client.clientId) return BAD_GRANT
  // One of two who have it stole it: the whole family ends (RFC 9700, 4.14.2).
  if (held.used) {
    await endGrant(ports, organization, held, 'refresh-reused')
    return BAD_GRANT
  }
  if (held.revoked || wall.now() >= held.expiresAt || !targetIsSame(parameters, held))
    return BAD_GRANT
  const asked = parameters.get('scope')
  const scopes = asked === undefined ? held.scopes : (parseScopes(asked) ?? [])
  if (scopes.length === 0 || !scopes.every((scope) => held.scopes.includes(scope)))
    return no('invalid_scope', 'A scope is not among those that were granted')
  if (scopes.length < held.scopes.length)
    return no('invalid_scope', 'Fewer scopes than were granted need another authorization')
  return given(ports, organization, { held, spent: { tokenId: parts.id }, scopes })
}

function targetIsSame(parameters: Parameters, { audience }: Held): boolean {
  return (parameters.get('resource') ?? audience) === audience
}

/** Tokens for a person's consent, in exchange for what is spent with it. */
async function given(
  ports: OauthPorts,
  organization: OrganizationId,
  of: {
    readonly held: Held
    readonly spent: { readonly codeId: string } | { readonly tokenId: string }
    readonly scopes: readonly string[]
  },
): Promise<Answer> {
  const { store, wall, event } = ports
  const { held, spent, scopes } = of
  const { grantId, client, user, patientId } = held
  const at = wall.now()
  const access = newToken(ports, organization, 'access', at + USER_TOKEN_MS)
  const refreshUntil = refreshEnd(held, at)
  const refresh =
    refreshUntil > at ? newToken(ports, organization, 'refresh', refreshUntil) : undefined
  const first = await store.exchange(organization, spent, {
    ...{ grantId, at, tokens: [access.row, ...(refresh === undefined ? [] : [refresh.row])] },
    event: event({
      actor: `user:${user?.userId ?? ''}/client:${client.clientId}`,
      ...{ action: 'oauth.token', subject: `Grant/${grantId}`, outcome: 'success' },
    }),
  })
  if (!first) {
    await endGrant(ports, organization, held, 'codeId' in spent ? 'code-reused' : 'refresh-reused')
    return BAD_GRANT
  }
  return answered(access.text, USER_TOKEN_MS, { scopes, patientId, refresh: refresh?.text })
}

/** Until when a refresh token made now is good; not later than now when none is to be made. */
function refreshEnd({ scopes, createdAt }: Held, now: number): number {
  if (scopes.includes('offline_access')) return Math.min(now + REFRESH_MS, createdAt + CONSENT_MS)
  return scopes.includes('online_access') ? createdAt + ONLINE_MS : now
}

function newToken(
  { random }: OauthPorts,
  organization: OrganizationId,
  kind: NewToken['kind'],
  expiresAt: number,
): { readonly text: string; readonly row: NewToken } {
  const made = makeSecret(kind === 'access' ? 'cwt' : 'cwr', organization, random)
  return {
    text: made.text,
    row: { tokenId: made.id, kind, secretHash: made.secretHash, expiresAt },
  }
}

/** RFC 6749, 5.1; SMART 2.2, "Launch context". */
function answered(
  text: string,
  lifeMs: number,
  of: {
    readonly scopes: readonly string[]
    readonly patientId: string | undefined
    readonly refresh?: string | undefined
  },
): Answer {
  const { scopes, patientId, refresh } = of
  return {
    ok: true,
    body: {
      access_token: text,
      token_type: 'Bearer',
      expires_in: lifeMs / 1000,
      scope: scopes.join(' '),
      ...(patientId !== undefined && { patient: patientId }),
      ...(refresh !== undefined && { refresh_token: refresh }),
    },
  }
}

async function endGrant(
  { store, wall, event }: OauthPorts,
  organization: OrganizationId,
  { grantId, client }: Held,
  code: string,
): Promise<void> {
  const why = event({
    ...{ actor: `client:${client.clientId}`, action: 'oauth.revoke', subject: `Grant/${grantId}` },
    ...{ outcome: 'success', details: { code } },
  })
  await store.revokeGrant(organization, grantId, wall.now(), why)
}

/** A token that the program presents as its own; undefined when it is nobody's or another's. */
async function own(
  { store }: OauthPorts,
  client: Client,
  parameters: Parameters,
): Promise<{ readonly id: string; readonly held: Held } | undefined> {
  const text = parameters.get('token') ?? ''
  const parts = parseSecret('cwt', text) ?? parseSecret('cwr', text)
  if (parts === undefined || parts.organization !== organizationOf(client.clientId))
    return undefined
  const held = await store.token(parts.organization, parts.id)
  if (held === undefined || !isSameSecret(held.secretHash, parts.secretHash)) return undefined
  const kind = text.startsWith('cwt') ? 'access' : 'refresh'
  const theirs = held.client.clientId === client.clientId && held.kind === kind
  return theirs ? { id: parts.id, held } : undefined
}

async function revoke(
  ports: OauthPorts,
  request: TokenRequest,
  forget: (name: string) => void,
): ReturnType<Oauth['revoke']> {
  const proven = await clientOf(ports, request)
  if (!proven.ok) return proven
  const { client } = proven
  const organization = organizationOf(client.clientId)
  const found = await own(ports, client, request.parameters)
  if (found === undefined || organization === undefined) return undefined
  const { id, held } = found
  if (held.kind === 'refresh') await endGrant(ports, organization, held, 'revoked-by-client')
  else
    await ports.store.revokeToken(
      organization,
      id,
      ports.wall.now(),
      ports.event({
        ...{ actor: `client:${client.clientId}`, action: 'oauth.revoke', subject: `Token/${id}` },
        outcome: 'success',
      }),
    )
  forget(`${organization}/${id}`)
  return undefined
}

async function introspect(
  ports: OauthPorts,
  request: TokenRequest,
): Promise<Outcome<{ readonly body: object }>> {
  const proven = await clientOf(ports, request)
  if (!proven.ok) return proven
  if (proven.client.kind === 'public')
    return no('invalid_client', 'The client is not known, or has not proved who it is')
  const found = await own(ports, proven.client, request.parameters)
  const held = found?.held
  if (held === undefined || held.revoked || held.used || ports.wall.now() >= held.expiresAt)
    return { ok: true, body: { active: false } }
  const { client, user, scopes, audience, patientId } = held
  return {
    ok: true,
    body: {
      ...{ active: true, scope: scopes.join(' '), client_id: client.clientId, aud: audience },
      ...{ token_type: 'Bearer', iss: ports.publicUrl },
      iat: Math.floor(held.issuedAt / 1000),
      exp: Math.floor(held.expiresAt / 1000),
      ...(user !== undefined && { sub: user.userId, username: user.name }),
      ...(patientId !== undefined && { patient: patientId }),
    },
  }
}

/** What the token's scopes allow of what its person may, or of what its program was registered for. */
function callerOf(publicUrl: string, organization: OrganizationId, held: Held): Principal {
  const { client, user, scopes, audience, patientId, authenticatedAt } = held
  const allowed = allowedBy(scopes, patientId)
  const practice = practiceOf(publicUrl, audience)
  const named = practice === undefined ? undefined : [practice]
  if (user === undefined)
    return {
      organization,
      actor: `client:${client.clientId}`,
      rights: allowed.rights,
      charts: { ...allowed.charts, sensitive: client.sensitive },
      practices: common(named, client.practices),
      authenticatedAt: undefined,
    }
  const person = principalOf(organization, user, authenticatedAt ?? 0)
  const charts = both(person.charts, allowed.charts)
  return {
    ...person,
    actor: `user:${user.userId}/client:${client.clientId}`,
    rights: person.rights.filter((right) => allowed.rights.includes(right)),
    charts: { ...charts, sensitive: charts.sensitive && client.sensitive },
    practices: common(common(named, client.practices), person.practices),
  }
}

type Practices = readonly PracticeId[] | undefined

function common(one: Practices, other: Practices): Practices {
  if (one === undefined) return other
  return other === undefined ? one : one.filter((practice) => other.includes(practice))
}
