// Keeps one practice's mirror fresh: a few askers put questions to the pathway, one writer stores the
// answers in batches. Everything it must remember is in the database, so it can be killed anywhere.

import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import { faultOf } from '../kernel/log.ts'
import type { SeenListing } from '../mirror/index.ts'
import { type Listing, NOT_SERVED_CODES, type SearchRow } from '../pathways/contract.ts'
import { exportFirst, wantsExport } from './bulk/first-export.ts'
import { expect, follow } from './follow.ts'
import { type Mailbox, mailbox } from './mailbox.ts'
import {
  danglingAt,
  directoryQuestions,
  incompleteRetryAt,
  intervalOf,
  questionsAbout,
  retryAt,
  typeOfIdSearch,
} from './schedule.ts'
import { type DueRow, isFirstAsking, RANK, type Rescheduled } from './store.ts'
import { type Answer, createWork, keyOf, type PracticeSyncPorts, type Work } from './work.ts'

/** Questions in flight at once; the gate has a bound of its own. */
const ASKERS = 16
/** Answers stored in one transaction at most. */
const BATCH_MAX = 64
/** Due rows fetched at once. */
const FETCH_MAX = 256
/** The longest sleep when nothing is due, business milliseconds. */
const IDLE_MS = 60_000
/** Nobody's encounters are older or further ahead than this. */
const SPAN_FROM = '1900-01-01'
const SPAN_AHEAD_MS = 400 * 24 * 60 * 60_000

/** What is not served is asked again daily: a build, scopes and activations change. */
const NOT_SERVED_MS = 24 * 60 * 60_000

/** Works until `signal` aborts. Rejects only when the database is gone. */
export async function syncPractice(ports: PracticeSyncPorts, signal: AbortSignal): Promise<void> {
  const { ref, store, clock } = ports
  await store.begin(ref, clock.now())
  const plan = await loadPlan(ports, signal)
  if (plan === undefined) return
  const directory = directoryQuestions(plan, clock.now())
  await expect(ports, plan, directory)
  await store.addDue(ref, directory)
  const work = createWork(ports, plan)
  work.held = await wantsExport(work)
  await runWork(work, signal)
}

/** Askers and writer together: the first that fails stops the others, and its error is thrown. */
async function runWork(work: Work, outer: AbortSignal): Promise<void> {
  const failure = new AbortController()
  const signal = AbortSignal.any([outer, failure.signal])
  const answers = mailbox<Answer>(BATCH_MAX * 4)
  const failing = (part: Promise<void>) =>
    part.catch((error: unknown) => {
      failure.abort(error)
      answers.close()
      throw error
    })
  const askers = Array.from({ length: ASKERS }, () => failing(ask(work, answers, signal)))
  const asked = Promise.allSettled(askers).then(() => answers.close())
  const outcomes = await Promise.allSettled([
    ...askers,
    asked,
    failing(exported(work, signal)),
    failing(writeAnswers(work, answers)),
  ])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Lets the charts be asked for as soon as the export is over. */
async function exported(work: Work, signal: AbortSignal): Promise<void> {
  if (!work.held) return
  await exportFirst(work, signal)
  work.held = false
  work.wake.abort()
}

/** The first question of all, what can be asked; it stands among the due ones while it fails. */
const PLAN_QUESTION = { search: 'metadata', subject: '' } as const

async function loadPlan(
  { pathway, store, clock, log, ref }: PracticeSyncPorts,
  signal: AbortSignal,
): Promise<readonly SearchRow[] | undefined> {
  for (let attempts = 0; !signal.aborted; attempts++) {
    try {
      const plan = await pathway.plan({ signal })
      await store.remove(ref, [PLAN_QUESTION])
      return plan
    } catch (error) {
      if (signal.aborted) return undefined
      const code = codeOf(error)
      log.write('warn', 'sync.plan.failed', { practice: ref.practice, code, attempts })
      const now = clock.now()
      const dueAt = retryAt(now, attempts)
      await store.addDue(ref, [{ ...PLAN_QUESTION, rank: RANK.directory, dueAt }])
      await store.reschedule(ref, [{ ...PLAN_QUESTION, dueAt, answered: false, code }])
      await clock.sleep(dueAt - now, { signal }).catch(() => undefined)
    }
  }
  return undefined
}

async function ask(work: Work, answers: Mailbox<Answer>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const due = await take(work, signal)
    if (due === undefined) continue
    const answer = await put(work, due, signal)
    if (answer === undefined) work.inFlight.delete(keyOf(due))
    else await answers.put(answer)
  }
}

/** The next due question; undefined after a sleep or an abort, so that the caller looks again. */
async function take(work: Work, signal: AbortSignal): Promise<DueRow | undefined> {
  const waiting = work.queue.shift()
  if (waiting !== undefined) return waiting
  work.fetching ??= fetchDue(work, signal).finally(() => {
    work.fetching = undefined
  })
  await work.fetching
  return signal.aborted ? undefined : work.queue.shift()
}

