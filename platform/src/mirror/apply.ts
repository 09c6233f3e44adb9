// Applies answers to the mirror within one transaction: what repeats the last answer costs one row,
// everything else is compared resource by resource. It asks the store and the decisions; it knows no SQL.

import { absentMembers, isNews, type KnownListing } from './decide.ts'
import { putResources, questionOf, type Seen, type Work } from './put-resources.ts'
import type { Answer, Sighting } from './seen.ts'
import type { ListingRow, Store, Unexplained } from './store.ts'
import type { ApplyResult } from './types.ts'

/** Changes looked through to see whether a repeated listing still holds; beyond, it is compared. */
const CHANGES_SINCE_MAX = 10_000

/** Applies all of a batch's answers. The caller's transaction makes it all or nothing. */
export async function applyAnswers(
  store: Store,
  answers: readonly Answer[],
  at: number,
): Promise<ApplyResult> {
  const [{ last: sequence, retention }, found, unexplained] = await Promise.all([
    store.lock(),
    store.listings(answers.filter(({ kept }) => kept)),
    store.unexplained(),
  ])
  const listings = new Map(found.map((row) => [questionOf(row), row]))
  const repeated = await repeatedAnswers(store, { answers, listings, sequence })
  const seen = seenIn(answers, repeated)
  const work: Work = { store, at, retention, listings, seen, sequence }
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
  // After the rows, which would take the mark off again.
  await markLost(work, rows)
  const missing = new Set(rows.flatMap((row) => row.missing))
  const repeats = [...repeated].reduce((sum, { shown }) => sum + shown, 0)
  return {
    ...counts,
    unchanged: counts.unchanged + repeats,
    missing: [...missing].map(typeAndId),
    sequence: work.sequence,
  }
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
    const since = [...(overtaken.get(question) ?? []), ...partsBefore(answers, answer)].map(keysOf)
    const keys = absentMembers(answer, [...before, ...since].flat(), row?.completes ?? [])
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

/**
 * What listings beside the patients' showed and show no longer is looked for in the patients' own from
 * then on: a read may find it, and nothing else might ever show it again.
 */
async function markLost({ store, listings }: Work, rows: readonly ListingRow[]): Promise<void> {
  const lost = rows.flatMap(({ answer, members }) => {
    const row = listings.get(questionOf(answer))
    if (row === undefined || row.completes.length === 0) return []
    const shown = new Set(members)
    const types = row.completes
    return row.members.filter(
      (key) => !shown.has(key) && types.includes(key.slice(0, key.indexOf('/'))),
    )
  })
  if (lost.length > 0) await store.markLost(lost)
}

/** Answers of the batch to the same question that were not whole and asked before this one. */
function partsBefore(answers: readonly Answer[], whole: Answer): readonly Answer[] {
  return answers.filter(
    (part) =>
      part.kept &&
      !part.complete &&
      part.askedAt < whole.askedAt &&
      questionOf(part) === questionOf(whole),
  )
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
  for (const answer of answers) {
    const { completes = [] } = work.listings.get(questionOf(answer)) ?? {}
    for (const { key, type } of answer.sightings())
      if (answer.covers.includes(type)) shown.add(`${answer.subject} ${key}`)
      else if (completes.includes(type)) shown.add(key)
  }
  return new Map(
    [...found].map(([answer, keys]) => [
      answer,
      keys.filter((key) => !shown.has(`${answer.subject} ${key}`) && !shown.has(key)),
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
  const [{ last: sequence }, [row], unexplained] = await Promise.all([
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
  if (row === undefined) return { ...result, sequence }
  if (row.deleted) return { ...result, sequence, gone: true }
  const confirmed = (await store.confirmed([row])).get(key) ?? 0
  const knownAskedAt = Math.max(row.askedAt, confirmed)
  if (knownAskedAt > askedAt) return { ...result, sequence }
  const next = sequence + 1
  await Promise.all([
    store.remove(row, { ...how, sequence: next, askedAt, unchangedAt: knownAskedAt }),
    store.setLast(next),
  ])
  return { ...result, sequence: next, gone: true }
}
