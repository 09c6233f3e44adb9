// Which programs may be registered, and as what. An administrator says; nobody registers by themselves.

import { ChartwayError } from '../../kernel/errors.ts'
import type { OrganizationId } from '../../kernel/ids.ts'
import { mayBePublic } from '../../kernel/public-addresses.ts'
import { makeSecret } from '../secrets.ts'
import { publicKeysIn } from './key-sets.ts'
import type { OauthPorts } from './ports.ts'
import { fhirScopes, parseScopes } from './scopes.ts'
import type { Client, NewClient, Oauth } from './types.ts'

const REDIRECT_LENGTH_MAX = 500
const REDIRECTS_MAX = 10

export function registering({
  store,
  wall,
  random,
  event,
}: OauthPorts): Pick<Oauth, 'createClient'> {
  return {
    createClient: async (organization: OrganizationId, wanted: NewClient, actor: string) => {
      const scopes = parseScopes(wanted.scopes.join(' ')) ?? []
      const rule = brokenRule({ ...wanted, scopes })
      if (rule !== undefined) throw new ChartwayError('CLIENT_UNFIT', { details: { rule } })
      const { id, text, secretHash } = makeSecret('cwc', organization, random)
      const clientId = `${organization}.${id}`
      const at = wall.now()
      const client: Client = { ...wanted, scopes, clientId, createdAt: at, revokedAt: undefined }
      const keyless = client.jwks === undefined && client.jwksUri === undefined
      const bySecret = client.kind === 'confidential' && keyless
      const granted = { scopes: scopes.join(' '), practices: client.practices?.join(' ') ?? '*' }
      await store.addClient(
        organization,
        client,
        bySecret ? secretHash : undefined,
        event({
          ...{ actor, action: 'clients.create', subject: `Client/${clientId}`, outcome: 'success' },
          details: { ...granted, kind: client.kind, sensitive: client.sensitive },
        }),
      )
      return { client, secret: bySecret ? text : undefined }
    },
  }
}

/** The first rule that a registration breaks, in words. */
function brokenRule(client: NewClient): string | undefined {
  const { kind, scopes, redirectUris, jwks, jwksUri } = client
  if (scopes.length === 0) return 'scopes: at least one, each of them one of ours'
  const ofSystem = fhirScopes(scopes).map(({ context }) => context === 'system')
  if (jwks !== undefined && jwksUri !== undefined) return 'keys: jwks or jwksUri, not both'
  if (jwks !== undefined && publicKeysIn(jwks) === undefined)
    return 'jwks: a set of 1 to 20 public RSA or EC keys, each with a kid'
  if (jwksUri !== undefined && !isFetchable(jwksUri)) return 'jwksUri: https at a public address'
  if (kind === 'backend') {
    if (redirectUris.length > 0) return 'redirectUris: a backend has none'
    if (jwks === undefined && jwksUri === undefined) return 'keys: a backend has jwks or jwksUri'
    return ofSystem.every(Boolean) ? undefined : 'scopes: a backend has system scopes'
  }
  if (ofSystem.some(Boolean)) return 'scopes: system scopes are for backends'
  if (kind === 'public' && (jwks ?? jwksUri) !== undefined) return 'keys: a public client has none'
  if (redirectUris.length === 0 || redirectUris.length > REDIRECTS_MAX)
    return `redirectUris: 1 to ${REDIRECTS_MAX}`
  return redirectUris.every((uri) => isRedirect(uri, kind))
    ? undefined
    : 'redirectUris: https, http on loopback, or of a public client a scheme like com.example.app'
}

function isFetchable(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname, username } = new URL(uri)
  return protocol === 'https:' && username === '' && mayBePublic(hostname)
}

/** RFC 8252, sections 7 and 8; RFC 9700, section 2.1. */
function isRedirect(uri: string, kind: Client['kind']): boolean {
  if (uri.length > REDIRECT_LENGTH_MAX || !URL.canParse(uri) || uri.includes('#')) return false
  const { protocol, hostname, username, password } = new URL(uri)
  if (username !== '' || password !== '' || uri.includes('*')) return false
  if (protocol === 'https:') return true
  if (protocol === 'http:') return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return kind === 'public' && /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol)
}
