// Applies answers to the mirror within one transaction: what repeats the last answer costs one row,
// everything else is compared resource by resource. It asks the store and the decisions; it knows no SQL.

import {
  absentMembers,
  contentSeen,
  type Decision,
  decide,
  differencesText,
  differs,
  isNews,
  type Known,
  type KnownListing,
  unchangedAt,
} from './decide.ts'
import type { Answer, Sighting } from './seen.ts'
import type { ListingRow, NewState, Store, Unexplained } from './store.ts'
import type { ApplyResult } from './types.ts'

/** Changes looked through to see whether a repeated listing still holds; beyond, it is compared. */
const CHANGES_SINCE_MAX = 10_000
/** Resources looked up at a time, and the size in characters of contents written at a time. */
const LOOKED_UP_MAX = 2_000
const WRITTEN_CHARACTERS_MAX = 80_000

/** One resource and all that the batch's answers showed of it. */
type Seen = Map<string, Sighting[]>

interface Work {
  readonly store: Store
  /** Business time of learning. */
  readonly at: number
  readonly listings: ReadonlyMap<string, KnownListing>
  readonly seen: Seen
  sequence: number
}

/** Applies all of a batch's answers. The caller's transaction makes it all or nothing. */
export async function applyAnswers(
  store: Store,
  answers: readonly Answer[],
  at: number,
): Promise<ApplyResult> {
  const [sequence, found, unexplained] = await Promise.all([
    store.lock(),
    store.listings(answers.filter(({ kept }) => kept)),
    store.unexplained(),
  ])
  const listings = new Map(found.map((row) => [questionOf(row), row]))
  const repeated = await repeatedAnswers(store, { answers, listings, sequence })
  const seen = seenIn(answers, repeated)
  const work: Work = { store, at, listings, seen, sequence }
  const counts = await putResources(work)
  const rows = await newListings(work, answers, repeated)
  await Promise.all([
    work.sequence === sequence ? undefined : store.setLast(work.sequence),
    repeated.size === 0 ? undefined : store.repeatListings([...repeated], work.sequence),
    rows.length === 0 ? undefined : store.putListings(rows, work.sequence),
    note(
      store,
      answers.filter((answer) => answer.kept && !isNewsIn(work, answer)),
    ),
    explain(store, unexplained, { answers, rows }),
  ])
  const missing = new Set(rows.flatMap((row) => row.missing))
  const repeats = [...repeated].reduce((sum, { shown }) => sum + shown, 0)
  return {
    ...counts,
    unchanged: counts.unchanged + repeats,
    missing: [...missing].map(typeAndId),
    sequence: work.sequence,
  }
}

function questionOf({ search, subject }: { readonly search: string; readonly subject: string }) {
  return `${search}\n${subject}`
}

function typeAndId(key: string): { readonly type: string; readonly id: string } {
  const slash = key.indexOf('/')
  return { type: key.slice(0, slash), id: key.slice(slash + 1) }
}

/**
 * The answers that show exactly what the last complete one to the same question showed, while nothing
 * that they show was changed by another answer in between.
 */
async function repeatedAnswers(
  store: Store,
  batch: {
    readonly answers: readonly Answer[]
    readonly listings: ReadonlyMap<string, KnownListing>
    readonly sequence: number
  },
): Promise<ReadonlySet<Answer>> {
  const { answers, listings, sequence } = batch
  const asked = new Map<string, number>()
  for (const answer of answers)
    asked.set(questionOf(answer), (asked.get(questionOf(answer)) ?? 0) + 1)
  const candidates = answers.flatMap((answer) => {
    const row = answer.kept ? listings.get(questionOf(answer)) : undefined
    const alone = asked.get(questionOf(answer)) === 1
    if (!alone || row === undefined || !row.sameDigest) return []
    if (row.strays || row.missing.length > 0) return []
    return isNews(answer, row) ? [{ answer, since: row.sequence }] : []
  })
  const oldest = candidates.reduce((least, { since }) => Math.min(least, since), sequence)
  if (oldest === sequence) return new Set(candidates.map(({ answer }) => answer))
  const changes = await store.changedSince(oldest, CHANGES_SINCE_MAX + 1)
  if (changes.length > CHANGES_SINCE_MAX) return new Set()
  const changed = new Map(changes.map((change) => [change.key, change.sequence]))
  const holds = ({ answer, since }: (typeof candidates)[number]) =>
    changed.size === 0 || answer.sightings().every(({ key }) => (changed.get(key) ?? 0) <= since)
  return new Set(candidates.filter(holds).map(({ answer }) => answer))
}

