// Whether a name, a password and a code are those of an account. Wrong ones look alike in answer and in
// time, whatever is wrong with them, and each costs the next one some waiting.

import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { OrganizationId } from '../../kernel/ids.ts'
import type { AccessEvent, Ledger } from '../../ledger/index.ts'
import type { Practices } from '../../practice/index.ts'
import type { Proof, User } from '../types.ts'
import { passwordPlace, totpPlace } from './accounts.ts'
import { recoveryHash, stepOf } from './one-time-codes.ts'
import { type Passwords, slowed } from './passwords.ts'
import { slowedBy } from './slowing.ts'
import type { Account, AccountStore } from './store.ts'

interface Ports {
  readonly store: AccountStore
  readonly ledger: Pick<Ledger, 'append'>
  readonly practices: Pick<Practices, 'unseal'>
  readonly passwords: Passwords
  readonly wall: Clock
  readonly event: (rest: Omit<AccessEvent, 'at'>) => AccessEvent
}

/** Gives the account's user. Throws SIGN_IN_REFUSED and SIGN_IN_SLOWED; both are recorded. */
export type Prove = (
  organization: OrganizationId,
  name: string,
  proof: Proof,
  action: string,
) => Promise<User>

export function proving(ports: Ports): Prove {
  const { store, ledger, passwords, wall, event } = ports
  return async (organization, name, proof, action) => {
    const counts = slowedBy(name, proof.source)
    const wait = await store.attempt(organization, counts, wall.now())
    // Not recorded each time: nobody fills the ledger by knocking at a door that is shut anyway.
    if (wait > 0) throw slowed(Math.ceil(wait / 1000))
    const account = await store.account(organization, { name })
    const opened = await openedOf(ports, organization, account)
    const known = await passwords.isRight(proof.password, opened?.password)
    const right =
      known && account !== undefined && opened !== undefined && account.user.state === 'active'
        ? await useCode(ports, organization, { ...opened, userId: account.user.userId }, proof.code)
        : false
    if (right && account !== undefined) {
      await store.succeeded(organization, counts)
      return account.user
    }
    const actor = `user:${account?.user.userId ?? 'unknown'}`
    const refused = { actor, action, outcome: 'refused' as const }
    await ledger.append(organization, event({ ...refused, details: { code: 'SIGN_IN_REFUSED' } }))
    throw new ChartwayError('SIGN_IN_REFUSED')
  }
}

interface Opened {
  readonly password: string
  readonly totp: Uint8Array
}

async function openedOf(
  { practices }: Ports,
  organization: OrganizationId,
  account: Account | undefined,
): Promise<Opened | undefined> {
  if (account?.password === undefined || account.totp === undefined) return undefined
  const { userId } = account.user
  const password = await practices.unseal(passwordPlace(organization, userId), account.password)
  const totp = await practices.unseal(totpPlace(organization, userId), account.totp)
  return { password: Buffer.from(password).toString(), totp }
}

/** Each step's code and each recovery code is good once. */
async function useCode(
  { store, wall }: Ports,
  organization: OrganizationId,
  { userId, totp }: { readonly userId: string; readonly totp: Uint8Array },
  code: string,
): Promise<boolean> {
  const step = stepOf(totp, code.trim(), wall.now())
  if (step !== undefined) return store.useStep(organization, userId, step)
  const recovery = recoveryHash(userId, code)
  return recovery !== undefined && store.useRecoveryCode(organization, userId, recovery)
}
