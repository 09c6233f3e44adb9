// The authorization server for programs that use our faces, as the rooms above see it. Answers that a
// program is told are values; they name what is wrong, never what would have been right.

import type { OrganizationId, PracticeId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/principal.ts'

export interface Client {
  readonly clientId: string
  readonly name: string
  /** `backend`: for itself, by a key. `confidential`, `public`: for a person, with a secret or without. */
  readonly kind: 'backend' | 'confidential' | 'public'
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly practices: readonly PracticeId[] | undefined
  readonly sensitive: boolean
  /** JSON text of a JWK set. */
  readonly jwks: string | undefined
  readonly jwksUri: string | undefined
  readonly createdAt: number
  readonly revokedAt: number | undefined
}

export type NewClient = Omit<Client, 'clientId' | 'createdAt' | 'revokedAt'>

/** RFC 6749, sections 4.1.2.1 and 5.2; RFC 8707, section 2. */
export type OauthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'

export interface OauthError {
  readonly ok: false
  readonly error: OauthErrorCode
  readonly description: string
}

export type Outcome<T> = ({ readonly ok: true } & T) | OauthError

/** Parameters as they came, each at most once. */
export type Parameters = ReadonlyMap<string, string>

/** How a program proves who it is: what the request's Authorization header and body say. */
export interface TokenRequest {
  readonly parameters: Parameters
  readonly authorization: string | undefined
}

export interface TokenAnswer {
  readonly body: Readonly<Record<string, string | number>>
}

/** An authorization request that may be shown to a person. */
export interface AuthorizationRequest {
  readonly organization: OrganizationId
  readonly client: Client
  readonly redirectUri: string
  readonly state: string
  readonly scopes: readonly string[]
  readonly audience: string
  readonly challenge: string
  /** The practice whose FHIR base is the audience. */
  readonly practice: PracticeId | undefined
  readonly needsPatient: boolean
}

/** What a person said to an authorization request. */
export interface Decision {
  readonly principal: Principal
  readonly userId: string
  readonly allowed: boolean
  readonly patientId: string | undefined
}

export type ReadRequest =
  | { readonly kind: 'good'; readonly request: AuthorizationRequest }
  /** The application is told, at its own address. */
  | { readonly kind: 'redirect'; readonly url: string }
  /** Nobody may be sent anywhere: the application or its address is not known. */
  | { readonly kind: 'page'; readonly says: string }

export interface Oauth {
  /** Throws CLIENT_UNFIT. The secret of a confidential client without keys is shown once, here. */
  createClient(
    organization: OrganizationId,
    client: NewClient,
    actor: string,
  ): Promise<{ readonly client: Client; readonly secret: string | undefined }>
  /** The newest first, 1000 at most. */
  clients(organization: OrganizationId): Promise<readonly Client[]>
  /** Ends all it holds; false when there is none, or it was revoked before. */
  revokeClient(organization: OrganizationId, clientId: string, actor: string): Promise<boolean>

  readAuthorization(parameters: Parameters): Promise<ReadRequest>
  /** The address to which the person is sent back: with a code, or with a refusal. */
  decide(request: AuthorizationRequest, decision: Decision): Promise<string>
  token(request: TokenRequest): Promise<Outcome<TokenAnswer>>
  /** RFC 7009: undefined when the program is not known; else done, whatever the token was. */
  revoke(request: TokenRequest): Promise<OauthError | undefined>
  /** RFC 7662, for the program's own tokens. */
  introspect(request: TokenRequest): Promise<Outcome<{ readonly body: object }>>
  /** Whose access token the text is, at the face that serves `resource`; undefined: nobody's. */
  tokenCaller(text: string, resource: string): Promise<Principal | undefined>
}
