// `prove restore`: backups taken at random instants of an installation that is syncing come back elsewhere as
// exactly what stood there at that instant, ask nobody anything until that is confirmed, and go on from there.

import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { scaledClock, wallSleep } from '@chartway/platform'
import pg from 'pg'
import { allPages, registerApp } from '../rig.ts'
import { disturber } from './disturb.ts'
import { differences, type Picture, pictureOf } from './judge/database.ts'
import { judgeFeed } from './judge/history.ts'
import { compareNow, feedOf, spread, truthOf } from './mirror-compare.ts'
import { type Check, check, floor, none, type Proof, type ProofOptions } from './proof.ts'
import {
  CODE,
  type Machine,
  machine,
  startServer,
  startVendor,
  type Times,
} from './restore-machines.ts'

const PRACTICE = 'riverside'
/** A Monday at 10:00 in New York, when people are in the house. */
const MONDAY_TEN = Date.parse('2026-03-02T15:00:00Z')
const MINUTE_MS = 60_000
const CHANGE_EVERY_MS = 15_000
/** How long a restored installation is watched before it is confirmed, wall ms; it looks every 2 s. */
const WATCHED_MS = 5_000
/** After a confirmation its share must have been asked again within this, vendor minutes. */
const CONVERGED_MINUTES_MAX = 60
const BYTES_PER_MB = 1e6
/** Accesses that the ledger of the last backup has at least. */
const LEDGER_MIN = 20

interface Size {
  readonly patients: number
  readonly timeScale: number
  readonly sweepMinutes: number
  readonly backups: number
  /** Vendor time over which the backups are spread, from the beginning on. */
  readonly spreadMinutes: number
  readonly goesOnMinutes: number
  /** Of what it mirrors; some questions are asked daily only. */
  readonly askedAgainShare: number
  readonly rowsMin: number
  readonly comparedMin: number
}
const FULL: Size = {
  patients: 110,
  timeScale: 20,
  sweepMinutes: 8,
  backups: 8,
  spreadMinutes: 40,
  goesOnMinutes: 20,
  askedAgainShare: 0.9,
  rowsMin: 100_000,
  comparedMin: 2_000,
}
const QUICK: Size = {
  patients: 14,
  timeScale: 60,
  sweepMinutes: 3,
  backups: 2,
  spreadMinutes: 6,
  goesOnMinutes: 4,
  askedAgainShare: 0.2,
  rowsMin: 2_000,
  comparedMin: 300,
}

export const proof: Proof = {
  name: 'restore',
  shows: 'A backup under load, restored elsewhere, is the installation of that instant and waits.',
  mutants: ['later-instant', 'row-lost', 'hash-changed', 'hold-lifted', 'file-changed'],
  run,
}

/** A backup and what stood in the source when it was taken, as the judge saw it. */
interface Taken {
  readonly file: string
  readonly picture: Picture
  readonly bytes: number
  readonly durationMs: number
  /** Rows that came into the source while the backup was being taken. */
  readonly writtenMeanwhile: number
  /** Whether an attempt was cut short on its way; it may have ended before. */
  readonly wasCut: boolean
  /** Whether that attempt left something under the backup's own name. */
  readonly leftHalf: boolean
}

async function run(options: ProofOptions) {
  const size = options.quick ? QUICK : FULL
  const times = timesOf(size)
  const vendor = await startVendor(times, { seed: options.seed, patients: size.patients })
  try {
    await using server = await startServer()
    const source = await server.database('source')
    await using first = await machine(times, { databaseUrl: source.owner, ...size })
    const stage = { options, size, times, vendor, server }
    const taken = await takeBackups(stage, first, source.all)
    const restored = await restoreEach(stage, first, taken)
    const after = await goOn(stage, first, taken)
    const rows = taken.map(({ picture }) => sum(Object.values(picture.tables).map((t) => t.rows)))
    return {
      checks: [
        floor('backups compared row by row', restored.compared, size.backups),
        floor('rows compared', sum(rows), size.rowsMin),
        floor('accesses in the last ledger', taken.at(-1)?.picture.ledger.events ?? 0, LEDGER_MIN),
        floor('backups during which rows were written', busy(taken), 1),
        none('difference between source and restored', restored.found),
        ...restored.checks,
        ...after.checks,
      ],
      figures: {
        backups: taken.length,
        rows,
        tables: Object.keys(taken[0]?.picture.tables ?? {}).length,
        ledgerEvents: taken.map(({ picture }) => picture.ledger.events),
        writtenMeanwhile: taken.map(({ writtenMeanwhile }) => writtenMeanwhile),
        megabytes: taken.map(({ bytes }) => Math.round((bytes / BYTES_PER_MB) * 100) / 100),
        backupMs: taken.map(({ durationMs }) => durationMs),
        ...restored.figures,
        ...after.figures,
      },
    }
  } finally {
    await vendor.close()
  }
}

