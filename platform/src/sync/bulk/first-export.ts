// The first sync by group export, step by step: every step is a row with a due time, so that a restart
// goes on where it was. While it runs, charts are not asked for; when it ends, whole or not, the search
// plan asks for everything that it did not prove.

import { ChartwayError, type ErrorCode } from '../../kernel/errors.ts'
import { faultOf } from '../../kernel/log.ts'
import type { BulkManifest, BulkReading } from '../../pathways/contract.ts'
import type { Work } from '../work.ts'
import { applyBatch, inReadingOrder } from './apply.ts'
import { settle, typesOf } from './settle.ts'
import type { BulkStore, ExportRow, FileRow } from './store.ts'

/** Waited for an export at most, business milliseconds; the vendor's take hours. */
const WAIT_MS_MAX = 12 * 60 * 60_000
/** Jobs started at most, when the vendor loses or fails them. */
const JOBS_MAX = 3
/** Failures in a row before a step gives up. */
const ATTEMPTS_MAX = 6
const FILE_ATTEMPTS_MAX = 8
/** Lines of one file that are named one by one. */
const PROBLEMS_NOTED_MAX = 100
const RETRY_FIRST_MS = 30_000
/** After a lost answer: longer than any vendor is known to have asked for, since it may have. */
const LOST_ANSWER_MS = 300_000
const RETRY_MAX_MS = 30 * 60_000

export interface Exporting {
  readonly work: Work
  readonly bulk: BulkReading
  readonly store: BulkStore
  readonly signal: AbortSignal
}

/** Whether this practice's first sync is to begin, or goes on, with an export. */
export async function wantsExport({ ref, pathway, store, exports }: Work): Promise<boolean> {
  if (pathway.bulk === undefined) return false
  const row = await exports.export(ref)
  if (row !== undefined) return row.phase !== 'ended'
  const state = await store.state(ref)
  return state?.completeAt === undefined
}

/** Resolves when the export has ended, whatever came of it, or on the abort. */
export async function exportFirst(work: Work, signal: AbortSignal): Promise<void> {
  const { bulk } = work.pathway
  const { ref, clock, exports: store } = work
  if (bulk === undefined) return
  const exporting = { work, bulk, store, signal }
  await store.begin(ref, clock.now())
  while (!signal.aborted) {
    const row = await store.export(ref)
    if (row === undefined || row.phase === 'ended') return
    const waitMs = row.dueAt - clock.now()
    if (waitMs > 0) await clock.sleep(waitMs, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await stepOrRetry(exporting, row)
  }
}

async function stepOrRetry(exporting: Exporting, row: ExportRow): Promise<void> {
  const { work, store, signal } = exporting
  try {
    if (isOverdue(exporting, row)) await giveUp(exporting, row, 'PATHWAY_BULK_TOO_SLOW')
    else await step(exporting, row)
  } catch (error) {
    if (signal.aborted) return
    // What is ours stops the practice's sync, as everywhere; it is tried again with it.
    if (!(error instanceof ChartwayError) || error.code.startsWith('DATABASE_')) throw error
    const { code } = error
    const attempts = row.attempts + 1
    work.log.write('warn', 'sync.bulk.failed', {
      practice: work.ref.practice,
      code,
      attempts,
      ...(code === 'INTERNAL' ? faultOf(error) : {}),
    })
    if (attempts >= ATTEMPTS_MAX) await giveUp(exporting, row, code)
    else {
      const now = work.clock.now()
      const least = row.phase === 'poll' ? Math.round(now + LOST_ANSWER_MS) : 0
      await store.change(work.ref, { attempts, dueAt: Math.max(least, retryAt(now, attempts)) })
    }
  }
}

function retryAt(now: number, attempts: number): number {
  return Math.round(now + Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (attempts - 1)))
}

function isOverdue({ work }: Exporting, row: ExportRow): boolean {
  const isWaiting = row.phase === 'start' || row.phase === 'poll'
  return isWaiting && work.clock.now() - row.begunAt > WAIT_MS_MAX
}