async function fetchDue(work: Work, signal: AbortSignal): Promise<void> {
  const { ref, store, clock, inFlight } = work
  work.wake = new AbortController()
  const rankMax = work.held ? RANK.directory : RANK.continuing
  const rows = await store.nextDue(ref, clock.now(), FETCH_MAX + inFlight.size, rankMax)
  for (const row of await stillNeeded(work, rows)) {
    if (inFlight.has(keyOf(row))) continue
    inFlight.add(keyOf(row))
    work.queue.push(row)
  }
  await noteCompletion(work)
  if (work.queue.length > 0) return
  const nextAt = inFlight.size > 0 ? undefined : await store.nextDueAt(ref, rankMax)
  const waitMs = Math.min(IDLE_MS, Math.max(1, (nextAt ?? Number.POSITIVE_INFINITY) - clock.now()))
  await clock
    .sleep(waitMs, { signal: AbortSignal.any([signal, work.wake.signal]) })
    .catch(() => undefined)
}

/**
 * Leaves out, and forgets, references whose target a listing has brought meanwhile, and reads of what
 * listings show anyway.
 */
async function stillNeeded(work: Work, rows: readonly DueRow[]): Promise<readonly DueRow[]> {
  const { ref, mirror, store } = work
  const references = rows.filter((row) => row.rank === RANK.reference)
  const again = rows.filter(
    (row) => row.rank === RANK.continuing && typeOfIdSearch(row.search) !== undefined,
  )
  if (references.length + again.length === 0) return rows
  const unknown = new Set(await mirror.unknownOf(ref, references.map(referenceOf)))
  const listed = new Set(await mirror.listedOf(ref, again.map(referenceOf)))
  const over = new Set([
    ...references.filter((row) => !unknown.has(referenceOf(row))),
    ...again.filter((row) => listed.has(referenceOf(row))),
  ])
  await store.remove(ref, [...over])
  return rows.filter((row) => !over.has(row))
}

function referenceOf(row: DueRow): string {
  return `${typeOfIdSearch(row.search)}/${row.subject}`
}

async function noteCompletion(work: Work): Promise<void> {
  if (work.complete || work.held) return
  const { ref, store, clock } = work
  if (work.queue.some(({ rank }) => isFirstAsking(rank))) return
  if ((await store.tally(ref)).neverAnswered > 0) return
  await store.note(ref, 'complete_at', clock.now())
  work.complete = true
}

/** Asks one question. Undefined when it was given up because of the abort. */
async function put(work: Work, due: DueRow, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    const type = typeOfIdSearch(due.search)
    if (type !== undefined) return await putById(work, due, type, signal)
    const row = work.plan.get(due.search)
    if (row === undefined) {
      await work.mirror.unexpect(work.ref, [due])
      await work.store.remove(work.ref, [due])
      return undefined
    }
    const listing = await work.pathway.list(
      { search: due.search, subject: due.subject, ...spanOf(row, work.clock.now()) },
      { lane: 'sweep', signal },
    )
    return { due, listing, dangling: false }
  } catch (error) {
    if (signal.aborted) return undefined
    const code = codeOf(error)
    work.log.write(code === 'INTERNAL' ? 'error' : 'warn', 'sync.ask.failed', {
      practice: work.ref.practice,
      search: due.search,
      code,
      attempts: due.attempts,
      ...(code === 'INTERNAL' ? faultOf(error) : {}),
    })
    return { due, code }
  }
}

async function putById(
  work: Work,
  due: DueRow,
  type: string,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const answer = await work.pathway.read(type, due.subject, { lane: 'sweep', signal })
  return {
    due,
    dangling: answer.kind === 'absent',
    listing: {
      ask: { search: due.search, subject: due.subject },
      askedAt: answer.askedAt,
      answeredAt: work.clock.now(),
      complete: true,
      sightings: answer.kind === 'found' ? [answer.sighting] : [],
      problems: [],
      calls: 1,
      references: answer.kind === 'found' ? answer.references : [],
    },
  }
}

function spanOf(row: SearchRow, now: number): { from?: string; until?: string } {
  if (row.per !== 'practitioner') return {}
  return { from: SPAN_FROM, until: new Date(now + SPAN_AHEAD_MS).toISOString().slice(0, 10) }
}

async function writeAnswers(work: Work, answers: Mailbox<Answer>): Promise<void> {
  for (;;) {
    const batch = await answers.take(BATCH_MAX)
    if (batch.length === 0) return
    await work.alone(() => store(work, batch))
    for (const { due } of batch) work.inFlight.delete(keyOf(due))
    work.wake.abort()
  }
}

