// How many resources a second go from a page's text into the mirror with their change events, beside
// COPY of the very same rows into a plain table, in the same run on the same server, in turns.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import {
  openDatabase,
  organizationId,
  type PracticeRef,
  practiceId,
  wallClock,
} from '@chartway/platform'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { createMirror, type SeenListing, type SeenResource } from '../platform/src/mirror/index.ts'
import { dialectFor } from '../platform/src/pathways/fhir/dialect.ts'
import { entriesOf, fromWire } from '../platform/src/pathways/fhir/from-wire.ts'
import { ownDatabase } from '../test/own-database.ts'
import { type BenchOptions, type BenchResult, median, rounded } from './bench-result.ts'
import { type Input, ingestInput, type Page } from './ingest-input.ts'

/** Wanted: as a share of COPY, and as a multiple of new. */
const NEW_OF_COPY_WANTED = 0.4
const UNCHANGED_OF_NEW_WANTED = 4
/** Answers applied in one transaction. */
const TOGETHER = 64

const organization = organizationId('bench')
const tables = {
  ...dialectFor('eclinicalworks', {}),
  baseUrl: 'https://example.org/fhir/r4/ABCDEF',
}

export async function run({ quick }: BenchOptions): Promise<BenchResult> {
  await using own = await ownDatabase()
  return await measure(own.url, ingestInput(quick ? 2 : 4), quick ? 3 : 7)
}

interface Round {
  readonly fresh: Spent
  readonly unchanged: Spent
  readonly copy: Spent
}

interface Spent {
  readonly seconds: number
  /** Of this process, the server's not counted. */
  readonly cpuSeconds: number
}

async function measure(url: string, input: Input, rounds: number): Promise<BenchResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('SET search_path = chartway, pg_temp')
  await client.query(`
    CREATE TABLE plain (LIKE mirror_resources INCLUDING INDEXES)`)
  await client.query(`INSERT INTO organizations VALUES ('bench', 'Bench', 0)`)
  const clock = wallClock()
  const database = openDatabase({ url, clock })
  const mirror = createMirror({ database, clock })
  const done: Round[] = []
  try {
    // The first round warms up and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const ref = await newPractice(client, `p${round}`)
      const take = (askedAt: number) => ingest(mirror, ref, input.pages, askedAt)
      const fresh = await spent(client, async () => {
        await mirror.expect(ref, input.pages.map(questionOf))
        await take(1_000)
      })
      const rows = await exported(client, ref)
      const copy = await spent(client, () => copyIn(client, rows))
      const unchanged = await spent(client, () => take(2_000))
      await prove(client, ref, input)
      if (round > 0) done.push({ fresh, copy, unchanged })
    }
  } finally {
    await database.close()
    await client.end()
  }
  return result(input, done)
}

async function newPractice(client: pg.Client, practice: string): Promise<PracticeRef> {
  await client.query(
    `INSERT INTO practices (organization_id, practice_id, name, time_zone, dialect, base_url,
       client_id, overrides, state, created_at)
     VALUES ('bench', $1, 'Bench', 'UTC', 'eclinicalworks', 'x', 'x', '{}', 'connected', 0)`,
    [practice],
  )
  const id = practiceId(practice)
  if (id === undefined || organization === undefined) throw new Error(practice)
  return { organization, practice: id }
}

async function ingest(
  mirror: ReturnType<typeof createMirror>,
  ref: PracticeRef,
  pages: readonly Page[],
  askedAt: number,
): Promise<void> {
  // As in sync: while one batch is being stored, the next one's pages are read as they come in.
  let stored: Promise<unknown> = Promise.resolve()
  for (let start = 0; start < pages.length; start += TOGETHER) {
    const read = await readPages(pages.slice(start, start + TOGETHER), askedAt)
    await stored
    stored = mirror.apply(ref, read)
  }
  await stored
}

async function readPages(pages: readonly Page[], askedAt: number): Promise<SeenListing[]> {
  const read: SeenListing[] = []
  for (const page of pages) {
    read.push(listing(page, askedAt))
    // A page is an event of its own.
    await setImmediate()
  }
  return read
}

