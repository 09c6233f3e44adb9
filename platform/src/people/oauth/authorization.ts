// Authorization requests: what an application asks a person for, checked before the person sees it, and
// the code that it is given when the person agrees. It shows nothing; pages are a face's business.

import type { PracticeId } from '../../kernel/ids.ts'
import { makeSecret } from '../secrets.ts'
import { CODE_MS, type OauthPorts, organizationOf } from './ports.ts'
import { isResource, practiceOf } from './resources.ts'
import { fhirScopes, isCovered, needsPatient, parseScopes } from './scopes.ts'
import type {
  AuthorizationRequest,
  Client,
  Decision,
  Oauth,
  OauthErrorCode,
  Parameters,
  ReadRequest,
} from './types.ts'

const STATE_LENGTH_MAX = 1_000
/** RFC 7636, section 4.2: base64url of a SHA-256. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

export function authorizing(ports: OauthPorts): Pick<Oauth, 'readAuthorization' | 'decide'> {
  return {
    readAuthorization: (parameters) => read(ports, parameters),
    decide: (request, decision) => decide(ports, request, decision),
  }
}

async function read(ports: OauthPorts, parameters: Parameters): Promise<ReadRequest> {
  const { store, publicUrl, practices } = ports
  const clientId = parameters.get('client_id') ?? ''
  const organization = organizationOf(clientId)
  const client = organization && (await store.client(organization, clientId))?.client
  if (organization === undefined || !client || client.revokedAt !== undefined)
    return { kind: 'page', says: 'The application is not registered here.' }
  const redirectUri = parameters.get('redirect_uri') ?? ''
  if (!client.redirectUris.includes(redirectUri))
    return { kind: 'page', says: 'The application wants its answer at an address that is not its.' }
  const state = parameters.get('state') ?? ''
  const back = (error: OauthErrorCode, says: string): ReadRequest => ({
    kind: 'redirect',
    url: answerAt(publicUrl, { redirectUri, state }, { error, error_description: says }),
  })
  if (parameters.get('response_type') !== 'code')
    return back('unsupported_response_type', 'response_type is code')
  if (state === '' || state.length > STATE_LENGTH_MAX)
    return back('invalid_request', 'state is missing, or too long')
  const challenge = parameters.get('code_challenge') ?? ''
  if (parameters.get('code_challenge_method') !== 'S256' || !CHALLENGE.test(challenge))
    return back('invalid_request', 'PKCE with S256 is needed')
  const scopes = scopesFor(client, parameters.get('scope') ?? '')
  if (scopes === undefined) return back('invalid_scope', 'A scope is not known or not registered')
  const audience = audienceIn(publicUrl, parameters)
  if (audience === undefined)
    return back('invalid_target', 'aud or resource names exactly one resource of ours')
  const practice = practiceOf(publicUrl, audience)
  const served = practice === undefined || (await practices.get({ organization, practice }))
  if (served === undefined || !isAmong(practice, client.practices))
    return back('invalid_target', 'aud or resource names exactly one resource of ours')
  const rest = { client, redirectUri, state, scopes, audience, challenge, practice }
  return {
    kind: 'good',
    request: { organization, ...rest, needsPatient: needsPatient(scopes) },
  }
}

/** What is granted of a request for a person; undefined when something of it is not the client's. */
function scopesFor(client: Client, text: string): readonly string[] | undefined {
  const scopes = parseScopes(text)
  if (scopes === undefined || scopes.length === 0) return undefined
  if (fhirScopes(scopes).some(({ context }) => context === 'system')) return undefined
  return scopes.every((scope) => isCovered(scope, client.scopes)) ? scopes : undefined
}

/** SMART's `aud` or RFC 8707's `resource`; both, when they are the same. */
function audienceIn(publicUrl: string, parameters: Parameters): string | undefined {
  const [aud, resource] = [parameters.get('aud'), parameters.get('resource')]
  const audience = aud ?? resource
  if (audience === undefined || (resource ?? audience) !== audience) return undefined
  return isResource(publicUrl, audience) ? audience : undefined
}

function isAmong(practice: PracticeId | undefined, of: readonly PracticeId[] | undefined): boolean {
  return practice === undefined || of === undefined || of.includes(practice)
}

async function decide(
  ports: OauthPorts,
  request: AuthorizationRequest,
  decision: Decision,
): Promise<string> {
  const { store, ledger, wall, random, publicUrl, event } = ports
  const { organization, client, redirectUri, scopes, audience, challenge, practice } = request
  const { principal, userId, allowed, patientId } = decision
  const subject = `Client/${client.clientId}`
  const happened = { actor: principal.actor, action: 'oauth.consent', subject, practice }
  const patientMissing = request.needsPatient && patientId === undefined
  const foreign = principal.organization !== organization || !isAmong(practice, principal.practices)
  if (!allowed || patientMissing || foreign) {
    const code = allowed ? 'not-theirs' : 'denied'
    const refused = event({ ...happened, outcome: 'refused', details: { code } })
    await ledger.append(principal.organization, refused)
    const error = { error: 'access_denied', error_description: 'It was not agreed to' }
    return answerAt(publicUrl, request, error)
  }
  const { id: grantId } = makeSecret('cwg', organization, random)
  const code = makeSecret('cwg', organization, random)
  const at = wall.now()
  const { authenticatedAt } = principal
  const patient = request.needsPatient ? patientId : undefined
  const grant = { ...{ grantId, clientId: client.clientId, userId, authenticatedAt }, scopes }
  await store.addGrant(
    organization,
    { ...grant, audience, patientId: patient, at },
    {
      code: {
        ...{ codeId: code.id, secretHash: code.secretHash, redirectUri, challenge },
        expiresAt: at + CODE_MS,
      },
    },
    event({
      ...happened,
      outcome: 'success',
      details: { scopes: scopes.join(' '), ...(patient !== undefined && { patient }) },
    }),
  )
  return answerAt(publicUrl, request, { code: code.text })
}

/** RFC 6749, 4.1.2; RFC 9207: who answers is said, so that no other server's answer is taken for ours. */
function answerAt(
  publicUrl: string,
  { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  if (state !== '') url.searchParams.set('state', state)
  url.searchParams.set('iss', publicUrl)
  return url.href
}
