// The gate's door: permits and the one way out. Other rooms see calls and budgets, never the network.

import type { Call, Lane } from '../kernel/call.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { RecentCall } from './recent-calls.ts'

export interface BudgetView {
  /** Calls the vendor allows in one wall-clock minute. */
  readonly limit: number
  /** Start of the vendor's current minute, epoch ms of the vendor's clock. */
  readonly minute: number
  readonly taken: number
  readonly left: number
  /** True when the vendor has refused in this minute: nothing is sent until it ends. */
  readonly refused: boolean
  /** Business ms until the next minute begins. */
  readonly nextMinuteInMs: number
  /** Until then nothing is sent, because the practice fails; in the past when it does not. */
  readonly pausedUntil: number
  readonly waiting: Readonly<Record<Lane, number>>
  /** The vendor's clock minus ours lies between these, ms; undefined before the first answer. */
  readonly vendorClock: { readonly low: number; readonly high: number } | undefined
}

/** One of the vendor's minutes. */
export interface CountedMinute {
  /** Its start, epoch ms of the vendor's clock. */
  readonly minute: number
  readonly taken: number
  /** True when the vendor refused in it. */
  readonly refused: boolean
}

export interface Gate {
  /** The `call` that a pathway of this practice gets. */
  callFor(
    ref: PracticeRef,
    options?: {
      /** Calls of each minute that this practice leaves to others that count against it. */
      readonly keptFree?: () => number
    },
  ): Call
  /**
   * Waits for the permit of a call that somebody else is about to make, such as a browser that is sent
   * to the practice's sign-in: it counts there like ours. Rejects as a call does.
   */
  passing(
    ref: PracticeRef,
    request: { readonly purpose: string },
    options: { readonly lane: Lane; readonly signal?: AbortSignal | undefined },
  ): Promise<void>
  budget(ref: PracticeRef): Promise<BudgetView>
  /** The vendor's minutes that have begun, the oldest first, none left out; at most so many. */
  minutes(ref: PracticeRef, count: number): Promise<readonly CountedMinute[]>
  /** The latest calls that this process made there, the newest first. */
  recentCalls(
    ref: PracticeRef,
    query: { readonly limit: number; readonly failed: boolean },
  ): readonly RecentCall[]
}
