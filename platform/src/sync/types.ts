// What sync shows of its work to the rooms above it: how far a practice is, what is wrong with its
// connection, and what on the wire could not be used. It gives no way to steer the vendor's budget.

import type { ErrorCode } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Reader } from '../mirror/index.ts'

/**
 * `first-sync`: some questions have never been answered. `continuing`: all have, and go on. `held`: it
 * was restored, and nothing goes out until that is confirmed.
 */
export type SyncPhase = 'waiting' | 'first-sync' | 'continuing' | 'paused' | 'held'

/** Times are epoch milliseconds in business time. */
export interface SyncProgress {
  readonly phase: SyncPhase
  /** Questions answered at least once, and all questions known so far; the second grows. */
  readonly asked: number
  readonly toAsk: number
  /** Resources mirrored, deleted ones left out. */
  readonly records: number
  readonly callsThisMinute: number
  readonly callsPerMinuteMax: number
  /** Business seconds until the first sync is complete; undefined while it cannot be told. */
  readonly secondsLeft: number | undefined
  readonly startedAt: number | undefined
  readonly firstRecordAt: number | undefined
  readonly completeAt: number | undefined
  /** Things on the wire that could not be used. */
  readonly problems: number
  /** The code of the last asking that failed; undefined when the last one went well. */
  readonly lastCode: string | undefined
}

/** One finding of `doctor`: what was checked, whether it is right, and the fix in words. */
export interface Finding {
  readonly check: 'address' | 'clock' | 'metadata' | 'token' | 'scopes' | 'activation' | 'read'
  readonly ok: boolean
  readonly code?: ErrorCode
  readonly says: string
  readonly fix?: string
}

/** Something the practice sent that could not be used: where it was, never what it was. */
export interface SyncProblem {
  readonly search: string
  readonly subject: string
  readonly position: string
  readonly code: string
  readonly at: number
}

/** The first sync by group export of one practice; times are business time. */
export interface BulkView {
  readonly phase: 'group' | 'start' | 'poll' | 'read' | 'settle' | 'ended'
  readonly group: string | undefined
  /** The vendor's own words on how far it is. */
  readonly progress: string | undefined
  /** The moment of which the export is; undefined before its manifest. */
  readonly asOf: number | undefined
  readonly begunAt: number
  readonly endedAt: number | undefined
  /** `complete`: every type asked for is proven whole. Undefined while it goes on. */
  readonly outcome: 'complete' | 'partial' | 'given-up' | undefined
  /** Types proven whole. */
  readonly whole: readonly string[]
  /** Why it was given up, or the first reason why it is not complete. */
  readonly code: string | undefined
}

export interface SyncView {
  progress(ref: PracticeRef): Promise<SyncProgress>
  /** Undefined for a practice whose first sync has had no export. */
  bulk(ref: PracticeRef): Promise<BulkView | undefined>
  /** Checks the connection step by step; spends a handful of the practice's calls. */
  check(ref: PracticeRef): AsyncIterable<Finding>
  /** The newest first. Names patients by id, so it leaves an access of `reader`. */
  problems(
    ref: PracticeRef,
    query: { readonly limit: number },
    reader: Reader,
  ): Promise<readonly SyncProblem[]>
}

export interface Sync extends SyncView {
  /**
   * Keeps every connected practice's mirror fresh until `signal` aborts; resolves when all work in
   * flight is stored or given up. One process asks for a practice at a time, by a lease.
   */
  run(signal: AbortSignal): Promise<void>
}
