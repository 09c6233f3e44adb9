// Keeps one practice's mirror fresh: a few askers put questions to the pathway, one writer stores the
// answers in batches. Everything it must remember is in the database, so it can be killed anywhere.

import type { Clock } from '../kernel/clock.ts'
import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { faultOf, type Log } from '../kernel/log.ts'
import type { Mirror, SeenListing } from '../mirror/index.ts'
import type { Listing, OpenPathway, SearchRow } from '../pathways/contract.ts'
import { type Mailbox, mailbox } from './mailbox.ts'
import {
  directoryQuestions,
  idSearch,
  incompleteRetryAt,
  intervalOf,
  questionsAbout,
  retryAt,
  type SweepSettings,
  typeOfIdSearch,
} from './schedule.ts'
import { type DueRow, type NewDue, RANK, type Rescheduled, type SyncStore } from './store.ts'

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

/** Answers that stand until the practice's build, scopes or activations change: asked again daily. */
const NOT_SERVED: ReadonlySet<ErrorCode> = new Set([
  'PATHWAY_BUILD_LACKS_TYPE',
  'PATHWAY_SCOPE_MISSING',
])
const NOT_SERVED_MS = 24 * 60 * 60_000

export interface PracticeSyncPorts {
  readonly ref: PracticeRef
  readonly pathway: OpenPathway
  readonly store: SyncStore
  readonly mirror: Mirror
  readonly clock: Clock
  readonly log: Log
  readonly sweep: SweepSettings
}

/** A question with its outcome: the listing, or the code of what went wrong. */
type Answer =
  | { readonly due: DueRow; readonly listing: Listing; readonly dangling: boolean }
  | { readonly due: DueRow; readonly code: ErrorCode }

/** Works until `signal` aborts. Rejects only when the database is gone. */
export async function syncPractice(ports: PracticeSyncPorts, signal: AbortSignal): Promise<void> {
  const { ref, store, clock } = ports
  await store.begin(ref, clock.now())
  const plan = await loadPlan(ports, signal)
  if (plan === undefined) return
  const directory = directoryQuestions(plan, clock.now())
  await expect(ports, plan, directory)
  await store.addDue(ref, directory)
  await runWork(createWork(ports, plan), signal)
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
    failing(writeAnswers(work, answers)),
  ])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

interface Work extends PracticeSyncPorts {
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
}

function createWork(ports: PracticeSyncPorts, plan: readonly SearchRow[]): Work {
  return {
    ...ports,
    plan: new Map(plan.map((row) => [row.name, row])),
    inFlight: new Set(),
    queue: [],
    known: new Set(),
    fetching: undefined,
    wake: new AbortController(),
    complete: false,
  }
}

/** The first question of all, what can be asked; it stands among the due ones while it fails. */
const PLAN_QUESTION = { search: 'metadata', subject: '' } as const