function step(exporting: Exporting, row: ExportRow): Promise<void> {
  switch (row.phase) {
    case 'group':
      return findGroup(exporting)
    case 'start':
      return start(exporting, row)
    case 'poll':
      return poll(exporting, row)
    case 'read':
      return readFiles(exporting, row.transactionTime ?? 0)
    default:
      return end(exporting, row)
  }
}

async function findGroup(exporting: Exporting): Promise<void> {
  const { work, bulk, store, signal } = exporting
  const groups = bulk.group === undefined ? await bulk.groups({ signal }) : [bulk.group]
  const [group] = groups
  if (group === undefined) throw new ChartwayError('PATHWAY_BULK_NO_GROUP')
  if (groups.length > 1) throw new ChartwayError('PATHWAY_BULK_GROUPS_SEVERAL')
  await store.change(work.ref, { group, phase: 'start', attempts: 0, dueAt: work.clock.now() })
}

async function start(exporting: Exporting, row: ExportRow): Promise<void> {
  const { work, bulk, store, signal } = exporting
  const started = await bulk.start(row.group ?? '', { signal })
  if (started.kind === 'busy') {
    // Not ours, and it says no place to ask: what is left is to ask again.
    await store.change(work.ref, { dueAt: started.dueAt, code: 'PATHWAY_BULK_BUSY' })
    return
  }
  const { job, askedAt, dueAt } = started
  const jobs = row.jobs + 1
  await store.forget(work.ref, {
    phase: 'poll',
    job,
    jobs,
    askedAt: Math.floor(askedAt),
    attempts: 0,
    progress: null,
    code: null,
    dueAt: Math.ceil(dueAt),
  })
  const { practice } = work.ref
  work.log.write('info', 'sync.bulk.started', { practice, attempts: jobs })
}

async function poll(exporting: Exporting, row: ExportRow): Promise<void> {
  const { work, bulk, store, signal } = exporting
  const answer = await bulk.poll(row.job ?? '', { signal })
  if (answer.kind === 'running') {
    const { dueAt, progress = null } = answer
    await store.change(work.ref, { dueAt: Math.ceil(dueAt), progress, attempts: 0 })
  } else if (answer.kind === 'ready') await takeManifest(exporting, row, answer.manifest)
  else if (answer.kind === 'gone') await startAgain(exporting, row)
  else if (row.attempts + 1 >= ATTEMPTS_MAX) await startAgain(exporting, row)
  else {
    const attempts = row.attempts + 1
    await store.change(work.ref, { attempts, dueAt: Math.ceil(answer.dueAt), code: answer.code })
  }
}

async function takeManifest(
  { work, store }: Exporting,
  row: ExportRow,
  manifest: BulkManifest,
): Promise<void> {
  const now = work.clock.now()
  // No fresher than the kick-off, whatever the vendor says: it may have stamped the end.
  const transactionTime = Math.min(manifest.transactionTime, row.askedAt ?? now)
  await store.setFiles(work.ref, inReadingOrder(manifest.files), now, {
    phase: 'read',
    transactionTime,
    errors: manifest.errors,
    attempts: 0,
    code: null,
    dueAt: Math.round(now),
  })
}

async function startAgain(exporting: Exporting, row: ExportRow): Promise<void> {
  const { work, store } = exporting
  await cancelled(exporting, row)
  if (row.jobs >= JOBS_MAX) return giveUp(exporting, row, 'PATHWAY_BULK_FAILED')
  const dueAt = retryAt(work.clock.now(), row.jobs)
  await store.forget(work.ref, { phase: 'start', job: null, attempts: 0, dueAt })
}

/** Reads what is due; what is not is waited for by the export's own due time. */
async function readFiles(exporting: Exporting, askedAt: number): Promise<void> {
  const { work, store, signal } = exporting
  const { ref, clock } = work
  for (const file of await store.files(ref)) {
    if (signal.aborted) return
    if (file.state === 'waiting' && file.dueAt <= clock.now())
      await readOne(exporting, file, askedAt)
  }
  const waiting = (await store.files(ref)).filter(({ state }) => state === 'waiting')
  const dueAt = Math.min(...waiting.map((file) => file.dueAt))
  if (waiting.length > 0) await store.change(ref, { dueAt })
  else await store.change(ref, { phase: 'settle', dueAt: clock.now(), attempts: 0 })
}

