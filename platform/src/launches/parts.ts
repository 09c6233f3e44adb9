// What the files of this room share: the ports, the app of a practice, sealing, and the events of the
// ledger. It decides nothing.

import type { Gate } from '../gate/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'
import type { AccessEvent, Ledger } from '../ledger/index.ts'
import type { OpenPathway, PersonApp } from '../pathways/contract.ts'
import type { Practice, Practices } from '../practice/index.ts'
import type { LaunchStore } from './store.ts'

/** Name of the secret in the vault. */
const SECRET_NAME = 'app-secret'

export interface Parts {
  readonly store: LaunchStore
  readonly practices: Practices
  readonly gate: Pick<Gate, 'passing'>
  readonly ledger: Pick<Ledger, 'append'>
  readonly clock: Clock
  readonly random: Random
  /** Opens the pathway of a practice; the same one for everybody, until it has other settings. */
  readonly open: (practice: Practice) => OpenPathway
  /** Where browsers reach this installation, without a slash at the end. */
  readonly publicUrl: string
}

/** A person waits for everything that is sent here. */
export const OPTIONS = { lane: 'interactive' } as const

/** Which launch, of which practice. */
export interface Key {
  readonly ref: PracticeRef
  readonly launchId: string
}

export function redirectUriOf({ publicUrl }: Pick<Parts, 'publicUrl'>): string {
  return `${publicUrl}/launch/callback`
}

/** The app of a practice that may be asked; undefined when there is none. */
export function appAt({ open }: Pick<Parts, 'open'>, practice: Practice): PersonApp | undefined {
  return practice.state === 'connected' ? open(practice).app : undefined
}

/** The app and its secret. Throws LAUNCH_NOT_SET_UP and LAUNCH_SECRET_MISSING. */
export async function appOf(
  parts: Parts,
  ref: PracticeRef,
): Promise<{ readonly app: PersonApp; readonly secret: string | undefined }> {
  const practice = await parts.practices.get(ref)
  const app = practice && appAt(parts, practice)
  if (app === undefined) throw new ChartwayError('LAUNCH_NOT_SET_UP')
  const secret = app.needsSecret ? await parts.practices.credential(ref, SECRET_NAME) : undefined
  if (app.needsSecret && secret === undefined) throw new ChartwayError('LAUNCH_SECRET_MISSING')
  return { app, secret }
}

export function putSecret(
  { practices }: Parts,
  ref: PracticeRef,
  secret: string,
  actor: string,
): Promise<void> {
  return practices.putCredential(ref, SECRET_NAME, secret, actor)
}

/** Texts sealed for one column of one launch; `more` binds them to a moment of it, too. */
export async function sealed(
  { practices }: Pick<Parts, 'practices'>,
  { ref, launchId }: Key,
  column: string,
  texts: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): Promise<Uint8Array> {
  const place = placeOf({ ref, launchId }, column, more)
  return practices.seal(place, Buffer.from(JSON.stringify(texts)))
}

/** What `sealed` was given. Throws CREDENTIAL_UNREADABLE. */
export async function unsealed(
  { practices }: Pick<Parts, 'practices'>,
  key: Key,
  column: string,
  envelope: Uint8Array,
  more: readonly string[] = [],
): Promise<Readonly<Record<string, string | undefined>>> {
  const plain = await practices.unseal(placeOf(key, column, more), envelope)
  const texts: unknown = JSON.parse(Buffer.from(plain).toString())
  if (!isTexts(texts)) throw new ChartwayError('CREDENTIAL_UNREADABLE')
  return texts
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  )
}

function placeOf({ ref, launchId }: Key, column: string, more: readonly string[]) {
  const rowKey = [ref.practice, launchId, ...more]
  return { organization: ref.organization, table: 'launches', column, rowKey }
}

export function eventOf(
  { clock }: Pick<Parts, 'clock'>,
  { ref, launchId }: Key,
  happened: Pick<AccessEvent, 'actor' | 'action'> & Partial<AccessEvent>,
): AccessEvent {
  return {
    at: clock.now(),
    practice: ref.practice,
    subject: `Launch/${launchId}`,
    outcome: 'success',
    ...happened,
  }
}

/** Who acts in a launch: who started it, or the launch itself when the vendor's program did. */
export function actorIn(launch: {
  readonly launchId: string
  readonly startedBy: string | undefined
}): string {
  return launch.startedBy ?? `launch:${launch.launchId}`
}
