// The sync room's door: asks the practices, one process per practice, and says how far it is. Knows
// pathways by their contract alone.

import type { Database } from '../db/index.ts'
import type { Gate } from '../gate/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { faultOf, type Log, type LogFields } from '../kernel/log.ts'
import type { Mirror } from '../mirror/index.ts'
import type { OpenPathway } from '../pathways/contract.ts'
import type { Practice, Practices } from '../practice/index.ts'
import { bulkStore } from './bulk/store.ts'
import { droppingOld } from './drop-old.ts'
import { syncPractice } from './practice-sync.ts'
import { DEFAULT_SWEEP, type SweepSettings } from './schedule.ts'
import { createStore, type SyncStore } from './store.ts'
import type { BulkView, Sync, SyncPhase, SyncProgress } from './types.ts'

export type { SweepSettings } from './schedule.ts'
export type { BulkView, Finding, Sync, SyncProblem, SyncProgress, SyncView } from './types.ts'

export interface SyncPorts {
  readonly database: Database
  readonly practices: Practices
  readonly mirror: Mirror
  readonly gate: Gate
  readonly clock: Clock
  readonly log: Log
  /** Opens the pathway of a practice; the same one for everybody, until it has other settings. */
  readonly open: (practice: Practice) => OpenPathway
  /** Names this process among those that share the database; the same after its restart. */
  readonly instance: string
  readonly sweep?: Partial<SweepSettings>
}

/** A lease lasts this long on the wall, so that a scaled clock does not make it brittle. */
const LEASE_WALL_MS = 10_000
/** How often the list of practices and the leases are looked at, on the wall. */
const LOOK_WALL_MS = 2_000

export function createSync(ports: SyncPorts): Sync {
  const store = createStore(ports.database)
  const running = new Map<string, Running>()
  return {
    run: (signal) => run(ports, store, running, signal),
    progress: (ref) => progress(ports, store, ref),
    problems: (ref, { limit }, reader) =>
      store.problems(ref, limit, { ...reader, at: ports.clock.now() }),
    bulk: (ref) => bulkView(ports, ref),
    async *check(ref) {
      const practice = await ports.practices.get(ref)
      if (practice !== undefined) yield* ports.open(practice).check({})
    },
  }
}

async function bulkView(ports: SyncPorts, ref: PracticeRef): Promise<BulkView | undefined> {
  const row = await bulkStore(ports.database).export(ref)
  if (row === undefined) return undefined
  return {
    phase: row.phase,
    group: row.group ?? undefined,
    progress: row.progress ?? undefined,
    asOf: row.transactionTime ?? undefined,
    begunAt: row.begunAt,
    endedAt: row.endedAt ?? undefined,
    outcome: row.outcome ?? undefined,
    whole: row.whole,
    code: row.code ?? undefined,
  }
}

interface Running {
  readonly ref: PracticeRef
  readonly pathway: OpenPathway
  readonly stop: AbortController
  readonly done: Promise<void>
}

async function run(
  ports: SyncPorts,
  store: SyncStore,
  running: Map<string, Running>,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = ports
  const dropOld = droppingOld(ports.mirror, clock)
  try {
    while (!signal.aborted) {
      await look(ports, { store, running, dropOld })
      await clock.sleep(LOOK_WALL_MS * clock.factor, { signal }).catch(() => undefined)
    }
  } finally {
    const mine = [...running.values()]
    for (const { stop } of mine) stop.abort(new Error('Sync is stopping'))
    await Promise.allSettled(mine.map(({ done }) => done))
    // A lease that cannot be given back runs out by itself.
    await Promise.allSettled(mine.map(({ ref }) => store.release(ref, ports.instance)))
  }
}

/**
 * Starts what should run here and is not, and stops what lost its lease, was paused or is held. What
 * fails is logged and looked at again in the next round; what runs meanwhile goes on.
 */