/** Failures that another fetch of the same file cannot mend. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PATHWAY_BULK_FILE_GONE',
  'PATHWAY_BULK_COUNT_MISMATCH',
  'PATHWAY_BULK_LINE_BROKEN',
])

async function readOne(exporting: Exporting, file: FileRow, askedAt: number): Promise<void> {
  const { work, bulk, store, signal } = exporting
  const { ref, clock, log } = work
  const { number, type, location, bytes, records, stated } = file
  let unusable = file.unusable
  let before = records
  let moved = false
  try {
    await bulk.read(
      { type, location, count: stated ?? undefined },
      { bytes, records },
      async (batch) => {
        // From the beginning again: what was counted before is counted anew.
        if (batch.place.records < before) unusable = 0
        before = batch.place.records
        const problems = batch.problems.slice(0, Math.max(0, PROBLEMS_NOTED_MAX - unusable))
        unusable += batch.problems.length
        const patients = await applyBatch(work, { type, askedAt }, { ...batch, problems })
        await store.place(ref, number, { ...batch.place, unusable, patients })
        moved = true
      },
      { signal },
    )
    await store.endFile(ref, number, { state: 'whole', code: null, dueAt: clock.now() })
  } catch (error) {
    if (signal.aborted || !(error instanceof ChartwayError)) throw error
    if (error.code.startsWith('DATABASE_')) throw error
    const { code } = error
    const attempts = moved ? 1 : file.attempts + 1
    log.write('warn', 'sync.bulk.file.failed', {
      practice: ref.practice,
      resourceType: type,
      code,
      attempts,
    })
    const isOver = FINAL.has(code) || attempts >= FILE_ATTEMPTS_MAX
    const state = isOver ? 'short' : 'waiting'
    await store.endFile(ref, number, { state, code, dueAt: retryAt(clock.now(), attempts) })
  }
}

async function end(exporting: Exporting, row: ExportRow): Promise<void> {
  const { work, store, bulk } = exporting
  const { ref, clock, log } = work
  const found = typesOf(row, await store.files(ref), bulk.types)
  const asOf = row.transactionTime ?? 0
  await settle(work, { whole: found.whole, asOf })
  const outcome = found.short.length === 0 ? 'complete' : 'partial'
  const code = found.short[0]?.code ?? null
  await say(exporting, found.short)
  await store.change(ref, {
    phase: 'ended',
    endedAt: Math.round(clock.now()),
    outcome,
    whole: found.whole,
    code,
  })
  log.write('info', 'sync.bulk.ended', {
    practice: ref.practice,
    count: found.whole.length,
    ...(found.short[0] === undefined ? {} : { code: found.short[0].code }),
  })
}

async function giveUp(exporting: Exporting, row: ExportRow, code: ErrorCode): Promise<void> {
  const { work, store } = exporting
  const { ref, clock, log } = work
  await cancelled(exporting, row)
  await say(exporting, [{ type: '', code }])
  await store.forget(ref, {
    phase: 'ended',
    endedAt: Math.round(clock.now()),
    outcome: 'given-up',
    whole: [],
    code,
  })
  log.write('warn', 'sync.bulk.given-up', { practice: ref.practice, code })
}

/** A courtesy: whether the vendor hears it is no matter. */
async function cancelled({ bulk, signal }: Exporting, { job, phase }: ExportRow): Promise<void> {
  if (job === null || phase !== 'poll') return
  await bulk.cancel(job, { signal }).catch((error: unknown) => {
    if (!(error instanceof ChartwayError)) throw error
  })
}

/** Puts the reason where whoever asks how the practice's sync is finds it. */
async function say(
  { work }: Exporting,
  reasons: readonly { readonly type: string; readonly code: ErrorCode }[],
): Promise<void> {
  const at = work.clock.now()
  await work.store.addProblems(
    work.ref,
    reasons.map(({ type, code }) => ({
      search: 'bulk',
      subject: '',
      position: type === '' ? 'export' : type,
      code,
      at,
    })),
  )
}
