// The tokens of a launch in use: renewed by one at a time among all processes, stored before they are
// used, and given up when nobody can know whether they still are good. Reads and writes nothing else.

import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import { NetworkFailure } from '../kernel/network.ts'
import type { PersonTokens, ReadAnswer } from '../pathways/contract.ts'
import {
  actorIn,
  appOf,
  eventOf,
  type Key,
  OPTIONS,
  type Parts,
  sealed,
  unsealed,
} from './parts.ts'
import type { HeldLaunch } from './store.ts'

/** A token with less time than this left is renewed first. */
const LEFT_MS_MIN = 60_000
/**
 * A refresh that takes longer has lost its process: the longest wait for a permit and a request, with
 * repeats. Where the clock is scaled, sockets still have the wall's patience.
 */
const REFRESH_MS_MAX = 300_000
const REFRESH_WALL_MS_MAX = 30_000
/** When who waits for another's refresh looks again, wall ms: each wait twice the one before. */
const LOOK_WALL_MS = 100
const LOOK_WALL_MS_MAX = 2_000

/** Answers after which the refresh token is gone for good: refused, or used up with nothing to show. */
const LOST_WITH: Partial<Readonly<Record<ErrorCode, ErrorCode>>> = {
  LAUNCH_GRANT_REFUSED: 'LAUNCH_REVOKED',
  LAUNCH_ANSWER_UNFIT: 'LAUNCH_REFRESH_LOST',
  PATHWAY_BODY_BROKEN: 'LAUNCH_REFRESH_LOST',
  PATHWAY_NOT_JSON: 'LAUNCH_REFRESH_LOST',
}

interface Access {
  readonly launch: HeldLaunch
  readonly accessToken: string
}

/** Undefined without such a launch; see `Launches.resource`. */
export async function readWith(
  parts: Parts,
  key: Key,
  what: { readonly type: string; readonly id: string },
  reader: { readonly actor: string; readonly action: string },
): Promise<ReadAnswer | undefined> {
  const launch = await heldAt(parts, key)
  if (launch === undefined) return undefined
  const subject = `${what.type}/${what.id}`
  const details = { launch: key.launchId }
  try {
    const answer = await readAt(parts, key, what)
    await record(parts, key, { ...reader, subject, details })
    return answer
  } catch (error) {
    const code = error instanceof ChartwayError ? error.code : 'INTERNAL'
    await record(parts, key, {
      ...reader,
      subject,
      outcome: 'failed',
      details: { ...details, code },
    })
    throw error
  }
}

function record(parts: Parts, key: Key, happened: Parameters<typeof eventOf>[2]): Promise<void> {
  return parts.ledger.append(key.ref.organization, eventOf(parts, key, happened))
}

