// A launch from its beginning to its tokens: sends a browser to the vendor's sign-in and takes what it
// brings back, once, from the same browser, in time. What is done with the tokens is done beside it.

import { ChartwayError } from '../kernel/errors.ts'
import type { OrganizationId, PracticeRef } from '../kernel/ids.ts'
import type { LaunchKind, PersonApp } from '../pathways/contract.ts'
import type { Practice } from '../practice/index.ts'
import {
  actorIn,
  appAt,
  appOf,
  eventOf,
  type Key,
  OPTIONS,
  type Parts,
  redirectUriOf,
  sealed,
  unsealed,
} from './parts.ts'
import {
  browserIn,
  challengeOf,
  digest,
  isSame,
  makeLaunchId,
  makeSecret,
  makeText,
  partsOf,
} from './secrets.ts'
import type { HeldLaunch, NewLaunch } from './store.ts'
import type { Departure, Launches } from './types.ts'

/** How long a person may take, business ms. */
const ANSWER_MS = 600_000
export const ANSWER_SECONDS = ANSWER_MS / 1000
/** The vendor's value of an EHR launch: opaque, and bounded. */
const LAUNCH_VALUE = /^[!-~]{1,2000}$/
const ISS_LENGTH_MAX = 2000

export function journeys(parts: Parts): Pick<Launches, 'start' | 'depart' | 'departFromEhr'> & {
  arrive(answer: Parameters<Launches['arrive']>[0]): Promise<HeldLaunch>
} {
  return {
    start: (ref, actor) => start(parts, ref, actor),
    depart: (opened) => depart(parts, opened),
    departFromEhr: (opened) => departFromEhr(parts, opened),
    arrive: (answer) => arrive(parts, answer),
  }
}

async function start(parts: Parts, ref: PracticeRef, actor: string): ReturnType<Launches['start']> {
  const { store, practices, random, publicUrl } = parts
  if ((await practices.get(ref)) === undefined) return undefined
  const { app } = await appOf(parts, ref)
  const launchId = makeLaunchId(random)
  const ticket = makeText('cwb', { organization: ref.organization, launchId }, random)
  const launch = newLaunch(parts, { ref, launchId }, { kind: 'standalone', app, actor })
  const happened = { actor, action: 'launches.start', details: { kind: launch.kind } }
  const event = eventOf(parts, launch, happened)
  const begun = await store.begin({ ...launch, ticketHash: digest(ticket) }, undefined, event)
  if (!begun) throw tooMany()
  return { launchId, url: `${publicUrl}/launch/go/${ticket}`, expiresAt: launch.answerUntil }
}

async function depart(
  parts: Parts,
  { ticket, actor, browser }: Parameters<Launches['depart']>[0],
): Promise<Departure> {
  const { store, clock } = parts
  const named = partsOf('cwb', ticket)
  const held = named && (await store.find(named.organization, named.launchId))
  const right =
    held?.phase === 'begun' &&
    clock.now() < held.answerUntil &&
    isSame(held.ticketHash, digest(ticket))
  if (!right) throw new ChartwayError('LAUNCH_STATE_INVALID')
  const isPersons = held.startedBy?.startsWith('user:') === true
  if (isPersons && held.startedBy !== actor) throw new ChartwayError('LAUNCH_OTHER_BROWSER')
  const { app } = await appOf(parts, held.ref)
  const leaving = await leavingBy(parts, held, browser)
  if (!(await store.depart(held, digest(ticket), leaving.awaited)))
    throw new ChartwayError('LAUNCH_STATE_INVALID')
  return send(parts, { launch: held, app, value: undefined }, leaving)
}

async function departFromEhr(
  parts: Parts,
  { organization, iss, launch: value, browser }: Parameters<Launches['departFromEhr']>[0],
): Promise<Departure> {
  const { store, random } = parts
  const found = organization && (await practiceAt(parts, organization, iss))
  if (!found || !LAUNCH_VALUE.test(value)) throw new ChartwayError('LAUNCH_PRACTICE_UNKNOWN')
  const { ref, app } = found
  const launchId = makeLaunchId(random)
  const launch = newLaunch(parts, { ref, launchId }, { kind: 'ehr', app, actor: undefined })
  const leaving = await leavingBy(parts, launch, browser)
  const happened = { actor: actorIn(launch), action: 'launches.start', details: { kind: 'ehr' } }
  if (!(await store.begin(launch, leaving.awaited, eventOf(parts, launch, happened))))
    throw tooMany()
  return send(parts, { launch, app, value }, leaving)
}

/** The practice that a launch names as its issuer, where people can be launched from it. */
async function practiceAt(
  parts: Parts,
  organization: OrganizationId,
  iss: string,
): Promise<{ readonly ref: PracticeRef; readonly app: PersonApp } | undefined> {
  if (iss.length > ISS_LENGTH_MAX) return undefined
  const baseUrl = iss.replace(/\/$/, '')
  const isNamed = (practice: Practice) => practice.baseUrl === baseUrl
  for (const practice of (await parts.practices.list(organization)).filter(isNamed)) {
    const app = appAt(parts, practice)
    if (app !== undefined) return { ref: practice.ref, app }
  }
  return undefined
}

