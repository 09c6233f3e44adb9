// The latest calls of one practice, for whoever looks why something is slow or refused: what each was
// for, without any value, and how it ended. Kept in this process's memory alone, and bounded.

import type { Lane } from '../kernel/call.ts'
import type { ErrorCode } from '../kernel/errors.ts'

/** Calls of one practice that are remembered; the oldest goes first. */
export const RECENT_CALLS_MAX = 500

export interface RecentCall {
  /** Counts the calls of this process at the practice, from 1. */
  readonly number: number
  /** When it was sent, epoch ms. */
  readonly at: number
  readonly method: string
  /** What it was for, without any value, such as `Observation?patient,category`. */
  readonly purpose: string
  readonly lane: Lane
  /** Business ms that it waited for its permit. */
  readonly waitMs: number
  /** Business ms from sending to the whole answer, or to the failure. */
  readonly durationMs: number
  /** The practice's answer; undefined when there was none. */
  readonly status: number | undefined
  /** Why there was none. */
  readonly code: ErrorCode | undefined
}

export class RecentCalls {
  readonly #max: number
  #calls: RecentCall[] = []
  #number = 0

  constructor(max: number = RECENT_CALLS_MAX) {
    this.#max = max
  }

  add(call: Omit<RecentCall, 'number'>): void {
    this.#calls.push({ number: ++this.#number, ...call })
    // Cut seldom: a shift of each call would copy the list each time.
    if (this.#calls.length > 2 * this.#max) this.#calls = this.#calls.slice(-this.#max)
  }

  /** The newest first, at most `limit`; `failed`: only those refused, failed or without an answer. */
  latest(limit: number, { failed = false }: { readonly failed?: boolean } = {}): RecentCall[] {
    const kept = this.#calls.slice(-this.#max).reverse()
    return (failed ? kept.filter(isFailed) : kept).slice(0, limit)
  }
}

function isFailed({ status }: RecentCall): boolean {
  return status === undefined || status >= 400
}
