// Accounts as administrators tend them: made, changed, disabled, reset, and completed by invitation. It
// begins no session by itself and checks no sign-in.

import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { OrganizationId } from '../../kernel/ids.ts'
import type { Random } from '../../kernel/random.ts'
import type { AccessEvent } from '../../ledger/index.ts'
import type { Practices } from '../../practice/index.ts'
import { type Grant, isByPractice } from '../roles.ts'
import { isSameSecret, makeSecret, parseSecret } from '../secrets.ts'
import type { Invitation, People, Proof, User } from '../types.ts'
import {
  enrolment,
  makeRecoveryCodes,
  makeTotpSecret,
  recoveryHash,
  stepOf,
} from './one-time-codes.ts'
import type { Passwords } from './passwords.ts'
import type { AccountStore, InvitationRow, NewInvitation } from './store.ts'

/** How long an invitation is good, ms. */
const INVITATION_MS = 7 * 24 * 3_600_000

export interface AccountPorts {
  readonly store: AccountStore
  readonly practices: Pick<Practices, 'seal' | 'unseal'>
  readonly passwords: Passwords
  readonly wall: Clock
  readonly random: Random
  readonly event: (rest: Omit<AccessEvent, 'at'>) => AccessEvent
}

type Tended = Pick<
  People,
  | ('createUser' | 'users' | 'user' | 'updateUser' | 'setDisabled' | 'resetUser')
  | ('openInvitation' | 'isInvitationOpen')
>

export interface Accounts extends Tended {
  /** As `People.acceptInvitation`, without signing in. */
  accept(
    token: string,
    proof: Pick<Proof, 'password' | 'code'>,
  ): Promise<{
    readonly organization: OrganizationId
    readonly user: User
    readonly recoveryCodes: readonly string[]
  }>
}

export function createAccounts(ports: AccountPorts): Accounts {
  return { ...tended(ports), ...invited(ports) }
}

function tended(ports: AccountPorts) {
  const { store, wall, random, event } = ports
  const happened = (
    action: string,
    actor: string,
    user: User,
    details: AccessEvent['details'] = {},
  ) => event({ actor, action, subject: `User/${user.userId}`, outcome: 'success', details })
  return {
    createUser: async (organization, wanted, actor) => {
      checkGrant(wanted)
      const { name, displayName, roles, practices, sensitive } = wanted
      const userId = makeSecret('cwi', organization, random).id
      const grant = { roles, practices, sensitive }
      const at = wall.now()
      const user: User = { userId, name, displayName, ...grant, state: 'invited', createdAt: at }
      const { invitation, row } = newInvitation(organization, ports)
      const event = happened('users.create', actor, user, granted(user))
      if (!(await store.addUser(organization, user, row, event)))
        throw new ChartwayError('NAME_TAKEN')
      return { user, invitation }
    },
    users: (organization) => store.users(organization),
    user: async (organization, userId) => (await store.account(organization, { userId }))?.user,
    updateUser: (organization, userId, change, actor) =>
      store.changeUser(organization, userId, (user, { administrators }) => {
        const next = { ...user, ...change }
        checkGrant(next)
        checkLeft(user, next, administrators)
        return { next, event: happened('users.update', actor, user, granted(next)) }
      }),
    setDisabled: (organization, userId, disabled, actor) =>
      store.changeUser(organization, userId, (user, { administrators, complete }) => {
        const event = happened(disabled ? 'users.disable' : 'users.enable', actor, user)
        if (disabled) {
          const next = { ...user, state: 'disabled' as const }
          checkLeft(user, next, administrators)
          return { next, ends: wall.now(), event }
        }
        // Whoever never had a password is invited still; that of the others was kept.
        const state = complete ? ('active' as const) : ('invited' as const)
        return { next: { ...user, state }, event }
      }),
    resetUser: async (organization, userId, actor) => {
      const { invitation, row } = newInvitation(organization, ports)
      const user = await store.changeUser(organization, userId, (before, { administrators }) => {
        const next = { ...before, state: 'invited' as const }
        checkLeft(before, next, administrators)
        const event = happened('users.reset', actor, before)
        return { next, ends: wall.now(), invitation: row, event }
      })
      return user && { user, invitation }
    },
  } satisfies Omit<Tended, 'openInvitation' | 'isInvitationOpen'>
}

