// Makes the one way out of a practice: permit, send once, learn from the answer, send again only
// what the vendor refused. It holds no credentials and reads no body.

import type { CallRequest, Lane } from '../kernel/call.ts'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import type { OrganizationId, PracticeRef } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { type HttpReply, header, type Network, NetworkFailure } from '../kernel/network.ts'
import { afterFailure, CLOSED } from './breaker.ts'
import {
  DEFAULT_LIMITS,
  type GateLimits,
  MINUTE_MS,
  spillMinutes,
  timeoutWallMs,
} from './limits.ts'
import { arrivalMinutes, type MinuteDelta, minutesNow, settle } from './minutes.ts'
import { RecentCalls } from './recent-calls.ts'
import { type Database, type GateStore, gateStore } from './store.ts'
import { type Permit, Turnstile } from './turnstile.ts'
import type { BudgetView, CountedMinute, Gate } from './types.ts'
import { learn, offsetAt } from './vendor-clock.ts'

export interface GateOptions {
  readonly database: Database
  readonly network: Network
  readonly clock: Clock
  readonly log: Log
  readonly limits?: Partial<GateLimits>
  /** Whether an organization's calls are held back, all of them; nobody's unless told otherwise. */
  readonly held?: (organization: OrganizationId) => Promise<boolean>
}

/** What one practice's calls share. */
interface Door {
  readonly ref: PracticeRef
  readonly turnstile: Turnstile
  readonly recent: RecentCalls
  keptFree: () => number
  clockSavedAt: number
}

interface CallOptions {
  readonly lane: Lane
  readonly signal?: AbortSignal | undefined
}

/** How often a learnt clock is written down. */
const SAVE_CLOCK_MS = 60_000
const TOO_MANY_REQUESTS = 429
/** The answers of something in between that has lost its server. */
const GONE_BEHIND = new Set([502, 503, 504])

/**
 * The gate of this process. Several processes may share one database: the budget is counted there.
 * Calls reject with NetworkFailure, with GATE_* errors or with the signal's reason.
 */
export function createGate(options: GateOptions): Gate {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const store = gateStore(options.database)
  const doors = new Map<string, Door>()
  const doorOf = (ref: PracticeRef): Door => {
    const key = `${ref.organization}/${ref.practice}`
    const known = doors.get(key)
    if (known) return known
    const keptFree = () => Math.min(limits.keptFreeMax, door.keptFree())
    const turnstile = new Turnstile({ ref, store, clock: options.clock, limits, keptFree })
    const door: Door = {
      ref,
      turnstile,
      recent: new RecentCalls(),
      keptFree: () => 0,
      clockSavedAt: 0,
    }
    doors.set(key, door)
    return door
  }
  const way = { ...options, limits, store }
  return {
    callFor: (ref, { keptFree } = {}) => {
      const door = doorOf(ref)
      if (keptFree !== undefined) door.keptFree = keptFree
      return async (request, callOptions) => {
        if (await options.held?.(ref.organization)) throw failed('OUTBOUND_HELD', request)
        return request.uncounted
          ? send(way, door, request, callOptions, 0)
          : counted(way, door, request, callOptions)
      }
    },
    passing: async (ref, request, callOptions) => {
      if (await options.held?.(ref.organization)) throw failed('OUTBOUND_HELD', request)
      const { turnstile } = doorOf(ref)
      await freshPermit(way, turnstile, request, callOptions)
      // Nobody will tell when it arrives: it stays as one whose answer never came.
      turnstile.finish([])
    },
    budget: (ref) => view(way, doorOf(ref)),
    minutes: (ref, count) => latestMinutes(way, doorOf(ref), count),
    recentCalls: (ref, { limit, failed }) => doorOf(ref).recent.latest(limit, { failed }),
  }
}

interface Way {
  readonly network: Network
  readonly clock: Clock
  readonly log: Log
  readonly limits: GateLimits
  readonly store: GateStore
}