/** Everything to be compared, and what repeated answers say of the same resources. */
function seenIn(answers: readonly Answer[], repeated: ReadonlySet<Answer>): Seen {
  const seen: Seen = new Map()
  for (const answer of answers)
    if (!repeated.has(answer))
      for (const sighting of answer.sightings()) {
        const others = seen.get(sighting.key)
        if (others === undefined) seen.set(sighting.key, [sighting])
        else others.push(sighting)
      }
  if (seen.size > 0)
    for (const answer of repeated)
      for (const sighting of answer.sightings()) seen.get(sighting.key)?.push(sighting)
  return seen
}

async function putResources(work: Work): Promise<Omit<ApplyResult, 'missing' | 'sequence'>> {
  const counts = { created: 0, updated: 0, restored: 0, unchanged: 0 }
  const writer = stateWriter(work)
  const entries = [...work.seen]
  for (let start = 0; start < entries.length; start += LOOKED_UP_MAX) {
    const part = entries.slice(start, start + LOOKED_UP_MAX)
    const known = await knownOf(work.store, part)
    for (const [key, sightings] of part) {
      const decision = decide(known.get(key), sightings)
      counts[decision.kind === 'touched' ? 'unchanged' : decision.kind] += 1
      const full = writer.take(decision)
      if (full) await writer.flush()
    }
  }
  await writer.finish()
  return counts
}

async function knownOf(
  store: Store,
  part: readonly (readonly [string, readonly Sighting[]])[],
): Promise<ReadonlyMap<string, Known>> {
  const wanted = part.flatMap(([, sightings]) => {
    const [first] = sightings
    if (first === undefined) return []
    const { type, id } = first
    const { hash } = contentSeen(first)
    const alike = sightings.every((seen) => contentSeen(seen).hash === hash)
    return [{ type, id, contentHash: alike ? hash : '' }]
  })
  const rows = await store.known(wanted)
  const known = new Map(rows.map((row) => [`${row.type}/${row.id}`, row]))
  const closer = part.flatMap(([key, sightings]) => {
    const row = known.get(key)
    return row !== undefined && differs(row, sightings) ? [row] : []
  })
  if (closer.length === 0) return known
  const confirmed = await store.confirmed(closer)
  for (const row of closer) {
    const key = `${row.type}/${row.id}`
    // A listing from before a deletion says nothing about it.
    if (row.deleted) continue
    known.set(key, { ...row, askedAt: Math.max(row.askedAt, confirmed.get(key) ?? 0) })
  }
  return known
}

/** Collects what is to be written; while one part is on its way, the next is prepared. */
function stateWriter(work: Work) {
  const { store, at } = work
  let created: NewState[] = []
  let superseded: NewState[] = []
  const touched: { readonly seen: Sighting }[] = []
  const strays = new Map<string, { readonly subject: string; readonly type: string }>()
  let characters = 0
  let underWay: Promise<unknown> | undefined

  async function send(next: Promise<unknown>): Promise<void> {
    // Whoever waits for it next hears of its failure; until then it is not an unhandled one.
    next.catch(() => {})
    const before = underWay
    underWay = next
    await before
  }

  async function flush(): Promise<void> {
    const [fresh, changed] = [created, superseded]
    created = []
    superseded = []
    characters = 0
    if (fresh.length > 0) await send(store.create(fresh, at))
    if (changed.length > 0) await send(store.supersede(changed, at))
  }

  return {
    flush,
    /** True when enough is there to be sent. */
    take(decision: Decision): boolean {
      const stray = strayOf(decision)
      if (stray !== undefined) strays.set(`${stray.subject} ${stray.type}`, stray)
      if (decision.kind === 'unchanged') return false
      if (decision.kind === 'touched') {
        touched.push(decision)
        return false
      }
      const state = newState(work, decision)
      if (decision.kind === 'created') created.push(state)
      else superseded.push(state)
      characters += state.content.text.length
      return characters >= WRITTEN_CHARACTERS_MAX
    },
    async finish(): Promise<void> {
      await flush()
      if (touched.length > 0) await send(store.touch(touched))
      if (strays.size > 0) await send(store.markStrays([...strays.values()]))
      await underWay
    },
  }
}