/** Stores a batch: mirror first, then what follows from it, then when to ask again. */
async function store(work: Work, batch: readonly Answer[]): Promise<void> {
  const { ref, mirror, clock } = work
  const spent: DueRow[] = []
  const listed = batch.flatMap((answer) => ('listing' in answer ? [answer] : []))
  if (listed.length > 0) {
    const result = await mirror.apply(
      ref,
      listed.map(({ listing }) => seenListing(work, listing)),
    )
    spent.push(...(await deleteAbsent(work, listed)))
    await follow(work, listed, result.missing)
    spent.push(...(await leftOfDeleted(work, listed)))
    if (result.sequence > 0) await work.store.note(ref, 'first_record_at', clock.now())
  }
  await mirror.unexpect(
    ref,
    batch.filter(isNotServed).map(({ due }) => due),
  )
  await work.store.reschedule(
    ref,
    batch.map((answer) => reschedule(work, answer)),
  )
  await forget(work, spent)
}

/** Questions that are not asked again, unless what they are about is seen again. */
async function forget(work: Work, spent: readonly DueRow[]): Promise<void> {
  if (spent.length === 0) return
  const { ref } = work
  const now = work.clock.now()
  const gone = spent.flatMap(({ search, subject }) => {
    const type = typeOfIdSearch(search)
    return type === undefined ? [] : [{ type, id: subject }]
  })
  for (const { type, id } of gone) work.known.delete(`${type}/${id}`)
  await work.store.remove(ref, spent)
  // What was in the chart of somebody who is gone went with them, or is shown once more.
  const patients = gone.filter(({ type }) => type === 'Patient')
  const charts = patients.flatMap(({ id }) =>
    questionsAbout([...work.plan.values()], 'Patient', id, now),
  )
  await work.store.hasten(
    ref,
    charts.map((row) => ({ ...row, rank: RANK.continuing })),
  )
}

/** Questions about deleted patients whose answer is complete and empty: there is nothing left. */
async function leftOfDeleted(work: Work, listed: readonly Listed[]): Promise<readonly DueRow[]> {
  const { ref, mirror, plan } = work
  const empty = listed.flatMap(({ due, listing }) => {
    const nothing = listing.complete && listing.sightings.length === 0
    return nothing && plan.get(due.search)?.per === 'patient' ? [due] : []
  })
  const patients = new Set(empty.map(({ subject }) => `Patient/${subject}`))
  const deleted = new Set(await mirror.deletedOf(ref, [...patients]))
  const spent = empty.filter(({ subject }) => deleted.has(`Patient/${subject}`))
  await mirror.retire(ref, spent)
  return spent
}

function seenListing(work: Work, listing: Listing): SeenListing {
  const { search, subject } = listing.ask
  return {
    pathway: work.pathway.name,
    search,
    subject,
    covers: work.plan.get(search)?.covers ?? [],
    askedAt: listing.askedAt,
    complete: listing.complete,
    sightings: listing.sightings,
  }
}

type Listed = Extract<Answer, { readonly listing: Listing }>

/**
 * A read by id that found nothing is the proof that turns a missing resource into a deleted one. Gives
 * the questions about those that are deleted.
 */
async function deleteAbsent(work: Work, listed: readonly Listed[]): Promise<readonly DueRow[]> {
  const gone: DueRow[] = []
  for (const { due, listing, dangling } of listed) {
    const type = typeOfIdSearch(due.search)
    if (type === undefined || !dangling) continue
    const result = await work.mirror.applyRead(
      work.ref,
      { kind: 'absent', type, id: due.subject, askedAt: listing.askedAt },
      { pathway: work.pathway.name, search: due.search },
    )
    if (result.gone === true) gone.push(due)
  }
  return gone
}

/** What a practice does not serve must not keep its first sync open; who is there has to be known. */
function isNotServed(answer: Answer): boolean {
  if (!('code' in answer) || !NOT_SERVED_CODES.has(answer.code)) return false
  return answer.due.rank !== RANK.directory || typeOfIdSearch(answer.due.search) !== undefined
}

function reschedule(work: Work, answer: Answer): Rescheduled {
  const { due } = answer
  const now = work.clock.now()
  const same = { search: due.search, subject: due.subject }
  if ('code' in answer) {
    const { code } = answer
    if (isNotServed(answer)) return { ...same, dueAt: now + NOT_SERVED_MS, answered: true, code }
    return { ...same, dueAt: retryAt(now, due.attempts), answered: false, code }
  }
  if (!answer.listing.complete)
    return {
      ...same,
      dueAt: incompleteRetryAt(now, due.attempts),
      answered: false,
      code: 'PATHWAY_LISTING_INCOMPLETE',
    }
  const { askedAt } = answer.listing
  const answered = { ...same, answered: true, absent: answer.dangling, code: undefined }
  return answer.dangling
    ? { ...answered, dueAt: danglingAt(askedAt, due.absences, work.sweep) }
    : { ...answered, dueAt: askedAt + intervalOf(work.plan.get(due.search), work.sweep) }
}

/** A fault of ours while one answer is read must not stop the other questions. */
function codeOf(error: unknown): ErrorCode {
  return error instanceof ChartwayError ? error.code : 'INTERNAL'
}