function invited(ports: AccountPorts) {
  const { store, practices, passwords, wall, random, event } = ports

  const lookUp = async (token: string) => {
    const parts = parseSecret('cwi', token)
    const row = parts && (await store.invitation(parts.organization, parts.id))
    if (parts === undefined || row === undefined || !isOpen(row, parts.secretHash)) return undefined
    return { organization: parts.organization, id: parts.id, row }
  }
  const found = async (token: string) => {
    const open = await lookUp(token)
    if (open === undefined) throw new ChartwayError('INVITATION_INVALID')
    return open
  }
  const isOpen = (row: InvitationRow, secretHash: Uint8Array) =>
    isSameSecret(row.secretHash, secretHash) &&
    wall.now() < row.expiresAt &&
    row.user.state === 'invited'

  return {
    isInvitationOpen: async (token: string) => (await lookUp(token)) !== undefined,
    openInvitation: async (token: string) => {
      const { organization, id, row } = await found(token)
      const secret = makeTotpSecret(random)
      const place = totpPlace(organization, row.user.userId)
      await store.showTotp(organization, id, await practices.seal(place, secret))
      const { name, displayName } = row.user
      return { organization, name, displayName, totp: enrolment(secret, name) }
    },
    accept: async (token: string, { password, code }: Pick<Proof, 'password' | 'code'>) => {
      const { organization, id, row } = await found(token)
      const { user, totp } = row
      if (totp === undefined) throw new ChartwayError('INVITATION_INVALID')
      const secret = await practices.unseal(totpPlace(organization, user.userId), totp)
      const step = stepOf(secret, code, wall.now())
      if (step === undefined) throw new ChartwayError('CODE_WRONG')
      const kept = Buffer.from(await passwords.made(password, user))
      const recoveryCodes = makeRecoveryCodes(random)
      const recovery = recoveryCodes.flatMap((text) => recoveryHash(user.userId, text) ?? [])
      const sealed = await practices.seal(passwordPlace(organization, user.userId), kept)
      const done = await store.complete(
        organization,
        id,
        { userId: user.userId, password: sealed, totp, step, recovery },
        event({
          actor: `user:${user.userId}`,
          action: 'users.accept-invitation',
          subject: `User/${user.userId}`,
          outcome: 'success',
        }),
      )
      if (!done) throw new ChartwayError('INVITATION_INVALID')
      return { organization, user: { ...user, state: 'active' as const }, recoveryCodes }
    },
  }
}

function newInvitation(
  organization: OrganizationId,
  { wall, random }: Pick<AccountPorts, 'wall' | 'random'>,
): { readonly invitation: Invitation; readonly row: NewInvitation } {
  const { id, secretHash, text } = makeSecret('cwi', organization, random)
  const expiresAt = wall.now() + INVITATION_MS
  return { invitation: { token: text, expiresAt }, row: { id, secretHash, expiresAt } }
}

/** A role about the organization as a whole would reach beyond the practices it is limited to. */
function checkGrant({ roles, practices }: Grant): void {
  const whole = roles.find((role) => !isByPractice(role))
  if (practices !== undefined && whole !== undefined)
    throw new ChartwayError('ROLE_NOT_BY_PRACTICE', { details: { role: whole } })
}

/** Somebody who can sign in must be left to manage people. */
function checkLeft(before: User, next: User, administrators: number): void {
  const was = before.state === 'active' && before.roles.includes('admin')
  const is = next.state === 'active' && next.roles.includes('admin')
  if (was && !is && administrators === 0) throw new ChartwayError('LAST_ADMINISTRATOR')
}

/** What the ledger keeps of a grant. */
function granted({ roles, practices, sensitive }: Grant): NonNullable<AccessEvent['details']> {
  return { roles: roles.join(' '), practices: practices?.join(' ') ?? '*', sensitive }
}

export function passwordPlace(organization: OrganizationId, userId: string) {
  return { organization, table: 'users', column: 'password_envelope', rowKey: [userId] }
}

/** The same in an invitation and in its account: the envelope moves from one to the other. */
export function totpPlace(organization: OrganizationId, userId: string) {
  return { organization, table: 'users', column: 'totp_envelope', rowKey: [userId] }
}
