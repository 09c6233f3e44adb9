// One practice's queue of callers and the permits they get. All callers that wait while a statement
// is under way share the next one. It sends nothing and never sees a request.

import type { Lane } from '../kernel/call.ts'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { allowed, type Breaker } from './breaker.ts'
import { type GateLimits, MINUTE_MS, spillMinutes } from './limits.ts'
import { type MinuteDelta, type MinuteRange, minutesNow, sumDeltas, uncharge } from './minutes.ts'
import type { AcquireAnswer, GateStore } from './store.ts'
import { assumedClock, offsetAt, type VendorClock } from './vendor-clock.ts'

/** One call's leave to go out, charged to the minutes it may land in. */
export interface Permit {
  readonly charged: MinuteRange
  /** The clock's generation: a permit of an earlier one is never given back. */
  readonly generation: number
}

interface Waiter {
  readonly grant: (permit: Permit) => void
  readonly fail: (reason: unknown) => void
  readonly until: number
}

/** What was asked of the database, and with how much kept for people. */
interface Asked {
  readonly range: MinuteRange
  readonly reserve: number
}

/** What is known of one practice's vendor; shared with whoever sends. */
export interface VendorState {
  clock: VendorClock
  generation: number
  breaker: Breaker
}

/** Answers that wait this long for company before they are written by themselves. */
const FLUSH_MS = 500
const FLUSH_WALL_MS = 50
/** How often a full minute is looked at again for calls that others have settled. */
const LOOK_AGAIN_MS = 2_000
const LOOK_AGAIN_WALL_MS = 50
/** The shortest wait, so that no rounding makes the queue spin. */
const WAIT_MS_MIN = 1

export class Turnstile {
  readonly state: VendorState
  readonly #ref: PracticeRef
  readonly #store: GateStore
  readonly #clock: Clock
  readonly #limits: GateLimits
  readonly #keptFree: () => number
  readonly #spill: number
  readonly #queues: Record<Lane, Set<Waiter>> = { interactive: new Set(), sweep: new Set() }
  #deltas: MinuteDelta[] = []
  #deltasSince = 0
  #inFlight = 0
  #pumping = false
  #again = false
  #loaded = false
  #ensured: MinuteRange | undefined
  #alarm: AbortController | undefined

  constructor(options: {
    readonly ref: PracticeRef
    readonly store: GateStore
    readonly clock: Clock
    readonly limits: GateLimits
    /** Calls of each minute that are left to others. */
    readonly keptFree: () => number
  }) {
    this.#ref = options.ref
    this.#store = options.store
    this.#clock = options.clock
    this.#limits = options.limits
    this.#keptFree = options.keptFree
    this.#spill = spillMinutes(options.limits, options.clock.factor)
    const clock = assumedClock(options.clock.now(), options.limits)
    this.state = { clock, generation: 0, breaker: { failures: 0, pausedUntil: 0 } }
  }