function timesOf(size: Size): Times {
  const wallEpochMs = Date.now()
  const clock = scaledClock({ epochMs: MONDAY_TEN, wallEpochMs, factor: size.timeScale })
  return { clock, epochMs: MONDAY_TEN, wallEpochMs }
}

interface Stage {
  readonly options: ProofOptions
  readonly size: Size
  readonly times: Times
  readonly vendor: Awaited<ReturnType<typeof startVendor>>
  readonly server: Awaited<ReturnType<typeof startServer>>
}

/** Connects a practice, and backs up at random instants while it is being mirrored and changes. */
async function takeBackups(stage: Stage, first: Machine, all: string): Promise<readonly Taken[]> {
  const { options, size, times, vendor } = stage
  await first.serve()
  registerApp(vendor.sandbox, `${first.url}/jwks/home.json`, [CODE])
  const made = await first.post('/v1/practices', {
    practice: PRACTICE,
    name: 'Riverside',
    timeZone: 'America/New_York',
    baseUrl: `${vendor.url}/fhir/r4/${CODE}`,
    clientId: 'chartway-backend',
    dialect: 'eclinicalworks',
    overrides: {},
  })
  if (made.status !== 201) throw new Error(`Connecting answered ${made.status}`)
  const { disturb } = disturber(vendor.sandbox, CODE, options.seed)
  let living = true
  const disturbing = (async () => {
    for (; living; await times.clock.sleep(CHANGE_EVERY_MS)) {
      disturb()
      // Each read leaves a line in the ledger of accesses.
      await first.get(`/v1/patients?practice=${PRACTICE}&limit=1`)
    }
  })()
  const taken: Taken[] = []
  const from = times.clock.now()
  for (const at of instants(size, options.seed)) {
    await times.clock.sleep(Math.max(0, from + at - times.clock.now()))
    taken.push(await takeOne(stage, first, all, join(first.folder, `${taken.length}.backup`)))
    options.say(`backup ${taken.length} of ${size.backups}: ${taken.at(-1)?.bytes} bytes`)
  }
  // The installation and the practice live on after the last backup: it will be of an earlier time.
  await times.clock.sleep(3 * MINUTE_MS)
  living = false
  await disturbing
  await first.off()
  return taken
}