/** A resource that is new to a patient and was not learnt by the listing that should show it. */
function strayOf(
  decision: Decision,
): { readonly subject: string; readonly type: string } | undefined {
  if (decision.kind === 'unchanged') return undefined
  const wasTheirs =
    (decision.kind === 'updated' || decision.kind === 'touched') &&
    decision.known.patientId === decision.seen.patientId
  if (wasTheirs) return undefined
  const { type, patientId, answer } = decision.seen
  const listed = answer.kept && answer.complete && answer.covers.includes(type)
  if (patientId === undefined || (listed && answer.subject === patientId)) return undefined
  return { subject: patientId, type }
}

function newState(
  work: Work,
  decision: Exclude<Decision, { kind: 'unchanged' | 'touched' }>,
): NewState {
  work.sequence += 1
  const { kind, seen, content } = decision
  const { askedAt } = seen.answer
  const { sequence } = work
  if (decision.kind === 'created') {
    const listedAt = work.listings.get(questionOf(seen.answer))?.listedAt
    return {
      sequence,
      kind,
      version: 1,
      seen,
      content,
      unchangedAt: unchangedAt(kind, askedAt, { listedAt }),
    }
  }
  const { known } = decision
  return {
    sequence,
    kind,
    version: known.version + 1,
    seen,
    content,
    differences: differencesText(known, content),
    unchangedAt: unchangedAt(kind, askedAt, { knownAskedAt: known.askedAt }),
  }
}

/** The rows of the questions whose answer is complete and newer than the last complete one. */
async function newListings(
  work: Work,
  answers: readonly Answer[],
  repeated: ReadonlySet<Answer>,
): Promise<readonly ListingRow[]> {
  const newest = new Map<string, Answer>()
  const overtaken = new Map<string, Answer[]>()
  const news = answers.filter((answer) => !repeated.has(answer) && isNewsIn(work, answer))
  for (const answer of [...news].sort((one, other) => one.askedAt - other.askedAt)) {
    const question = questionOf(answer)
    const other = newest.get(question)
    if (other !== undefined) overtaken.set(question, [...(overtaken.get(question) ?? []), other])
    newest.set(question, answer)
  }
  const orphans = await orphansOf(work, [...newest.values()])
  const absent = [...newest].map(([question, answer]) => {
    const row = work.listings.get(question)
    const before = [row?.members ?? [], row?.missing ?? [], orphans.get(answer) ?? []]
    const since = (overtaken.get(question) ?? []).map(keysOf)
    const keys = absentMembers(answer, [...before, ...since].flat())
    const gone = keys.filter((key) => !seenAfter(work.seen.get(key), answer.askedAt))
    return { answer, row, keys: gone }
  })
  const keys = new Set(absent.flatMap((entry) => entry.keys))
  const standing = keys.size === 0 ? [] : await work.store.standing([...keys])
  const lastSeen = new Map(
    standing.flatMap((one) => (one.deleted ? [] : [[one.key, one.askedAt] as const])),
  )
  return absent.map(({ answer, row, keys: gone }) => {
    const missing = gone.filter((key) => (lastSeen.get(key) ?? Infinity) <= answer.askedAt)
    return {
      answer,
      missing,
      asOf: missing.length === 0 ? answer.askedAt : row?.asOf,
      members: [...new Set(keysOf(answer))],
    }
  })
}

function isNewsIn(work: Pick<Work, 'listings'>, answer: Answer): boolean {
  return answer.kept && isNews(answer, work.listings.get(questionOf(answer)))
}

function keysOf(answer: Answer): readonly string[] {
  return answer.sightings().map(({ key }) => key)
}