async function counted(
  way: Way,
  door: Door,
  request: CallRequest,
  options: CallOptions,
): Promise<HttpReply> {
  const { clock, limits } = way
  const waitsFrom = clock.now()
  for (let refusals = 0; refusals <= limits.refusalsMax; ) {
    const permit = await freshPermit(way, door.turnstile, request, options)
    const reply = await sendOn(way, door, { request, options, permit, waitsFrom })
    if (reply.status !== TOO_MANY_REQUESTS || request.once) return reply
    refusals++
  }
  throw failed('GATE_REFUSED', request)
}

/** A permit that covers what is sent on it now. */
async function freshPermit(
  { limits }: Pick<Way, 'limits'>,
  turnstile: Turnstile,
  request: Pick<CallRequest, 'purpose'>,
  { lane, signal }: CallOptions,
): Promise<Permit> {
  for (let stale = 0; stale <= limits.stalePermitsMax; stale++) {
    const permit = await turnstile.acquire(lane, signal)
    if (signal?.aborted !== true && turnstile.isFresh(permit)) return permit
    turnstile.giveBack(permit)
    signal?.throwIfAborted()
  }
  throw failed('GATE_STALLED', request)
}

/** Sends on a permit and settles it, whatever comes of it. */
async function sendOn(
  way: Way,
  door: Door,
  call: {
    readonly request: CallRequest
    readonly options: CallOptions
    readonly permit: Permit
    readonly waitsFrom: number
  },
): Promise<HttpReply> {
  const { turnstile } = door
  const { state } = turnstile
  const sentAt = way.clock.now()
  try {
    const reply = await send(way, door, call.request, call.options, sentAt - call.waitsFrom)
    const answered = { sentAt, receivedAt: way.clock.now(), date: dateOf(reply) }
    const reset = learnFrom(way, door, answered)
    const refused = reply.status === TOO_MANY_REQUESTS
    const gone = GONE_BEHIND.has(reply.status)
    state.breaker = gone ? afterFailure(state.breaker, way.clock.now(), way.limits) : CLOSED
    if (reset) turnstile.blockNow()
    turnstile.finish(settled(way, door, call.permit, answered, refused))
    return reply
  } catch (error) {
    turnstileAfterFailure(way, door, { ...call, sentAt }, error)
    throw error
  }
}

/** What a call without an answer tells about the minutes: the less is proven, the more stays taken. */
function turnstileAfterFailure(
  way: Way,
  door: Door,
  call: { readonly options: CallOptions; readonly permit: Permit; readonly sentAt: number },
  error: unknown,
): void {
  const { turnstile } = door
  const { state } = turnstile
  const { permit, sentAt } = call
  const failure = error instanceof NetworkFailure ? error : undefined
  const now = way.clock.now()
  // A caller that gave up says nothing about the practice.
  const abandoned = call.options.signal?.aborted === true
  if (failure && !abandoned) state.breaker = afterFailure(state.breaker, now, way.limits)
  // A time-out or an abort ends our waiting, not the request's journey: the call stays unsettled. Any
  // other end of the connection is one of its journey too.
  const arrivesYet = abandoned || failure === undefined || failure.code === 'NETWORK_TIMEOUT'
  if (failure?.phase === 'unsent') turnstile.giveBack(permit)
  else if (arrivesYet) turnstile.finish([])
  else {
    const answered = { sentAt, receivedAt: now, date: undefined }
    turnstile.finish(settled(way, door, permit, answered, false))
  }
}

function settled(
  way: Way,
  door: Door,
  permit: Permit,
  answered: {
    readonly sentAt: number
    readonly receivedAt: number
    readonly date: number | undefined
  },
  refused: boolean,
): MinuteDelta[] {
  const { state } = door.turnstile
  const landed = arrivalMinutes(state.clock, answered, way.limits)
  const spill = spillMinutes(way.limits, way.clock.factor)
  // After the vendor's clock was set, nothing is given back that an earlier clock has charged.
  const sure = permit.generation === state.generation
  const { charged } = permit
  const range = sure ? landed : { first: charged.first, last: Math.max(charged.last, landed.last) }
  return settle(charged, range, { refused, spill })
}