function listing({ type, subject, text }: Page, askedAt: number): SeenListing {
  const sightings: SeenResource[] = []
  for (const { resource } of entriesOf(JSON.parse(text))) {
    const read = fromWire(resource, tables, { type })
    if (!('sighting' in read)) throw new Error(`${type}: ${read.code}`)
    sightings.push(read.sighting)
  }
  const page = { type, subject }
  return { ...questionOf(page), pathway: 'fhir', askedAt, complete: true, sightings }
}

function questionOf({ type, subject }: Pick<Page, 'type' | 'subject'>) {
  return { search: type, subject, covers: [type] }
}

async function spent(client: pg.Client, work: () => Promise<void>): Promise<Spent> {
  await client.query('CHECKPOINT')
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpuFrom)
  return { seconds: (performance.now() - from) / 1000, cpuSeconds: (user + system) / 1e6 }
}

async function exported(client: pg.Client, ref: PracticeRef): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = []
  const sql = `COPY (SELECT * FROM mirror_resources WHERE practice_id = '${ref.practice}') TO STDOUT`
  for await (const chunk of client.query(copyTo(sql))) chunks.push(chunk)
  return chunks
}

async function copyIn(client: pg.Client, rows: readonly Buffer[]): Promise<void> {
  await pipeline(Readable.from(rows), client.query(copyFrom('COPY plain FROM STDIN')))
}

/** A benchmark of something that did not happen would be fast. */
async function prove(client: pg.Client, ref: PracticeRef, input: Input): Promise<void> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT (SELECT count(*) FROM mirror_resources WHERE practice_id = $1) AS resources,
            (SELECT count(*) FROM mirror_changes WHERE practice_id = $1) AS changes,
            (SELECT count(*) FROM plain WHERE practice_id = $1) AS plain,
            (SELECT count(*) FROM mirror_listings WHERE practice_id = $1 AND as_of = 2000) AS fresh`,
    [ref.practice],
  )
  const { resources, changes, plain, fresh } = rows[0] ?? {}
  const all = [resources, changes, plain].every((count) => Number(count) === input.resources)
  if (!all || Number(fresh) !== input.pages.length)
    throw new Error(`Not everything arrived: ${JSON.stringify(rows[0])} of ${input.resources}`)
}

function result(input: Input, rounds: readonly Round[]): BenchResult {
  const rate = (of: keyof Round) =>
    median(rounds.map((round) => input.resources / round[of].seconds))
  const newOfCopy = median(rounds.map(({ fresh, copy }) => copy.seconds / fresh.seconds))
  const unchangedOfNew = median(
    rounds.map(({ fresh, unchanged }) => fresh.seconds / unchanged.seconds),
  )
  const cpuShare = median(rounds.map(({ fresh }) => fresh.cpuSeconds / fresh.seconds))
  const ok = newOfCopy >= NEW_OF_COPY_WANTED && unchangedOfNew >= UNCHANGED_OF_NEW_WANTED
  const lines = [
    `Input: ${input.origin}: ${input.resources} resources in ${input.pages.length} answers, ${rounds.length} rounds`,
    `COPY of the same rows into a plain table: ${Math.round(rate('copy'))} resources/s`,
    `New, with change events: ${Math.round(rate('fresh'))} resources/s, ${rounded(newOfCopy)} of COPY (wanted ${NEW_OF_COPY_WANTED})`,
    `Unchanged: ${Math.round(rate('unchanged'))} resources/s, ${rounded(unchangedOfNew)} times new (wanted ${UNCHANGED_OF_NEW_WANTED})`,
  ]
  if (!ok)
    lines.push(
      `Where the time went: this process was busy for ${Math.round(cpuShare * 100)} % of it while taking in new resources; ` +
        'below 80 % the database is the bottleneck, else look with `node --cpu-prof`',
    )
  return {
    name: 'ingest',
    ok,
    figures: {
      resources: input.resources,
      rounds: rounds.length,
      copyPerSecond: rounded(rate('copy')),
      newPerSecond: rounded(rate('fresh')),
      unchangedPerSecond: rounded(rate('unchanged')),
      newOfCopy: rounded(newOfCopy),
      unchangedOfNew: rounded(unchangedOfNew),
      nodeBusy: rounded(cpuShare),
    },
    lines,
  }
}