async function loadPlan(
  { pathway, store, clock, log, ref }: PracticeSyncPorts,
  signal: AbortSignal,
): Promise<readonly SearchRow[] | undefined> {
  for (let attempts = 0; !signal.aborted; attempts++) {
    try {
      const plan = await pathway.plan()
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
  const rows = await store.nextDue(ref, clock.now(), FETCH_MAX + inFlight.size)
  for (const row of await stillUnknown(work, rows)) {
    if (inFlight.has(keyOf(row))) continue
    inFlight.add(keyOf(row))
    work.queue.push(row)
  }
  await noteCompletion(work)
  if (work.queue.length > 0) return
  const nextAt = inFlight.size > 0 ? undefined : await store.nextDueAt(ref)
  const waitMs = Math.min(IDLE_MS, Math.max(1, (nextAt ?? Number.POSITIVE_INFINITY) - clock.now()))
  await clock
    .sleep(waitMs, { signal: AbortSignal.any([signal, work.wake.signal]) })
    .catch(() => undefined)
}

/** Leaves out, and forgets, references whose target a listing has brought meanwhile. */
async function stillUnknown(work: Work, rows: readonly DueRow[]): Promise<readonly DueRow[]> {
  const { ref, mirror, store } = work
  const references = rows.filter((row) => row.rank === RANK.reference)
  if (references.length === 0) return rows
  const unknown = new Set(await mirror.unknownOf(ref, references.map(referenceOf)))
  const known = new Set(references.filter((row) => !unknown.has(referenceOf(row))))
  await store.remove(ref, [...known])
  return rows.filter((row) => !known.has(row))
}

function referenceOf(row: DueRow): string {
  return `${typeOfIdSearch(row.search)}/${row.subject}`
}

async function noteCompletion(work: Work): Promise<void> {
  if (work.complete) return
  const { ref, store, clock } = work
  if ([...work.queue].some((row) => row.rank < RANK.continuing)) return
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
    await store(work, batch)
    for (const { due } of batch) work.inFlight.delete(keyOf(due))
    work.wake.abort()
  }
}

/** Stores a batch: mirror first, then what follows from it, then when to ask again. */
async function store(work: Work, batch: readonly Answer[]): Promise<void> {
  const { ref, mirror, clock } = work
  const listed = batch.flatMap((answer) => ('listing' in answer ? [answer] : []))
  if (listed.length > 0) {
    const result = await mirror.apply(
      ref,
      listed.map(({ listing }) => seenListing(work, listing)),
    )
    await deleteAbsent(work, listed)
    await follow(work, listed, result.missing)
    if (result.sequence > 0) await work.store.note(ref, 'first_record_at', clock.now())
  }
  await work.store.reschedule(
    ref,
    batch.map((answer) => reschedule(work, answer)),
  )
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

/** A read by id that found nothing is the proof that turns a missing resource into a deleted one. */
async function deleteAbsent(
  work: Work,
  listed: readonly { due: DueRow; listing: Listing; dangling: boolean }[],
): Promise<void> {
  for (const { due, listing, dangling } of listed) {
    const type = typeOfIdSearch(due.search)
    if (type === undefined || !dangling) continue
    await work.mirror.applyRead(
      work.ref,
      { kind: 'absent', type, id: due.subject, askedAt: listing.askedAt },
      { pathway: work.pathway.name, search: due.search },
    )
  }
}

/** New questions that the answers raise: about new patients, missing members, unknown references. */
async function follow(
  work: Work,
  listed: readonly { listing: Listing }[],
  missing: readonly { type: string; id: string }[],
): Promise<void> {
  const { ref, mirror, clock } = work
  const now = clock.now()
  const raised = new Map<string, NewDue>()
  const raise = (rows: readonly NewDue[]) => {
    for (const row of rows) raised.set(keyOf(row), row)
  }
  const plan = [...work.plan.values()]
  const known: string[] = []
  for (const { listing } of listed)
    for (const { resource } of listing.sightings) {
      const name = `${resource.resourceType}/${resource.id}`
      if (work.known.has(name)) continue
      const questions = [
        ...questionsAbout(plan, resource.resourceType, resource.id, now),
        ...laterById(work, listing.ask.search, resource, now),
      ]
      if (questions.length > 0) known.push(name)
      raise(questions)
    }
  const references = [...new Set(listed.flatMap(({ listing }) => listing.references))]
  for (const reference of references.length > 0 ? await mirror.unknownOf(ref, references) : [])
    raise(questionById(reference, now))
  await expect(work, plan, [...raised.values()])
  await work.store.addDue(ref, [...raised.values()])
  for (const name of known) work.known.add(name)
  await work.store.hasten(
    ref,
    missing.map(({ type, id }) => ({
      search: idSearch(type),
      subject: id,
      rank: RANK.directory,
      dueAt: now,
    })),
  )
  await noteProblems(work, listed)
}

/** Nothing may be called fresh that a question not yet answered could still change. */
function expect(
  { mirror, ref }: Pick<PracticeSyncPorts, 'mirror' | 'ref'>,
  plan: readonly SearchRow[],
  questions: readonly NewDue[],
): Promise<void> {
  const rows = new Map(plan.map((row) => [row.name, row]))
  return mirror.expect(
    ref,
    questions.flatMap(({ search, subject }) => {
      const { covers = [], completes = [] } = rows.get(search) ?? {}
      if (covers.length === 0 && completes.length === 0) return []
      return [{ search, subject, covers, completes }]
    }),
  )
}

/**
 * What came along with others, such as a Provenance with its target, is read by id now and then: when
 * the others go, nothing else would show it again.
 */
function laterById(
  work: Work,
  search: string,
  { resourceType, id }: { readonly resourceType: string; readonly id: string },
  now: number,
): NewDue[] {
  const row = work.plan.get(search)
  if (row === undefined || row.type === resourceType) return []
  const dueAt = now + work.sweep.referenceIntervalMs
  return [{ search: idSearch(resourceType), subject: id, rank: RANK.continuing, dueAt }]
}

function questionById(reference: string, now: number): NewDue[] {
  const [type, id] = reference.split('/')
  if (type === undefined || id === undefined) return []
  return [{ search: idSearch(type), subject: id, rank: RANK.reference, dueAt: now }]
}

async function noteProblems(work: Work, listed: readonly { listing: Listing }[]): Promise<void> {
  const at = work.clock.now()
  await work.store.addProblems(
    work.ref,
    listed.flatMap(({ listing }) =>
      listing.problems.map(({ code, position }) => ({ ...listing.ask, code, position, at })),
    ),
  )
}

function reschedule(work: Work, answer: Answer): Rescheduled {
  const { due } = answer
  const now = work.clock.now()
  const same = { search: due.search, subject: due.subject }
  if ('code' in answer) {
    const { code } = answer
    // What a practice does not serve must not keep its first sync open; who is there has to be known.
    if (NOT_SERVED.has(code) && due.rank !== RANK.directory)
      return { ...same, dueAt: now + NOT_SERVED_MS, answered: true, code }
    return { ...same, dueAt: retryAt(now, due.attempts), answered: false, code }
  }
  if (!answer.listing.complete)
    return {
      ...same,
      dueAt: incompleteRetryAt(now, due.attempts),
      answered: false,
      code: 'PATHWAY_LISTING_INCOMPLETE',
    }
  const every = answer.dangling
    ? work.sweep.danglingIntervalMs
    : intervalOf(work.plan.get(due.search), work.sweep)
  return { ...same, dueAt: answer.listing.askedAt + every, answered: true, code: undefined }
}

function keyOf(row: { readonly search: string; readonly subject: string }): string {
  return `${row.search} ${row.subject}`
}

/** A fault of ours while one answer is read must not stop the other questions. */
function codeOf(error: unknown): ErrorCode {
  return error instanceof ChartwayError ? error.code : 'INTERNAL'
}