  /** Waits for a permit. Rejects with the signal's reason, GATE_QUEUE_FULL or GATE_WAIT_TOO_LONG. */
  acquire(lane: Lane, signal: AbortSignal | undefined): Promise<Permit> {
    const queue = this.#queues[lane]
    const { waitingMax, interactiveWaitMsMax, sweepWaitMsMax } = this.#limits
    const waitMsMax = lane === 'interactive' ? interactiveWaitMsMax : sweepWaitMsMax
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (queue.size >= waitingMax) return reject(busy('GATE_QUEUE_FULL', lane))
      const leave = () => {
        queue.delete(waiter)
        signal?.removeEventListener('abort', stop)
      }
      const stop = () => waiter.fail(signal?.reason)
      const waiter: Waiter = {
        until: this.#clock.now() + waitMsMax,
        grant: (permit) => {
          leave()
          resolve(permit)
        },
        fail: (reason) => {
          leave()
          reject(reason)
        },
      }
      queue.add(waiter)
      signal?.addEventListener('abort', stop, { once: true })
      this.#wake()
    })
  }

  /** True when the permit still covers every minute in which a call sent now would arrive at once. */
  isFresh(permit: Permit): boolean {
    const range = minutesNow(this.state.clock, this.#clock.now(), this.#limits)
    return (
      permit.generation === this.state.generation &&
      range.last <= permit.charged.last &&
      range.first >= permit.charged.first
    )
  }

  /** Takes back a permit that was not used, or whose call is proven never to have left. */
  giveBack(permit: Permit): void {
    this.finish(permit.generation === this.state.generation ? uncharge(permit.charged) : [])
  }

  /** A permit's call is over; `deltas` is what that tells about the minutes. */
  finish(deltas: readonly MinuteDelta[]): void {
    this.#inFlight--
    this.#note(deltas)
    this.#wake()
  }

  waiting(): Record<Lane, number> {
    return { interactive: this.#queues.interactive.size, sweep: this.#queues.sweep.size }
  }

  /** Takes up the clock that another process or an earlier run has learnt, once. */
  async load(): Promise<void> {
    if (this.#loaded) return
    const clock = await this.#store.loadClock(this.#ref)
    this.#loaded = true
    const usable = clock !== undefined && clock.at <= this.#clock.now()
    if (usable && !this.state.clock.known) this.state.clock = clock
  }

  /** Blocks the minutes that may be running: after the vendor's clock was set, nothing is certain. */
  blockNow(): void {
    const { first, last } = minutesNow(this.state.clock, this.#clock.now(), this.#limits)
    const deltas: MinuteDelta[] = []
    for (let minute = first; minute <= last; minute += MINUTE_MS)
      deltas.push({ minute, taken: 0, settled: 0, refused: true })
    this.#note(deltas)
  }

  #note(deltas: readonly MinuteDelta[]): void {
    if (deltas.length === 0) return
    if (this.#deltas.length === 0) this.#deltasSince = this.#clock.now()
    this.#deltas = sumDeltas([...this.#deltas, ...deltas])
  }

  /** Never throws: what goes wrong in a pump goes to those who wait. */
  #wake(): void {
    if (this.#pumping) {
      this.#again = true
      return
    }
    this.#pumping = true
    void this.#pump()
      .catch((reason: unknown) => this.#failAll(reason))
      .finally(() => {
        this.#pumping = false
        if (this.#again) {
          this.#again = false
          this.#wake()
        }
      })
  }

  async #pump(): Promise<void> {
    await this.load()
    this.#expire()
    const wanted = this.#wanted()
    const nobody = wanted.interactive + wanted.sweep === 0
    if (nobody && this.#clock.now() < this.#flushAt()) return this.#setAlarm()
    // What the answer is about; the time may be another when it is here.
    const range = minutesNow(this.state.clock, this.#clock.now(), this.#limits)
    const asked = { range, reserve: this.#reserve(range) }
    const answer = await this.#ask(wanted, asked)
    this.#setAlarm({ ...answer, ...asked })
  }

  /** How many permits of each lane may be asked for now. */
  #wanted(): Record<Lane, number> {
    const { state } = this
    const now = this.#clock.now()
    const atOnce = state.clock.known ? this.#limits.inFlightMax : 1
    const slots = Math.max(
      0,
      Math.min(atOnce, allowed(state.breaker, now, this.#limits)) - this.#inFlight,
    )
    const interactive = Math.min(slots, this.#queues.interactive.size)
    return { interactive, sweep: Math.min(slots - interactive, this.#queues.sweep.size) }
  }

  async #ask(wanted: Record<Lane, number>, { range, reserve }: Asked): Promise<AcquireAnswer> {
    const { generation } = this.state
    const deltas = this.#deltas
    this.#deltas = []
    // Counted while the statement runs, so that a second one cannot pass the cap.
    const asked = wanted.interactive + wanted.sweep
    this.#inFlight += asked
    try {
      await this.#ensure(range, deltas)
      const answer = await this.#store.acquire(this.#ref, {
        ...wanted,
        range,
        deltas,
        limit: this.#limits.callsPerMinuteMax - this.#keptFree(),
        reserve,
        spill: this.#spill,
      })
      const granted = answer.interactive + answer.sweep
      this.#inFlight -= asked - granted
      this.#hand('interactive', answer.interactive, { charged: range, generation })
      this.#hand('sweep', answer.sweep, { charged: range, generation })
      return answer
    } catch (error) {
      // Whether it was written is unknown, and writing it twice could count too little. Left alone,
      // the permits stay charged and the calls unsettled: that errs on the safe side.
      this.#inFlight -= asked
      throw error
    }
  }

  /** The reserve melts with the minute: what nobody interactive has used by its end is not wasted. */
  #reserve(range: MinuteRange): number {
    const { interactiveReserve } = this.#limits
    if (range.first !== range.last) return interactiveReserve
    const { low } = offsetAt(this.state.clock, this.#clock.now(), this.#limits)
    const remaining = range.first + MINUTE_MS - (this.#clock.now() + low)
    return Math.floor((interactiveReserve * remaining) / MINUTE_MS)
  }

  #hand(lane: Lane, count: number, permit: Permit): void {
    const waiters = [...this.#queues[lane]].slice(0, count)
    for (const waiter of waiters) waiter.grant(permit)
    // Callers that gave up while the statement ran.
    for (let surplus = waiters.length; surplus < count; surplus++) this.giveBack(permit)
  }

  async #ensure(range: MinuteRange, deltas: readonly MinuteDelta[]): Promise<void> {
    const told = deltas.map((delta) => delta.minute)
    const first = Math.min(range.first - this.#spill * MINUTE_MS, ...told)
    const last = Math.max(range.last, ...told)
    const ensured = this.#ensured
    if (ensured && ensured.first <= first && ensured.last >= last) return
    const forgetBefore = range.first - this.#limits.keepMinutesMs
    const wanted = { first: Math.max(first, forgetBefore), last: last + MINUTE_MS }
    await this.#store.ensure(this.#ref, wanted, forgetBefore)
    this.#ensured = wanted
  }

  /** When what was learnt is written although no caller came along to carry it. */
  #flushAt(): number {
    if (this.#deltas.length === 0) return Number.POSITIVE_INFINITY
    const { factor } = this.#clock
    return this.#deltasSince + Math.max(FLUSH_MS, factor > 1 ? FLUSH_WALL_MS * factor : 0)
  }

  #expire(): void {
    const now = this.#clock.now()
    for (const lane of ['interactive', 'sweep'] as const)
      for (const waiter of this.#queues[lane]) {
        if (waiter.until > now) break
        const paused = this.state.breaker.pausedUntil > now
        waiter.fail(busy(paused ? 'GATE_VENDOR_DOWN' : 'GATE_WAIT_TOO_LONG', lane))
      }
  }

  #failAll(reason: unknown): void {
    for (const queue of Object.values(this.#queues)) for (const waiter of queue) waiter.fail(reason)
  }

  /** Sets the time of the next look: the next minute, the end of a pause, a melted reserve. */
  #setAlarm(answer?: AcquireAnswer & Asked): void {
    this.#alarm?.abort()
    this.#alarm = undefined
    const { interactive, sweep } = this.#queues
    const now = this.#clock.now()
    const oldest = [interactive, sweep].flatMap(([first]) => (first ? [first.until] : []))
    const times = this.#deltas.length > 0 ? [...oldest, this.#flushAt()] : [...oldest]
    if (oldest.length > 0 && this.state.breaker.pausedUntil > now)
      times.push(this.state.breaker.pausedUntil)
    if (oldest.length > 0 && answer) times.push(...this.#nextChances(answer, now))
    if (times.length === 0) return
    // Whole milliseconds, so that a virtual clock keeps showing whole ones.
    const waitMs = Math.max(WAIT_MS_MIN, Math.ceil(Math.min(...times) - now))
    const abort = new AbortController()
    this.#alarm = abort
    this.#clock.sleep(waitMs, { signal: abort.signal }).then(
      () => this.#wake(),
      () => {},
    )
  }

  #nextChances(answer: AcquireAnswer & Asked, now: number): number[] {
    const { low } = offsetAt(this.state.clock, now, this.#limits)
    const { range, reserve } = answer
    const times = [range.first + MINUTE_MS - low]
    if (answer.refused) return times
    const { interactiveReserve } = this.#limits
    // The time at which one more place of the reserve melts.
    if (answer.room > 0 && reserve > 0)
      times.push(range.first + MINUTE_MS - low - (reserve * MINUTE_MS) / interactiveReserve + 1)
    const again = this.#clock.factor > 1 ? LOOK_AGAIN_WALL_MS * this.#clock.factor : 0
    if (answer.pending > 0) times.push(now + Math.max(LOOK_AGAIN_MS, again))
    return times
  }
}

function busy(code: ErrorCode, lane: Lane): ChartwayError {
  return new ChartwayError(code, { retry: 'later', details: { lane } })
}
