// People of an organization as the rooms above use them: accounts, proofs and sessions put together.

import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { type OrganizationId, organizationId } from '../kernel/ids.ts'
import type { Network } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import type { AccessEvent, Ledger } from '../ledger/index.ts'
import type { Practices } from '../practice/index.ts'
import { createAccounts, passwordPlace } from './accounts/accounts.ts'
import { createPasswords, type Passwords } from './accounts/passwords.ts'
import { type Prove, proving } from './accounts/proving.ts'
import { type AccountStore, createAccountStore, type Database } from './accounts/store.ts'
import { createOauth } from './oauth/oauth.ts'
import { createSessions, type Sessions } from './sessions/sessions.ts'
import { createSessionStore } from './sessions/store.ts'
import type { People } from './types.ts'

export interface PeoplePorts {
  readonly database: Database
  readonly practices: Practices
  readonly ledger: Pick<Ledger, 'append'>
  /** Business time, for the ledger. */
  readonly clock: Clock
  /** The clock that people and their telephones live by: the wall's, unscaled. */
  readonly wall: Clock
  readonly random: Random
  readonly network: Network
  /** Where people and programs reach this installation, without a slash at the end. */
  readonly publicUrl: string
}

export function createPeople(ports: PeoplePorts): People {
  const { database, practices, ledger, clock, wall, random } = ports
  const event = (rest: Omit<AccessEvent, 'at'>) => ({ at: clock.now(), ...rest })
  const store = createAccountStore(database)
  const passwords = createPasswords({ random, clock: wall })
  const accounts = createAccounts({ store, practices, passwords, wall, random, event })
  const sessions = createSessions({ store: createSessionStore(database), wall, random, event })
  const prove = proving({ store, ledger, practices, passwords, wall, event })
  const rest = { sessions, prove, store, passwords, practices, wall, event }
  const { accept: _accept, ...tended } = accounts
  const { network, publicUrl } = ports
  const oauth = createOauth({
    ...{ database, network, practices, ledger, wall, random, publicUrl, event },
  })
  return {
    oauth,
    ...tended,
    acceptInvitation: async (token, proof) => {
      const { organization, user, recoveryCodes } = await accounts.accept(token, proof)
      const how = { source: proof.source, action: 'sessions.create' }
      return { session: await sessions.start(organization, user, how), recoveryCodes }
    },
    signIn: async ({ organization, name }, proof) => {
      const of = await organizationOf(practices, organization)
      if (of === undefined) {
        await passwords.isRight(proof.password, undefined)
        throw new ChartwayError('SIGN_IN_REFUSED')
      }
      // No account has such a name, and the database cannot even be asked for it.
      const typed = name.includes('\0') ? '' : name.toLowerCase()
      const user = await prove(of, typed, proof, 'sessions.create')
      return sessions.start(of, user, { source: proof.source, action: 'sessions.create' })
    },
    sessionCaller: sessions.sessionCaller,
    isFresh: sessions.isFresh,
    sessions: sessions.sessions,
    endSession: sessions.endSession,
    confirm: confirming(rest),
    changePassword: changingPassword(rest),
  }
}

/** The one that is named, or the only one there is. */
async function organizationOf(
  practices: Pick<Practices, 'organizations'>,
  named: string | undefined,
): Promise<OrganizationId | undefined> {
  const all = await practices.organizations()
  if (named === undefined) return all.length === 1 ? all[0] : undefined
  const id = organizationId(named)
  return id !== undefined && all.includes(id) ? id : undefined
}

interface Rest {
  readonly sessions: Sessions
  readonly prove: Prove
  readonly store: AccountStore
  readonly passwords: Passwords
  readonly practices: Pick<Practices, 'seal'>
  readonly wall: Clock
  readonly event: (rest: Omit<AccessEvent, 'at'>) => AccessEvent
}

function confirming({ sessions, prove }: Rest): People['confirm'] {
  return async (organization, sessionId, proof) => {
    const row = await sessions.get(organization, sessionId)
    if (row === undefined) throw new ChartwayError('SESSION_OVER')
    await prove(organization, row.user.name, proof, 'sessions.confirm')
    const renewed = await sessions.renew(organization, row)
    if (renewed === undefined) throw new ChartwayError('SESSION_OVER')
    return renewed
  }
}

function changingPassword(rest: Rest): People['changePassword'] {
  const { sessions, prove, store, passwords, practices, wall, event } = rest
  return async (organization, sessionId, { next, ...proof }) => {
    const row = await sessions.get(organization, sessionId)
    if (row === undefined) throw new ChartwayError('SESSION_OVER')
    const { user } = row
    await prove(organization, user.name, proof, 'users.change-password')
    const made = Buffer.from(await passwords.made(next, user))
    const sealed = await practices.seal(passwordPlace(organization, user.userId), made)
    await store.setPassword(organization, user.userId, sealed, {
      at: wall.now(),
      keeps: sessionId,
      event: event({
        actor: `user:${user.userId}`,
        action: 'users.change-password',
        subject: `User/${user.userId}`,
        outcome: 'success',
      }),
    })
  }
}
