// People and their sessions, as the rooms above see them. No secret but those shown once is in here.

import type { OrganizationId } from '../kernel/ids.ts'
import type { Principal } from '../kernel/principal.ts'
import type { Oauth } from './oauth/types.ts'
import type { Grant } from './roles.ts'

export interface User extends Grant {
  readonly userId: string
  /** What is typed at sign-in. */
  readonly name: string
  readonly displayName: string
  /** `invited`: has no password yet, or was reset. */
  readonly state: 'invited' | 'active' | 'disabled'
  readonly createdAt: number
}

export type NewUser = Pick<User, 'name' | 'displayName'> & Grant

/** A link's token, shown once, with which an account gets its password and code secret. */
export interface Invitation {
  readonly token: string
  readonly expiresAt: number
}

/** What somebody who opens an invitation sees; the secret is another each time. */
export interface OpenedInvitation {
  readonly organization: OrganizationId
  readonly name: string
  readonly displayName: string
  readonly totp: { readonly secret: string; readonly uri: string }
}

export interface ListedSession {
  readonly sessionId: string
  readonly userId: string
  /** The network address it was begun from. */
  readonly source: string
  readonly createdAt: number
  readonly lastActiveAt: number
  readonly expiresAt: number
}

/** A session that was just begun; its text goes into the cookie and nowhere else. */
export interface StartedSession {
  readonly text: string
  readonly expiresAt: number
  readonly sessionId: string
  readonly user: User
  readonly principal: Principal
}

/** A caller who signed in. */
export interface SessionCaller {
  readonly principal: Principal
  readonly sessionId: string
}

/** Password and code, and where they came from. */
export interface Proof {
  readonly password: string
  /** Of the authenticator application, or a recovery code. */
  readonly code: string
  readonly source: string
}

export interface People {
  /** For programs of others. */
  readonly oauth: Oauth
  /** Makes an account that its invitation completes. Throws NAME_TAKEN, ROLE_NOT_BY_PRACTICE. */
  createUser(
    organization: OrganizationId,
    user: NewUser,
    actor: string,
  ): Promise<{ readonly user: User; readonly invitation: Invitation }>
  /** By name, 1000 at most. */
  users(organization: OrganizationId): Promise<readonly User[]>
  user(organization: OrganizationId, userId: string): Promise<User | undefined>
  /**
   * Changes what is named; bites everywhere within 5 s. Undefined when there is no such user. Throws
   * LAST_ADMINISTRATOR when nobody who can sign in would be left to manage people.
   */
  updateUser(
    organization: OrganizationId,
    userId: string,
    change: Partial<Grant & Pick<User, 'displayName'>>,
    actor: string,
  ): Promise<User | undefined>
  /** Ends all sessions and tokens; as `updateUser`. An account that is enabled again was as it was. */
  setDisabled(
    organization: OrganizationId,
    userId: string,
    disabled: boolean,
    actor: string,
  ): Promise<User | undefined>
  /** Takes password, codes and sessions away and gives a new invitation. */
  resetUser(
    organization: OrganizationId,
    userId: string,
    actor: string,
  ): Promise<{ readonly user: User; readonly invitation: Invitation } | undefined>
  /** Whether the token is good still. */
  isInvitationOpen(token: string): Promise<boolean>
  /** Throws INVITATION_INVALID. */
  openInvitation(token: string): Promise<OpenedInvitation>
  /**
   * Completes an account: the code shows that the secret was taken over. Signs in. Throws
   * INVITATION_INVALID, CODE_WRONG, PASSWORD_UNFIT.
   */
  acceptInvitation(
    token: string,
    proof: Proof,
  ): Promise<{ readonly session: StartedSession; readonly recoveryCodes: readonly string[] }>

  /**
   * Begins a session. `organization` may be left out when there is one. Throws SIGN_IN_REFUSED alike for
   * everything that is wrong, and SIGN_IN_SLOWED.
   */
  signIn(
    named: { readonly organization?: string | undefined; readonly name: string },
    proof: Proof,
  ): Promise<StartedSession>
  /** Whose session the text is; undefined when there is none. `active`: whether this keeps it awake. */
  sessionCaller(text: string, active: boolean): Promise<SessionCaller | undefined>
  /** A fresh proof for a session that is there. Throws as `signIn`. */
  confirm(organization: OrganizationId, sessionId: string, proof: Proof): Promise<ListedSession>
  /** Whether a person proved who they are so lately that a grave act is theirs; programs always are. */
  isFresh(principal: Principal): boolean
  /** Those that are not over, the newest first, 1000 at most. */
  sessions(
    organization: OrganizationId,
    userId: string | undefined,
  ): Promise<readonly ListedSession[]>
  /** False when there is none, or when it is another's than `ofUser`. */
  endSession(
    organization: OrganizationId,
    sessionId: string,
    how: { readonly actor: string; readonly action: string; readonly ofUser: string | undefined },
  ): Promise<boolean>
  /** Ends all other sessions of the user. Throws SIGN_IN_REFUSED, PASSWORD_UNFIT. */
  changePassword(
    organization: OrganizationId,
    sessionId: string,
    proof: Proof & { readonly next: string },
  ): Promise<void>
}