async function look(
  ports: SyncPorts,
  looking: {
    readonly store: SyncStore
    readonly running: Map<string, Running>
    readonly dropOld: (ref: PracticeRef) => Promise<void>
  },
): Promise<void> {
  const { store, running, dropOld } = looking
  const { practices, log } = ports
  const unlessFailing = (details: LogFields, work: () => Promise<void>) =>
    work().catch((error: unknown) =>
      log.write('error', 'sync.look.failed', { ...details, ...faultOf(error) }),
    )
  await unlessFailing({}, async () => {
    for (const organization of await practices.organizations())
      await unlessFailing({ organization }, async () => {
        const held = (await practices.hold(organization)) !== undefined
        for (const practice of await practices.list(organization))
          await unlessFailing({ practice: practice.ref.practice }, async () => {
            await lookAt(ports, store, running, { ...practice, held })
            await dropOld(practice.ref)
          })
      })
  })
}

async function lookAt(
  ports: SyncPorts,
  store: SyncStore,
  running: Map<string, Running>,
  { held, ...practice }: Practice & { readonly held: boolean },
): Promise<void> {
  const { clock, instance } = ports
  const { ref } = practice
  const key = `${ref.organization} ${ref.practice}`
  const mine =
    practice.state === 'connected' &&
    !held &&
    (await store.lease(ref, instance, Math.round(clock.now()), leaseUntil(clock)))
  const current = running.get(key)
  // Other settings make another pathway: what runs on the old one stops, and starts at the next look.
  if (current !== undefined && current.pathway !== ports.open(practice))
    current.stop.abort(new Error('The practice has other settings now'))
  if (mine && current === undefined) running.set(key, start(ports, store, running, practice))
  if (!mine && current !== undefined) current.stop.abort(new Error('Not ours to ask any more'))
}

function leaseUntil(clock: Clock): number {
  return Math.round(clock.now() + LEASE_WALL_MS * clock.factor)
}

function start(
  ports: SyncPorts,
  store: SyncStore,
  running: Map<string, Running>,
  practice: Practice,
): Running {
  const { mirror, clock, log } = ports
  const { ref } = practice
  const exports = bulkStore(ports.database)
  const stop = new AbortController()
  const sweep = { ...DEFAULT_SWEEP, ...ports.sweep }
  const pathway = ports.open(practice)
  const done = syncPractice(
    { ref, pathway, store, exports, mirror, clock, log, sweep },
    stop.signal,
  )
    .catch((error: unknown) => {
      // A fault in our own house: said aloud, and tried again at the next look.
      log.write('error', 'sync.practice.failed', { practice: ref.practice, ...faultOf(error) })
      stop.abort(error)
    })
    .finally(() => running.delete(`${ref.organization} ${ref.practice}`))
  return { ref, pathway, stop, done }
}

async function progress(
  ports: SyncPorts,
  store: SyncStore,
  ref: PracticeRef,
): Promise<SyncProgress> {
  const [tally, state, counts, problems, budget] = await Promise.all([
    store.tally(ref),
    store.state(ref),
    ports.mirror.counts(ref),
    store.countProblems(ref),
    ports.gate.budget(ref),
  ])
  const [practice, hold] = await Promise.all([
    ports.practices.get(ref),
    ports.practices.hold(ref.organization),
  ])
  const asked = tally.all - tally.neverAnswered
  const elapsed = state === undefined ? 0 : ports.clock.now() - state.startedAt
  const complete = state?.completeAt !== undefined
  return {
    phase: phaseOf({ held: hold !== undefined, practice, begun: state !== undefined, complete }),
    asked,
    toAsk: tally.all,
    records: Object.values(counts).reduce((sum, count) => sum + count, 0),
    callsThisMinute: budget.taken,
    callsPerMinuteMax: budget.limit,
    secondsLeft:
      complete || asked === 0
        ? undefined
        : Math.round(((elapsed / asked) * tally.neverAnswered) / 1000),
    startedAt: state?.startedAt,
    firstRecordAt: state?.firstRecordAt,
    completeAt: state?.completeAt,
    problems,
    lastCode: state?.lastCode,
  }
}

function phaseOf(at: {
  readonly held: boolean
  readonly practice: Practice | undefined
  readonly begun: boolean
  readonly complete: boolean
}): SyncPhase {
  if (at.held) return 'held'
  if (at.practice?.state === 'paused') return 'paused'
  if (!at.begun) return 'waiting'
  return at.complete ? 'continuing' : 'first-sync'
}