async function takeOne(stage: Stage, first: Machine, all: string, file: string): Promise<Taken> {
  const client = new pg.Client({ connectionString: all })
  const beside = new pg.Client({ connectionString: all })
  await Promise.all([client.connect(), beside.connect()])
  try {
    const written = async () => {
      const { rows } = await beside.query<{ rows: number }>(
        `SELECT sum(n_tup_ins + n_tup_upd)::int AS rows FROM pg_stat_user_tables`,
      )
      return rows[0]?.rows ?? 0
    }
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id')
    const before = await written()
    // One cut short by force leaves nothing that could be taken for a backup.
    const wasCut = await first.cutShort(async () => existsSync(`${file}.part`), 'backup', file)
    const leftHalf = existsSync(file)
    const told = await first.command('backup', file, '--snapshot', rows[0]?.id ?? '')
    if (told.status !== 0) throw new Error(`The backup ended with ${told.status}: ${told.errors}`)
    const writtenMeanwhile = (await written()) - before
    if (stage.options.mutant === 'later-instant') {
      await client.query('COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      await stage.times.clock.sleep(MINUTE_MS)
    }
    const picture = await pictureOf(client)
    const { bytes, durationMs } = told.lines.at(-1) ?? {}
    const figures = { bytes: Number(bytes), durationMs: Number(durationMs), writtenMeanwhile }
    return { file, picture, wasCut, leftHalf: wasCut && leftHalf, ...figures }
  } finally {
    await Promise.all([client.end(), beside.end()])
  }
}

/** Business time after the beginning, drawn from the seed: the first is during the first sync. */
function instants(size: Size, seed: number): readonly number[] {
  const gap = (size.spreadMinutes * MINUTE_MS) / size.backups
  return Array.from({ length: size.backups }, (_, i) => {
    const drawn = ((seed * 7_919 + i * 104_729) % 997) / 997
    return (i + 0.2 + 0.7 * drawn) * gap
  })
}

/** Restores each backup into a database of its own, whose owner is no superuser, and compares. */
async function restoreEach(stage: Stage, first: Machine, taken: readonly Taken[]) {
  const { options, size, times, server } = stage
  const found: string[] = []
  const restoreMs: number[] = []
  const refused: string[] = []
  let compared = 0
  let cuts = 0
  for (const [i, { file, picture }] of taken.entries()) {
    const target = await server.database(`restored_${i}`)
    await using other = await machine(times, { databaseUrl: target.owner, ...size })
    const withoutKey = await other.command('restore', file)
    if (!withoutKey.errors.includes('MASTER_KEY_MISSING')) refused.push('without the key')
    await other.take(join(first.folder, 'master.key'), 'master.key')
    const moved = await other.take(file, 'moved.backup')
    if (options.mutant === 'file-changed') await other.take(process.execPath, 'moved.backup')
    // Cut short, begun again.
    if (await cutRestore(other, target.all, moved)) cuts++
    const started = Date.now()
    const told = await other.command('restore', moved)
    restoreMs.push(Date.now() - started)
    if (told.status !== 0) {
      found.push(`backup ${i}: the restore ended with ${told.status}`)
      continue
    }
    const again = await other.command('restore', moved)
    if (!again.errors.includes('RESTORE_NOT_EMPTY')) refused.push('into a database in use')
    found.push(...(await compareOne(target.all, picture, options.mutant)).map((d) => `${i}: ${d}`))
    compared++
  }
  const names = await readdir(first.folder)
  const halves = taken.filter(({ leftHalf }) => leftHalf).map(({ file }) => basename(file))
  const strange = names.filter(
    (name) => /backup/.test(name) && !/^\d+\.backup(\.part)?$/.test(name),
  )
  const checks: Check[] = [
    floor('backups cut short on their way', taken.filter(({ wasCut }) => wasCut).length, 1),
    floor('restores cut short on their way', cuts, Math.ceil(taken.length / 2)),
    none('restore that was not refused', refused),
    none('half a backup under a backup’s name', [...halves, ...strange]),
  ]
  return { compared, found, checks, figures: { restoreMs } }
}

/** Ends a restore by force once its first rows are there, or its tables. */
async function cutRestore(machine: Machine, url: string, file: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const begun = async () => {
      const { rows } = await client.query<{ begun: boolean }>(
        `SELECT to_regclass('chartway.mirror_resources') IS NOT NULL AS begun`,
      )
      return rows[0]?.begun === true
    }
    return await machine.cutShort(begun, 'restore', file)
  } finally {
    await client.end()
  }
}

async function compareOne(url: string, picture: Picture, mutant: string | undefined) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const one = 'ctid = (SELECT min(ctid) FROM chartway.mirror_resources)'
    if (mutant === 'row-lost')
      await client.query(`DELETE FROM chartway.mirror_resources WHERE ${one}`)
    if (mutant === 'hash-changed')
      await client.query(`UPDATE chartway.mirror_resources SET content_hash = '\\x00' WHERE ${one}`)
    return differences(picture, await pictureOf(client))
  } finally {
    await client.end()
  }
}