async function send(
  way: Way,
  door: Door,
  request: CallRequest,
  options: CallOptions,
  waitMs: number,
): Promise<HttpReply> {
  const { clock, limits, network } = way
  const { method, url, headers, body, sink } = request
  const startedAt = clock.now()
  const log = (outcome: { readonly status: number } | { readonly code: ErrorCode }) => {
    door.recent.add({
      at: startedAt,
      method,
      purpose: request.purpose,
      lane: options.lane,
      waitMs,
      durationMs: clock.now() - startedAt,
      status: 'status' in outcome ? outcome.status : undefined,
      code: 'code' in outcome ? outcome.code : undefined,
    })
    way.log.write('code' in outcome ? 'warn' : 'debug', 'gate.call', {
      organization: door.ref.organization,
      practice: door.ref.practice,
      method,
      route: request.purpose,
      lane: options.lane,
      waitMs,
      durationMs: clock.now() - startedAt,
      ...outcome,
    })
  }
  try {
    const reply = await network.send(
      {
        method,
        url,
        headers,
        ...(body === undefined ? {} : { body }),
        timeoutMs: timeoutWallMs(limits, clock.factor),
        bodyBytesMax: sink === undefined ? limits.bodyBytesMax : limits.streamBytesMax,
        ...(sink === undefined ? {} : { sink }),
      },
      { signal: options.signal },
    )
    log({ status: reply.status })
    return reply
  } catch (error) {
    if (error instanceof ChartwayError) log({ code: error.code })
    throw error
  }
}

function dateOf(reply: HttpReply): number | undefined {
  const text = header(reply, 'date')
  const date = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isFinite(date) ? date : undefined
}

/** Learns the vendor's clock; true when it was found to have been set. */
function learnFrom(
  way: Way,
  door: Door,
  answered: {
    readonly sentAt: number
    readonly receivedAt: number
    readonly date: number | undefined
  },
): boolean {
  const { state } = door.turnstile
  if (answered.date === undefined) return false
  const sample = { ...answered, date: answered.date }
  const learnt = learn(state.clock, sample, way.limits)
  const first = !state.clock.known
  state.clock = learnt.clock
  if (learnt.reset) {
    state.generation++
    const { organization, practice } = door.ref
    way.log.write('warn', 'gate.vendor-clock-set', { organization, practice })
  }
  const now = answered.receivedAt
  if (first || learnt.reset || now - door.clockSavedAt >= SAVE_CLOCK_MS) {
    door.clockSavedAt = now
    way.store.saveClock(door.ref, learnt.clock).catch(() => {
      // Only a shortcut for the next start; the next minute's attempt may do better.
      door.clockSavedAt = 0
    })
  }
  return learnt.reset
}

async function latestMinutes(
  way: Way,
  door: Door,
  count: number,
): Promise<readonly CountedMinute[]> {
  const { turnstile } = door
  await turnstile.load()
  const { first } = minutesNow(turnstile.state.clock, way.clock.now(), way.limits)
  const from = first - (count - 1) * MINUTE_MS
  const counted = await way.store.minutes(door.ref, { first: from, last: first })
  const known = new Map(counted.map((each) => [each.minute, each]))
  return Array.from({ length: count }, (_, index) => {
    const minute = from + index * MINUTE_MS
    return known.get(minute) ?? { minute, taken: 0, refused: false }
  })
}

async function view(way: Way, door: Door): Promise<BudgetView> {
  const { clock, limits, store } = way
  const { turnstile } = door
  await turnstile.load()
  const now = clock.now()
  const { first } = minutesNow(turnstile.state.clock, now, limits)
  const row = await store.minute(door.ref, first, spillMinutes(limits, clock.factor))
  const { low, high } = offsetAt(turnstile.state.clock, now, limits)
  const used = row.taken + row.pending
  return {
    limit: limits.callsPerMinuteMax,
    minute: first,
    taken: row.taken,
    left: row.refused ? 0 : Math.max(0, limits.callsPerMinuteMax - used),
    refused: row.refused,
    nextMinuteInMs: Math.max(0, first + MINUTE_MS - (now + low)),
    pausedUntil: turnstile.state.breaker.pausedUntil,
    waiting: turnstile.waiting(),
    vendorClock: turnstile.state.clock.known ? { low, high } : undefined,
  }
}

function failed(code: ErrorCode, request: Pick<CallRequest, 'purpose'>): ChartwayError {
  return new ChartwayError(code, { retry: 'later', details: { purpose: request.purpose } })
}
