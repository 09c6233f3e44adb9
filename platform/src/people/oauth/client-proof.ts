// Which registered program sends a request to the token endpoint: by signed assertion, by secret, or, for
// programs that can keep neither, by name alone. Everything that is wrong is answered alike.

import { digest, isSameSecret, parseSecret } from '../secrets.ts'
import { ASSERTION_TYPE, claimedClient, readAssertion } from './assertions.ts'
import { no, type OauthPorts, organizationOf, tokenEndpoint } from './ports.ts'
import type { ClientRow } from './store.ts'
import type { Client, Outcome, TokenRequest } from './types.ts'

const REFUSED = no('invalid_client', 'The client is not known, or has not proved who it is')

export type ProvenClient = Outcome<{ readonly client: Client }>

export async function clientOf(ports: OauthPorts, request: TokenRequest): Promise<ProvenClient> {
  const { parameters, authorization } = request
  const assertion = parameters.get('client_assertion')
  const secret = parameters.get('client_secret')
  const ways = [authorization, assertion, secret].filter((way) => way !== undefined)
  if (ways.length > 1) return no('invalid_request', 'One way to prove who the client is, not two')
  if (assertion !== undefined) return byAssertion(ports, request, assertion)
  const given = authorization === undefined ? undefined : basic(authorization)
  if (authorization !== undefined && given === undefined) return REFUSED
  const named = parameters.get('client_id')
  const clientId = given?.id ?? named
  if (clientId === undefined || (named !== undefined && named !== clientId)) return REFUSED
  return bySecret(ports, clientId, given?.secret ?? secret)
}

async function byAssertion(
  ports: OauthPorts,
  { parameters }: TokenRequest,
  assertion: string,
): Promise<ProvenClient> {
  const { store, wall, keySets, publicUrl } = ports
  if (parameters.get('client_assertion_type') !== ASSERTION_TYPE) return REFUSED
  const clientId = claimedClient(assertion)
  const row = clientId === undefined ? undefined : await registered(ports, clientId)
  if (row === undefined || (parameters.get('client_id') ?? clientId) !== clientId) return REFUSED
  const { client } = row
  const organization = organizationOf(client.clientId)
  const audience = tokenEndpoint(publicUrl)
  const read = await readAssertion(assertion, client, { keySets, clock: wall, audience })
  if (read === undefined || organization === undefined) return REFUSED
  const used = { clientId: client.clientId, jtiHash: digest(read.jti) }
  const { expiresAt } = read
  const first = await store.useAssertion(organization, { ...used, expiresAt, at: wall.now() })
  return first ? { ok: true, client } : REFUSED
}

/** `secret` undefined: only a public client needs none. */
async function bySecret(
  ports: OauthPorts,
  clientId: string,
  secret: string | undefined,
): Promise<ProvenClient> {
  const row = await registered(ports, clientId)
  if (row === undefined) return REFUSED
  const { client, secretHash } = row
  if (client.kind === 'public') return secret === undefined ? { ok: true, client } : REFUSED
  const parts = secret === undefined ? undefined : parseSecret('cwc', secret)
  const right =
    parts !== undefined &&
    secretHash !== undefined &&
    `${parts.organization}.${parts.id}` === clientId &&
    isSameSecret(parts.secretHash, secretHash)
  return right ? { ok: true, client } : REFUSED
}

async function registered({ store }: OauthPorts, clientId: string): Promise<ClientRow | undefined> {
  const organization = organizationOf(clientId)
  if (organization === undefined) return undefined
  const row = await store.client(organization, clientId)
  return row?.client.revokedAt === undefined ? row : undefined
}

/** RFC 6749, section 2.3.1: both halves are form-encoded. */
function basic(
  authorization: string,
): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const [id, secret] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s)
  try {
    return { id: decodeURIComponent(id ?? ''), secret: decodeURIComponent(secret ?? '') }
  } catch {
    return undefined // Not form-encoded.
  }
}