/** What the answers should show, too, unless another of them about the same subject shows it. */
async function orphansOf(
  work: Work,
  answers: readonly Answer[],
): Promise<ReadonlyMap<Answer, readonly string[]>> {
  const asked = answers.filter((answer) => {
    const row = work.listings.get(questionOf(answer))
    return answer.covers.length > 0 && (row === undefined || row.strays)
  })
  if (asked.length === 0) return new Map()
  const found = await work.store.orphans(asked)
  if (found.size === 0) return found
  const shown = new Set<string>()
  for (const answer of answers)
    for (const { key, type } of answer.sightings())
      if (answer.covers.includes(type)) shown.add(`${answer.subject} ${key}`)
  return new Map(
    [...found].map(([answer, keys]) => [
      answer,
      keys.filter((key) => !shown.has(`${answer.subject} ${key}`)),
    ]),
  )
}

function seenAfter(sightings: readonly Sighting[] | undefined, askedAt: number): boolean {
  return sightings?.some(({ answer }) => answer.askedAt > askedAt) ?? false
}

/** Answers that were not complete, or older than the last complete one. */
async function note(store: Store, answers: readonly Answer[]): Promise<void> {
  const rows = new Map<string, ReturnType<typeof noted>>()
  for (const answer of answers) {
    const row = noted(answer)
    const other = rows.get(questionOf(answer))
    if (other === undefined) rows.set(questionOf(answer), row)
    else
      rows.set(questionOf(answer), {
        ...row,
        askedAt: Math.max(row.askedAt, other.askedAt),
        members: [...new Set([...row.members, ...other.members])],
      })
  }
  if (rows.size > 0) await store.noteListings([...rows.values()])
}

function noted(answer: Answer) {
  const { search, subject, covers, askedAt } = answer
  const listed = answer.sightings().filter(({ type }) => covers.includes(type))
  return { search, subject, covers, askedAt, members: [...new Set(listed.map(({ key }) => key))] }
}

/** Missing members that this batch saw again are missing no longer. */
async function explain(
  store: Store,
  unexplained: readonly Unexplained[],
  batch: { readonly answers: readonly Answer[]; readonly rows: readonly ListingRow[] },
): Promise<void> {
  if (unexplained.length === 0) return
  const renewed = new Set(batch.rows.map(({ answer }) => questionOf(answer)))
  const seenAt = new Map<string, number>()
  for (const { askedAt, sightings } of batch.answers)
    for (const { key } of sightings())
      seenAt.set(key, Math.max(askedAt, seenAt.get(key) ?? askedAt))
  const explained = unexplained.flatMap((row) => {
    if (renewed.has(questionOf(row))) return []
    const missing = row.missing.filter((key) => (seenAt.get(key) ?? -Infinity) < row.listedAt)
    return missing.length === row.missing.length ? [] : [explainedRow(row, missing)]
  })
  if (explained.length > 0) await store.explain(explained)
}

function explainedRow(row: Unexplained, missing: readonly string[]) {
  const { search, subject, listedAt } = row
  return { search, subject, missing, asOf: missing.length === 0 ? listedAt : undefined }
}

/** A proven absence: deletes, unless an answer that was asked later has shown the resource. */
export async function applyAbsence(
  store: Store,
  absence: { readonly type: string; readonly id: string; readonly askedAt: number },
  how: { readonly pathway: string; readonly search: string; readonly at: number },
): Promise<ApplyResult> {
  const { type, id, askedAt } = absence
  const key = `${type}/${id}`
  const [sequence, [row], unexplained] = await Promise.all([
    store.lock(),
    store.known([{ type, id, contentHash: '' }]),
    store.unexplained(),
  ])
  const result = { created: 0, updated: 0, restored: 0, unchanged: 0, missing: [] }
  const explained = unexplained.flatMap((listing) => {
    const missing = listing.missing.filter((other) => other !== key)
    const proven = missing.length < listing.missing.length && askedAt >= listing.listedAt
    return proven ? [explainedRow(listing, missing)] : []
  })
  if (explained.length > 0) await store.explain(explained)
  if (row === undefined || row.deleted) return { ...result, sequence }
  const confirmed = (await store.confirmed([row])).get(key) ?? 0
  const knownAskedAt = Math.max(row.askedAt, confirmed)
  if (knownAskedAt > askedAt) return { ...result, sequence }
  const next = sequence + 1
  await Promise.all([
    store.remove(row, { ...how, sequence: next, askedAt, unchangedAt: knownAskedAt }),
    store.setLast(next),
  ])
  return { ...result, sequence: next }
}