/** The last backup becomes an installation on another machine: it waits, is confirmed, and goes on. */
async function goOn(stage: Stage, first: Machine, taken: readonly Taken[]) {
  const { options, size, times, vendor } = stage
  const { operator } = vendor.sandbox
  const last = taken.at(-1)
  if (last === undefined) throw new Error('There is no backup')
  await using other = await machine(times, { ...size, stranger: true })
  await other.take(join(first.folder, 'master.key'), 'master.key')
  const moved = await other.take(last.file, 'moved.backup')
  const told = await other.command('restore', moved)
  if (told.status !== 0) throw new Error(`The restore ended with ${told.status}: ${told.errors}`)
  if (options.mutant === 'hold-lifted') await other.command('restore', 'confirm')
  const callsAtOff = calls(operator.minutes())
  await other.serve()
  // The portal learns where the keys of the new machine are; the old one is off.
  registerApp(vendor.sandbox, `${other.url}/jwks/home.json`, [CODE])
  await wallSleep(WATCHED_MS)
  const asked = await other.post(`/v1/practices/${PRACTICE}/check`)
  const [health, sync] = [
    await other.get('/health'),
    await other.get(`/v1/sync?practice=${PRACTICE}`),
  ]
  const callsWhileHeld = calls(operator.minutes()) - callsAtOff
  const confirmed = await other.command('restore', 'confirm')
  const waited = await converged(stage, other)
  const { disturb } = disturber(vendor.sandbox, CODE, options.seed + 1)
  for (
    const until = times.clock.now() + size.goesOnMinutes * MINUTE_MS;
    times.clock.now() < until;
  ) {
    disturb()
    await times.clock.sleep(CHANGE_EVERY_MS)
  }
  const rig = {
    sandbox: vendor.sandbox,
    clock: times.clock,
    get: other.get,
    all: (path: string) => allPages(other.get, path),
  }
  const comparison = await compareNow(rig, PRACTICE, CODE)
  const feed = judgeFeed(truthOf(rig, CODE), await feedOf(rig, PRACTICE), MONDAY_TEN)
  const fullest = Math.max(...operator.minutes().map(({ arrived }) => arrived))
  const afterwards = feed.entries - (last.picture.feeds[0]?.entries ?? 0)
  return {
    checks: [
      check('the health says that it is held', health.outbound === 'held', String(health.outbound)),
      check('its sync says that it is held', sync.phase === 'held', String(sync.phase)),
      check(
        'a check of the connection is refused while it is held',
        JSON.stringify(asked.body).includes('OUTBOUND_HELD'),
      ),
      check('no call arrived before it was confirmed', callsWhileHeld === 0, callsWhileHeld),
      check('the confirmation was taken', confirmed.status === 0 && isReleased(confirmed.lines)),
      check(
        `it asks again: ${size.askedAgainShare * 100} % within ${CONVERGED_MINUTES_MAX} minutes`,
        waited !== undefined,
      ),
      floor('resources compared with the vendor afterwards', comparison.compared, size.comparedMin),
      floor('changes learnt afterwards', afterwards, 5),
      none('resource missing', comparison.missing),
      none('resource extra', comparison.extra),
      none('resource stale beyond its stated freshness', comparison.stale),
      none('gap in the feed', feed.gaps),
      none('invented change', feed.invented),
      none('disordered change', feed.disordered),
      check('fullest vendor minute at most 250 calls', fullest <= 250, fullest),
    ],
    figures: {
      watchedMs: WATCHED_MS,
      callsWhileHeld,
      otherUid: other.uid !== undefined,
      convergedMinutes: waited,
      compared: comparison.compared,
      changesAfterwards: afterwards,
      lagFromVisibleMinutes: spread(feed.lags),
      fullestMinute: fullest,
    },
  }
}

/** Waits until sync has asked most things once more; the vendor minutes that took. */
async function converged({ times, size }: Stage, other: Machine): Promise<number | undefined> {
  const from = times.clock.now()
  const share = async () => {
    const seen: boolean[] = []
    for (let cursor: unknown = ''; typeof cursor === 'string'; ) {
      const next = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page = await other.get(`/v1/freshness?practice=${PRACTICE}&limit=200${next}`)
      const rows: { asOf: string | null }[] = Array.isArray(page.items) ? page.items : []
      for (const { asOf } of rows) if (asOf !== null) seen.push(Date.parse(asOf) > from)
      cursor = page.next
    }
    return seen.filter((fresh) => fresh).length / Math.max(1, seen.length)
  }
  for (; times.clock.now() < from + CONVERGED_MINUTES_MAX * MINUTE_MS; await wallSleep(500)) {
    const { phase } = await other.get(`/v1/sync?practice=${PRACTICE}`)
    if (phase === 'continuing' && (await share()) >= size.askedAgainShare)
      return Math.round((times.clock.now() - from) / MINUTE_MS)
  }
  return undefined
}

function isReleased(lines: readonly { readonly released?: unknown }[]): boolean {
  const released = lines.at(-1)?.released
  return Array.isArray(released) && released.length > 0
}

function calls(minutes: readonly { readonly arrived: number }[]): number {
  return sum(minutes.map(({ arrived }) => arrived))
}

function busy(taken: readonly Taken[]): number {
  return taken.filter(({ writtenMeanwhile }) => writtenMeanwhile > 0).length
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
