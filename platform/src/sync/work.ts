// What the parts of one practice's sync share while it runs. Nothing here outlives a restart: what must
// is in the database.

import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Mirror } from '../mirror/index.ts'
import type { Listing, OpenPathway, SearchRow } from '../pathways/contract.ts'
import type { BulkStore } from './bulk/store.ts'
import type { SweepSettings } from './schedule.ts'
import type { DueRow, SyncStore } from './store.ts'

export interface PracticeSyncPorts {
  readonly ref: PracticeRef
  readonly pathway: OpenPathway
  readonly store: SyncStore
  readonly exports: BulkStore
  readonly mirror: Mirror
  readonly clock: Clock
  readonly log: Log
  readonly sweep: SweepSettings
}

/** A question with its outcome: the listing, or the code of what went wrong. */
export type Answer =
  | { readonly due: DueRow; readonly listing: Listing; readonly dangling: boolean }
  | { readonly due: DueRow; readonly code: ErrorCode }

export interface Work extends PracticeSyncPorts {
  readonly plan: ReadonlyMap<string, SearchRow>
  /** Questions taken from the database and not yet rescheduled. */
  readonly inFlight: Set<string>
  readonly queue: DueRow[]
  /** Patients and practitioners whose questions are known to be in the database. */
  readonly known: Set<string>
  /** Set while somebody fetches due rows, so that the others wait for the same fetch. */
  fetching: Promise<void> | undefined
  /** Wakes sleeping askers when new rows fell due. */
  wake: AbortController
  complete: boolean
  /** True while an export is on its way: charts are not asked for meanwhile. */
  held: boolean
  /** The mirror takes the answers of one practice from one caller at a time. */
  alone<T>(job: () => Promise<T>): Promise<T>
}

export function createWork(ports: PracticeSyncPorts, plan: readonly SearchRow[]): Work {
  return {
    ...ports,
    plan: new Map(plan.map((row) => [row.name, row])),
    inFlight: new Set(),
    queue: [],
    known: new Set(),
    fetching: undefined,
    wake: new AbortController(),
    complete: false,
    held: false,
    alone: oneAtATime(),
  }
}

function oneAtATime(): Work['alone'] {
  let last: Promise<unknown> = Promise.resolve()
  return (job) => {
    const mine = last.then(job, job)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Names a question within a practice. */
export function keyOf(row: { readonly search: string; readonly subject: string }): string {
  return `${row.search} ${row.subject}`
}