function newLaunch(
  { clock }: Parts,
  { ref, launchId }: Key,
  of: {
    readonly kind: LaunchKind
    readonly app: PersonApp
    readonly actor: string | undefined
  },
): NewLaunch {
  const begunAt = Math.floor(clock.now())
  return {
    ...{ ref, launchId, kind: of.kind, startedBy: of.actor, scopes: of.app.scopes(of.kind) },
    ...{ begunAt, answerUntil: begunAt + ANSWER_MS, ticketHash: undefined },
  }
}

interface Leaving extends Pick<Departure, 'browser'> {
  readonly state: string
  readonly verifier: string
  readonly nonce: string
  readonly awaited: Parameters<Parts['store']['depart']>[2]
}

/** Everything that is new with each departure, and what is remembered of it. */
async function leavingBy(
  parts: Parts,
  { ref, launchId }: Key,
  brought: string | undefined,
): Promise<Leaving> {
  const { random } = parts
  const state = makeText('cwl', { organization: ref.organization, launchId }, random)
  const [verifier, nonce] = [makeSecret(random), makeSecret(random)]
  const browser = browserIn(brought) ?? makeSecret(random)
  const pending = await sealed(parts, { ref, launchId }, 'pending_envelope', { verifier, nonce })
  const awaited = {
    stateHash: digest(state),
    browserHash: digest(browser),
    pendingEnvelope: pending,
  }
  return { state, verifier, nonce, browser, awaited }
}

/** The way to the vendor, counted as the call that the browser makes of it. */
async function send(
  parts: Parts,
  going: {
    readonly launch: Pick<HeldLaunch, 'ref' | 'launchId' | 'kind' | 'startedBy'>
    readonly app: PersonApp
    readonly value: string | undefined
  },
  { state, verifier, nonce, browser }: Leaving,
): Promise<Departure> {
  const { launch, app, value } = going
  try {
    const [challenge, redirectUri] = [challengeOf(verifier), redirectUriOf(parts)]
    const asked = { kind: launch.kind, state, nonce, challenge, redirectUri, launch: value }
    const url = await app.authorizeUrl(asked, OPTIONS)
    await parts.gate.passing(launch.ref, { purpose: 'authorize' }, OPTIONS)
    return { url, browser }
  } catch (error) {
    await fail(parts, launch, error)
    throw error
  }
}

async function arrive(
  parts: Parts,
  { parameters, browser }: Parameters<Launches['arrive']>[0],
): Promise<HeldLaunch> {
  const { store } = parts
  const state = parameters.get('state') ?? ''
  const held = await awaitedBy(parts, state, browser)
  const { pendingEnvelope } = held
  const used = pendingEnvelope !== undefined && (await store.redeem(held, digest(state)))
  if (!used) throw new ChartwayError('LAUNCH_STATE_INVALID')
  try {
    const pending = await unsealed(parts, held, 'pending_envelope', pendingEnvelope)
    const { verifier = '', nonce = '' } = pending
    const { app, secret } = await appOf(parts, held.ref)
    const { scopes } = held
    const proof = { state, verifier, nonce, redirectUri: redirectUriOf(parts), secret, scopes }
    const tokens = await app.redeem({ parameters, ...proof }, OPTIONS)
    const { accessToken, refreshToken, person, patient } = tokens
    const envelope = await sealed(parts, held, 'tokens_envelope', { accessToken, refreshToken }, [
      '0',
    ])
    const details = { kind: held.kind, ...(person && { person }), ...(patient && { patient }) }
    const happened = { actor: actorIn(held), action: 'launches.complete', details }
    const stored = { envelope, at: Math.floor(parts.clock.now()) }
    const launch = await store.complete(held, tokens, stored, eventOf(parts, held, happened))
    if (launch === undefined) throw new ChartwayError('LAUNCH_STATE_INVALID')
    return launch
  } catch (error) {
    await fail(parts, held, error)
    throw error
  }
}

/** The launch whose answer this is. Throws LAUNCH_STATE_INVALID and LAUNCH_OTHER_BROWSER. */
async function awaitedBy(
  { store, clock }: Parts,
  state: string,
  browser: string | undefined,
): Promise<HeldLaunch> {
  const named = partsOf('cwl', state)
  const held = named && (await store.find(named.organization, named.launchId))
  const right =
    held?.phase === 'begun' &&
    clock.now() < held.answerUntil &&
    isSame(held.stateHash, digest(state))
  if (!right) throw new ChartwayError('LAUNCH_STATE_INVALID')
  // Somebody else's browser must not end up in this person's session, nor this person in somebody
  // else's (RFC 9700, 4.7): the state stays good for the browser that it was given to.
  const cookie = browserIn(browser)
  if (cookie === undefined || !isSame(held.browserHash, digest(cookie)))
    throw new ChartwayError('LAUNCH_OTHER_BROWSER')
  return held
}

/** Ends a launch that came to nothing, with its reason. */
async function fail(
  parts: Parts,
  launch: Key & { readonly startedBy: string | undefined },
  error: unknown,
): Promise<void> {
  const code = error instanceof ChartwayError ? error.code : 'INTERNAL'
  const outcome = code === 'LAUNCH_DENIED' ? 'refused' : 'failed'
  const happened = { actor: actorIn(launch), action: 'launches.complete', outcome } as const
  const event = eventOf(parts, launch, { ...happened, details: { code } })
  const from = { states: ['begun', 'redeeming'] } as const
  await parts.store.leave(launch, { state: 'ended', code }, from, event)
}

function tooMany(): ChartwayError {
  return new ChartwayError('LAUNCHES_TOO_MANY', { retry: 'later', details: { seconds: 60 } })
}
