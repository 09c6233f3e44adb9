// Organizations, their practices, and the keys to both.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { OrganizationId, PracticeId, PracticeRef } from '../kernel/ids.ts'
import type { Principal } from '../kernel/principal.ts'
import type { EnvelopePlace } from './vault.ts'

export interface Practice {
  readonly ref: PracticeRef
  readonly name: string
  readonly timeZone: string
  readonly dialect: string
  readonly baseUrl: string
  readonly clientId: string
  readonly overrides: JsonObject
  readonly state: 'connected' | 'paused'
  readonly createdAt: number
}

/** Why nothing goes out to an organization's practices: it was restored, as of an earlier time. */
export interface Hold {
  readonly since: number
  /** Business time at which what was restored was the present. */
  readonly asOf: number
}

export type NewPractice = Omit<Practice, 'ref' | 'state' | 'createdAt'> & {
  readonly practice: PracticeId
}

/**
 * `read`: charts and changes. `sensitive`: records with a restricting security label too. `admin`:
 * practices, keys, settings, people and the access ledger.
 */
export type KeyScope = 'read' | 'sensitive' | 'admin'

export interface Practices {
  createOrganization(id: OrganizationId, name: string): Promise<void>
  organizations(): Promise<readonly OrganizationId[]>
  /**
   * Connects a practice, or gives one that is connected other settings: what was mirrored, its
   * credentials and whether it is paused stay. Recorded as `practices.connect` or `practices.update`.
   */
  connect(organization: OrganizationId, practice: NewPractice, actor: string): Promise<Practice>
  /**
   * `paused`: sync asks it nothing until it is `connected` again; its mirror stays and is served.
   * Recorded as `practices.pause` or `practices.resume`. Undefined when there is no such practice.
   */
  setState(ref: PracticeRef, state: Practice['state'], actor: string): Promise<Practice | undefined>
  get(ref: PracticeRef): Promise<Practice | undefined>
  list(organization: OrganizationId): Promise<readonly Practice[]>

  /** What holds an organization's outbound calls; that nothing does is believed for a second. */
  hold(organization: OrganizationId): Promise<Hold | undefined>
  /** The oldest hold of the installation. */
  anyHold(): Promise<Hold | undefined>
  /** Lets calls go out again, recorded as `outbound.release`. Gives what held them. */
  releaseHold(organization: OrganizationId, actor: string): Promise<Hold | undefined>

  /** The text of the key is shown once, here. It is `cw_<organization>_<keyId>_<secret>`. */
  createApiKey(
    organization: OrganizationId,
    key: { readonly name: string; readonly scopes: readonly KeyScope[] },
    actor: string,
  ): Promise<{ readonly keyId: string; readonly text: string }>
  /**
   * Checks a key's text; undefined when it is unknown or revoked. Cached for at most 5 s. `onRevoked`
   * is told, before the answer, whose key a right text was when it is revoked.
   */
  authenticate(
    text: string,
    onRevoked?: (caller: Principal) => Promise<void>,
  ): Promise<Principal | undefined>
  /** The newest first, 1000 at most; revoked ones too. */
  apiKeys(organization: OrganizationId): Promise<readonly ListedKey[]>
  revokeApiKey(organization: OrganizationId, keyId: string, actor: string): Promise<boolean>

  /** Public keys, RFC 7517 JWK Set; includes the next key before it signs. */
  jwks(organization: OrganizationId): Promise<{ readonly keys: readonly JsonObject[] }>
  /**
   * Makes an active key when there is none, so that the first rotation lets `sign` work; else makes a
   * next key when there is none, which is published before it signs; else promotes the next and
   * retires the active one, which stays published for 10 minutes. Gives the key made or promoted.
   */
  rotateSigningKey(organization: OrganizationId, actor: string): Promise<{ readonly kid: string }>
  /** Signs a JWT with the active key: header `alg`, `typ: JWT`, `kid`. Throws SIGNING_KEY_MISSING. */
  sign(organization: OrganizationId, claims: JsonObject, algorithm: 'RS384'): Promise<string>

  putCredential(ref: PracticeRef, name: string, secret: string, actor: string): Promise<void>
  /** Opens an envelope; throws CREDENTIAL_UNREADABLE when it was moved, changed or sealed elsewhere. */
  credential(ref: PracticeRef, name: string): Promise<string | undefined>

  /** Seals bytes that another room keeps, for one place; with the organization's data key. */
  seal(place: EnvelopePlace, plain: Uint8Array): Promise<Uint8Array>
  /** Opens what `seal` gave; throws CREDENTIAL_UNREADABLE as `credential` does. */
  unseal(place: EnvelopePlace, envelope: Uint8Array): Promise<Uint8Array>
}

/** An API key as it is listed: never its text. */
export interface ListedKey {
  readonly keyId: string
  readonly name: string
  readonly scopes: readonly KeyScope[]
  readonly createdAt: number
  readonly revokedAt: number | undefined
}
