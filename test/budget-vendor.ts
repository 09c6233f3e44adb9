// A vendor that does nothing but count: calls per minute of its own clock, refused beyond the limit
// as the real one does. The judge of the budget; it knows nothing of how permits are given.

import type { Network } from '../platform/src/kernel/network.ts'
import { NetworkFailure } from '../platform/src/kernel/network.ts'
import type { VirtualClock } from '../platform/src/kernel/virtual-clock.ts'

export const VENDOR_LIMIT = 250
const MINUTE_MS = 60_000

/** Milliseconds on the way there and, after its arrival, until the answer is here. */
export type Latency = () => { readonly there: number; readonly back: number }

export interface BudgetVendor {
  readonly network: Network
  /** Calls that arrived, by the start of the vendor's own minute; refused ones too. */
  readonly arrivals: ReadonlyMap<number, number>
  refused: number
  /** Sets the vendor's clock forward or back. */
  step(ms: number): void
  now(): number
}

export function budgetVendor(options: {
  readonly clock: VirtualClock
  readonly skewMs: number
  /** How much faster its clock runs than ours, parts per million. */
  readonly driftPpm: number
  readonly latency: Latency
  /** Draws in [0, 1): connections that break after the call has arrived. */
  readonly breaks?: () => boolean
  /** Calls of other clients that count as well: refused beyond this instead of the limit. */
  readonly limit?: number
}): BudgetVendor {
  const { clock } = options
  const startedAt = clock.now()
  let stepped = 0
  const arrivals = new Map<number, number>()
  const now = () => {
    const passed = clock.now() - startedAt
    return clock.now() + options.skewMs + stepped + (passed * options.driftPpm) / 1_000_000
  }
  const arrive = (): number => {
    const minute = Math.floor(now() / MINUTE_MS) * MINUTE_MS
    const count = (arrivals.get(minute) ?? 0) + 1
    arrivals.set(minute, count)
    if (count <= (options.limit ?? VENDOR_LIMIT)) return 200
    vendor.refused++
    return 429
  }
  const send: Network['send'] = async (request, { signal } = {}) => {
    const { there, back } = options.latency()
    const status = clock.sleep(there).then(arrive)
    if (there + back > request.timeoutMs) {
      await clock.sleep(request.timeoutMs, { signal })
      throw new NetworkFailure('unknown', 'NETWORK_TIMEOUT')
    }
    await clock.sleep(there, { signal })
    const answered = await status
    // Written when the answer leaves, with a second's resolution, rounded down.
    const date = new Date(Math.floor(now() / 1000) * 1000).toUTCString()
    await clock.sleep(back, { signal })
    if (options.breaks?.()) throw new NetworkFailure('unknown', 'NETWORK_RESET')
    return { status: answered, headers: [['date', date]], body: new Uint8Array() }
  }
  const vendor: BudgetVendor = {
    network: { send },
    arrivals,
    refused: 0,
    step: (ms) => {
      stepped += ms
    },
    now,
  }
  return vendor
}

/** The fullest of the vendor's minutes. */
export function fullest(vendor: BudgetVendor): number {
  return Math.max(0, ...vendor.arrivals.values())
}

/** The share of the limit used in the whole minutes between the first and the last, empty ones too. */
export function utilisation(vendor: BudgetVendor): number {
  const known = [...vendor.arrivals.keys()]
  const first = Math.min(...known) + MINUTE_MS
  const last = Math.max(...known) - MINUTE_MS
  let used = 0
  for (let minute = first; minute <= last; minute += MINUTE_MS)
    used += vendor.arrivals.get(minute) ?? 0
  const minutes = (last - first) / MINUTE_MS + 1
  return minutes < 1 ? 0 : used / (minutes * VENDOR_LIMIT)
}

/**
 * A network that dies with its process: calls under way arrive, nobody hears the answer. `dead` also
 * stops new calls, as a killed process makes none.
 */
export function mortal<T extends object>(
  port: T,
  method: keyof T & string,
): { readonly port: T; kill(): void } {
  let dead = false
  const never = new Promise<never>(() => {})
  const original: unknown = port[method]
  if (typeof original !== 'function') throw new Error(`${method} is not a method`)
  const wrapped = (...given: unknown[]): Promise<unknown> => {
    if (dead) return never
    const running: Promise<unknown> = original.apply(port, given)
    return running.then(
      (value) => (dead ? never : value),
      (error: unknown) => {
        if (dead) return never
        throw error
      },
    )
  }
  return {
    port: { ...port, [method]: wrapped },
    kill: () => {
      dead = true
    },
  }
}