/** Once more with a new token when the vendor does not take the one that should be good. */
async function readAt(
  parts: Parts,
  key: Key,
  what: { readonly type: string; readonly id: string },
): Promise<ReadAnswer> {
  const { app } = await appOf(parts, key.ref)
  const first = await accessTo(parts, key, undefined)
  try {
    return ofLaunch(first.launch, await app.read(first.accessToken, what, OPTIONS))
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  const again = await accessTo(parts, key, first.launch.refreshes)
  try {
    return ofLaunch(again.launch, await app.read(again.accessToken, what, OPTIONS))
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw await givenUp(parts, again.launch, 'LAUNCH_REVOKED')
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChartwayError && error.code === 'PATHWAY_UNAUTHORIZED'
}

/** What a launch about one patient shows is that patient's, whatever the vendor may answer. */
function ofLaunch({ scopes, patient }: HeldLaunch, answer: ReadAnswer): ReadAnswer {
  if (answer.kind === 'absent' || scopes.some((scope) => scope.startsWith('user/'))) return answer
  const { patientId, resource } = answer.sighting
  if (patientId === undefined || patientId === patient) return answer
  const details = { type: resource.resourceType }
  throw new ChartwayError('PATHWAY_ANSWER_OTHER', { details })
}

export async function heldAt(
  { store }: Pick<Parts, 'store'>,
  { ref, launchId }: Key,
): Promise<HeldLaunch | undefined> {
  const held = await store.find(ref.organization, launchId)
  return held?.ref.practice === ref.practice ? held : undefined
}

/**
 * A token that may be used now. `refused`: after how many refreshes the vendor did not take it. Throws
 * LAUNCH_OVER and LAUNCH_NEEDED, and what a refresh throws that may be tried again.
 */
async function accessTo(parts: Parts, key: Key, refused: number | undefined): Promise<Access> {
  const { store, clock, random } = parts
  // The waiting ends by itself: when the refresh is over, or has taken too long.
  for (let look = 0; ; look++) {
    const launch = await heldAt(parts, key)
    if (launch?.phase === 'needs-launch') throw needed(launch.code)
    if (launch?.phase !== 'active' || launch.tokensEnvelope === undefined)
      throw new ChartwayError('LAUNCH_OVER')
    const left = (launch.accessExpiresAt ?? 0) - clock.now()
    const isGood = launch.refreshes !== refused && left > (launch.refreshable ? LEFT_MS_MIN : 0)
    if (isGood) return { launch, accessToken: (await tokensOf(parts, launch)).accessToken ?? '' }
    if (!launch.refreshable) {
      const why = launch.refreshes === refused ? 'LAUNCH_REVOKED' : 'LAUNCH_EXPIRED'
      throw await givenUp(parts, launch, why)
    }
    const claim = random.uuid()
    const at = Math.floor(clock.now())
    if (await store.claimRefresh(key, { claim, refreshes: launch.refreshes, at }))
      return refresh(parts, launch, claim)
    await waitForOther(parts, launch, look)
  }
}

function tokensOf(parts: Parts, launch: HeldLaunch) {
  const { tokensEnvelope, refreshes } = launch
  if (tokensEnvelope === undefined) throw new ChartwayError('LAUNCH_OVER')
  return unsealed(parts, launch, 'tokens_envelope', tokensEnvelope, [String(refreshes)])
}

/** Lets who refreshes go on; takes the refresh for lost when that one has been away for too long. */
async function waitForOther(parts: Parts, launch: HeldLaunch, look: number): Promise<void> {
  const { clock } = parts
  const { refreshSince } = launch
  const patience = Math.max(REFRESH_MS_MAX, REFRESH_WALL_MS_MAX * clock.factor)
  if (refreshSince !== undefined && clock.now() - refreshSince > patience)
    throw await givenUp(parts, launch, 'LAUNCH_REFRESH_LOST')
  await clock.sleep(Math.min(LOOK_WALL_MS * 2 ** look, LOOK_WALL_MS_MAX) * clock.factor)
}

async function refresh(parts: Parts, launch: HeldLaunch, claim: string): Promise<Access> {
  const { store } = parts
  let tokens: PersonTokens
  try {
    const { app, secret } = await appOf(parts, launch.ref)
    const { refreshToken = '' } = await tokensOf(parts, launch)
    const { scopes } = launch
    tokens = await app.refresh({ refreshToken, scopes, secret }, OPTIONS)
  } catch (error) {
    const lost = lostWith(error)
    if (lost !== undefined) throw await givenUp(parts, launch, lost)
    await store.releaseRefresh(launch, claim)
    throw error
  }
  const { accessToken, refreshToken } = tokens
  const refreshes = launch.refreshes + 1
  const texts = { accessToken, refreshToken }
  const envelope = await sealed(parts, launch, 'tokens_envelope', texts, [String(refreshes)])
  const happened = { actor: actorIn(launch), action: 'launches.refresh', details: { refreshes } }
  // Before the new token is used: what was not stored would be lost with this process.
  const stored = { envelope, claim }
  if (!(await store.refreshed(launch, tokens, stored, eventOf(parts, launch, happened))))
    throw new ChartwayError('LAUNCH_OVER')
  return { launch: { ...launch, refreshes, scopes: tokens.scopes }, accessToken }
}

/** Why nothing can be renewed any more; undefined when the refresh token is as good as before. */
function lostWith(error: unknown): ErrorCode | undefined {
  if (error instanceof NetworkFailure)
    return error.phase === 'unknown' ? 'LAUNCH_REFRESH_LOST' : undefined
  return error instanceof ChartwayError ? LOST_WITH[error.code] : undefined
}

/** The launch needs its person again. Gives the error that says so. */
async function givenUp(parts: Parts, launch: HeldLaunch, code: ErrorCode): Promise<ChartwayError> {
  const { refreshes } = launch
  const happened = { actor: actorIn(launch), action: 'launches.lapse', details: { code } }
  const to = { state: 'needs-launch', code } as const
  const event = eventOf(parts, launch, { ...happened, outcome: 'failed' })
  await parts.store.leave(launch, to, { states: ['active'], refreshes }, event)
  return needed(code)
}

function needed(why: ErrorCode | undefined): ChartwayError {
  const details = { why: why ?? 'LAUNCH_REVOKED' }
  return new ChartwayError('LAUNCH_NEEDED', { retry: 'after-login', details })
}
