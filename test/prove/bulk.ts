// `prove bulk`: first syncs by group export under every trouble that an export can meet, judged by the
// sandbox's own record and truth; and one export of a very large practice, read within bounded memory.

import { BULK_FAULTS, type BulkRule, type FaultRule } from 'chartway-sandbox'
import { LIES } from './bulk-mutants.ts'
import { ask, CODE, databaseServer, type ExportRig, exportRig, type Server } from './bulk-rig.ts'
import { type Dated, type ExportSeen, judgeExport, type Verdict } from './judge/bulk.ts'
import { type Check, check, floor, none, type Proof, type ProofOptions } from './proof.ts'

const MINUTE_MS = 60_000
/** An export has ended, in one way or another, within this much virtual time. */
const EXPORT_MS_MAX = 30 * 3_600_000
const BYTES = 1024 * 1024

interface Size {
  readonly exports: number
  readonly patients: number
  readonly wholeMin: number
  readonly completeMin: number
  /** Each class of fault fires at least so often. */
  readonly faultMin: number
  readonly volume: { readonly patients: number; readonly observationsEach: number }
  /** What the process may hold more than before the export, MB. */
  readonly growthMax: number
}
const FULL: Size = {
  exports: 200,
  patients: 6,
  wholeMin: 1500,
  completeMin: 5,
  faultMin: 3,
  volume: { patients: 10_000, observationsEach: 100 },
  growthMax: 500,
}
const QUICK: Size = {
  exports: 20,
  patients: 4,
  wholeMin: 150,
  completeMin: 1,
  faultMin: 1,
  volume: { patients: 500, observationsEach: 100 },
  growthMax: 500,
}
/** Faults after which nothing but another job, or none, helps: they are not put together at random. */
const JOB_FAULTS: readonly string[] = ['poll-never-ends', 'kickoff-500', 'group-500']
/** Types of which a practice of a few patients surely has records. */
const SURE_TYPES = [
  'Patient',
  'Practitioner',
  'Location',
  'Organization',
  'Encounter',
  'Observation',
]

export const proof: Proof = {
  name: 'bulk',
  shows:
    'A group export is read whole or called short, no faster than the vendor allows, in little memory.',
  mutants: [...Object.keys(LIES), 'places-forgotten', 'whole-invented'],
  run,
}

async function run(options: ProofOptions) {
  const size = options.quick ? QUICK : FULL
  await using server = await databaseServer()
  const faulted = await faultedExports(options, server, size)
  // The mutants are about what is claimed; how much it takes is the same with them.
  const volume = options.mutant === undefined ? await large(options, server, size) : undefined
  return {
    checks: [...faulted.checks, ...(volume?.checks ?? [])],
    figures: {
      exports: faulted.figures,
      ...(volume === undefined ? {} : { volume: volume.figures }),
    },
  }
}

interface Tally {
  readonly verdicts: Verdict[]
  readonly fired: Map<string, number>
  readonly outcomes: Map<string, number>
  readonly codes: Map<string, number>
  whole: number
  tokens: number
  restarts: number
  longestMinute: number
  unsettled: string[]
}

async function faultedExports(options: ProofOptions, server: Server, size: Size) {
  const tally: Tally = {
    verdicts: [],
    fired: new Map(),
    outcomes: new Map(),
    codes: new Map(),
    whole: 0,
    tokens: 0,
    restarts: 0,
    longestMinute: 0,
    unsettled: [],
  }
  for (let number = 0; number < size.exports; number++) {
    await oneExport(options, server, { number, patients: size.patients }, tally)
    if (number % 10 === 9) options.say(`exports: ${number + 1} of ${size.exports}`)
  }
  return { checks: exportChecks(tally, size), figures: exportFigures(tally) }
}

function exportFigures(tally: Tally) {
  const { verdicts, fired, outcomes, codes, whole, tokens, restarts, longestMinute } = tally
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((n, each) => n + of(each), 0)
  return {
    judged: verdicts.length,
    outcomes: Object.fromEntries(outcomes),
    reasons: Object.fromEntries(codes),
    typesCalledWhole: whole,
    chartsDated: sum(({ datedCharts }) => datedCharts),
    questionsAboutJobs: sum(({ polls }) => polls),
    filesFetched: sum(({ fetched }) => fetched),
    fetchesExcused: sum(({ excused }) => excused),
    tokensMinted: tokens,
    restarts,
    fullestMinute: longestMinute,
    faultsFired: Object.fromEntries([...fired].sort()),
  }
}

function exportChecks(tally: Tally, size: Size): Check[] {
  const { verdicts, fired, outcomes, whole, tokens, restarts, longestMinute } = tally
  const all = (of: (verdict: Verdict) => readonly string[]) => verdicts.flatMap(of)
  const rare = BULK_FAULTS.filter((fault) => (fired.get(`bulk-${fault}`) ?? 0) < size.faultMin)
  const greedy = verdicts.filter(({ fetched, excused }) => fetched > excused).length
  const charts = verdicts.reduce((n, { datedCharts }) => n + datedCharts, 0)
  const polls = verdicts.reduce((n, each) => n + each.polls, 0)
  return [
    floor('exports judged', verdicts.length, size.exports),
    none('export without an end', tally.unsettled),
    none(`class of fault that fired less than ${size.faultMin} times`, rare),
    none(
      'short export or type called whole',
      all(({ short }) => short),
    ),
    none(
      'chart dated fresher than it is',
      all(({ misdated }) => misdated),
    ),
    none(
      'question before Retry-After',
      all(({ tooSoon }) => tooSoon),
    ),
    check('exports with a file fetched more than once an interruption', greedy === 0, greedy),
    floor('types called whole', whole, size.wholeMin),
    floor('exports called complete', outcomes.get('complete') ?? 0, size.completeMin),
    floor('charts dated', charts, size.wholeMin),
    floor('questions about jobs', polls, size.exports * 2),
    floor('tokens minted', tokens, size.exports * 2),
    floor('restarts in the middle', restarts, Math.floor(size.exports / 6)),
    check('fullest vendor minute at most 250 calls', longestMinute <= 250, longestMinute),
  ]
}

/** A source of draws that repeats. */
function drawer(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 12_345) % 2_147_483_648
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

interface Plan {
  readonly switches: Record<string, string>
  readonly faults: readonly BulkRule[]
  readonly wire: readonly FaultRule[]
  /** Something known is deleted before the export. */
  readonly deletes: boolean
  /** Where the platform is killed, as shares of the way. */
  readonly restarts: number
  readonly types: readonly string[] | undefined
}

function planOf(number: number, draw: () => number): Plan {
  const one = <T>(...items: readonly T[]): T => items[Math.floor(draw() * items.length)] as T
  const main = BULK_FAULTS[number % BULK_FAULTS.length] ?? 'poll-500'
  const isAlone = main === 'deleted-omitted'
  const beside = BULK_FAULTS.filter(
    (fault) => !JOB_FAULTS.includes(fault) && !isAlone && draw() < 0.08,
  )
  const faults = [...new Set([main, ...beside])].map(
    (fault): BulkRule => ({ fault, rate: fault === main ? 1 : 0.3, times: one(1, 2) }),
  )
  // Wire troubles of the files and the questions alone: those of searches are another proof's.
  const wire: FaultRule[] =
    draw() < 0.4
      ? [
          {
            fault: one('reset', 'timeout', 'truncate', 'status-500'),
            match: '\\$export-',
            rate: 0.1,
            times: 2,
          },
        ]
      : []
  return {
    switches: {
      'bulk-file-size': '20',
      'bulk-pace': one('minutes', 'minutes', 'minutes', 'hours'),
      'bulk-range': one('ignored', 'honoured'),
      'bulk-file-framing': one('length', 'chunked'),
      'bulk-counts': one('absent', 'stated'),
      'bulk-empty-types': one('omitted', 'empty-file'),
      'bulk-url-escape': one('html', 'plain'),
      'link-host': one('vendor', 'public'),
      'group-read-scope': main === 'deleted-omitted' ? 'off' : 'strict',
    },
    faults,
    wire,
    deletes: main === 'deleted-omitted',
    restarts: one(0, 0, 1, 2),
    types: !isAlone && draw() < 0.3 ? SURE_TYPES : undefined,
  }
}

async function oneExport(
  options: ProofOptions,
  server: Server,
  { number, patients }: { readonly number: number; readonly patients: number },
  tally: Tally,
): Promise<void> {
  const draw = drawer(options.seed * 100_000 + number)
  const plan = planOf(number, draw)
  const databaseUrl = await server.database()
  const types = plan.types === undefined ? {} : { types: [...plan.types] }
  // Half the connections name the group, the others find it.
  const bulk =
    number % 2 === 0 ? types : { ...types, group: '7d0b2a52-77f1-4a4e-9a0e-6d1b5d3f0042' }
  await using rig = await exportRig({
    seed: options.seed * 1000 + number,
    // So many that the crawl before the export is not over in a minute.
    patients: plan.deletes ? 16 : patients,
    preset: 'calm',
    switches: plan.switches,
    bulkFaults: plan.faults,
    wireFaults: plan.wire,
    bulk,
    databaseUrl,
    between: LIES[options.mutant ?? ''],
    begins: plan.deletes ? 'without' : 'with',
  })
  if (plan.deletes) await deleteKnown(rig, { bulk })
  const restarts = await untilEnded(rig, plan.restarts, draw, options.mutant)
  tally.restarts += restarts
  const { operator } = rig.sandbox
  for (const [fault, count] of Object.entries(operator.faultsFired()))
    tally.fired.set(fault, (tally.fired.get(fault) ?? 0) + count)
  const minutes = operator.minutes()
  tally.tokens += minutes.reduce((sum, minute) => sum + minute.tokens, 0)
  tally.longestMinute = Math.max(tally.longestMinute, ...minutes.map(({ arrived }) => arrived))
  const seen = await look(rig, `export ${number}`, restarts)
  if (seen === undefined) return void tally.unsettled.push(`export ${number}`)
  tally.whole += seen.claim.whole.length
  const outcome = seen.claim.outcome ?? 'none'
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1)
  const code = (await rig.view())?.code ?? 'none'
  tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1)
  tally.verdicts.push(judgeExport(seen))
}

/** Lets a part of the crawl happen, deletes some of what it brought, and only then exports. */
async function deleteKnown(
  rig: ExportRig,
  overrides: { readonly bulk: Record<string, string | string[]> },
) {
  const conditions = `SELECT id FROM chartway.mirror_resources
    WHERE type = 'Condition' AND NOT deleted ORDER BY id LIMIT 3`
  let known = await ask(rig.databaseUrl, conditions)
  for (let steps = 0; steps < 20 && known.length === 0; steps++) {
    await rig.clock.advance(10_000)
    known = await ask(rig.databaseUrl, conditions)
  }
  const { world } = rig.sandbox.operator
  world.advanceTo(rig.sandbox.now())
  for (const { id } of known) world.remove(CODE, 'Condition', String(id), 'operator')
  await rig.connect(overrides)
}

/** Runs until the export has ended; kills and starts the platform again on the way. Gives how often. */
async function untilEnded(
  rig: ExportRig,
  wanted: number,
  draw: () => number,
  mutant: string | undefined,
): Promise<number> {
  const until = rig.clock.now() + EXPORT_MS_MAX
  let restarts = 0
  let readingSince: number | undefined
  while (rig.clock.now() < until) {
    await rig.clock.advance(readingSince === undefined ? MINUTE_MS : 10_000)
    const view = await rig.view()
    if (view?.phase === 'ended') break
    if (view?.phase === 'read') readingSince ??= rig.clock.now()
    // Once while it waits for the job, and then while it reads.
    const isTime = restarts === 0 ? view?.phase === 'poll' || view?.phase === 'read' : true
    if (restarts < wanted && isTime && draw() < (view?.phase === 'read' ? 1 : 0.2)) {
      await rig.restart()
      restarts++
      if (mutant === 'places-forgotten') await forgetPlaces(rig)
    }
  }
  if (mutant === 'whole-invented')
    await ask(
      rig.databaseUrl,
      `UPDATE chartway.sync_bulk_exports SET outcome = 'complete', whole = '{Observation,Encounter}'`,
    )
  return restarts
}

async function forgetPlaces(rig: ExportRig): Promise<void> {
  await ask(
    rig.databaseUrl,
    `UPDATE chartway.sync_bulk_files SET bytes = 0, records = 0, state = 'waiting'`,
  )
}

/** Everything the judge needs; undefined when the export never ended. */
async function look(
  rig: ExportRig,
  name: string,
  restarts: number,
): Promise<ExportSeen | undefined> {
  const view = await rig.view()
  if (view?.phase !== 'ended') return undefined
  const { operator } = rig.sandbox
  const jobs = operator.bulk.jobs()
  const last = jobs.at(-1)
  const practice = operator.world.practice(CODE)
  if (practice === undefined) throw new Error('The practice is gone')
  const idsAt = (type: string, at: number) => idsOf(practice.list(type, at))
  const truth = new Map(
    last === undefined
      ? []
      : last.types.map((type) => [type, idsAt(type, last.snapshotAt)] as const),
  )
  const wire = operator.faultsFired()
  const troubles = ['reset', 'timeout', 'truncate'].reduce(
    (sum, kind) => sum + (wire[kind] ?? 0),
    0,
  )
  return {
    name,
    jobs,
    asked: last?.types ?? [],
    claim: { outcome: view.outcome, whole: view.whole, asOf: view.asOf },
    truth,
    brought: await broughtBy(rig),
    dated: await datedCharts(rig),
    interruptions: restarts + troubles,
  }
}

function idsOf(resources: Iterable<{ readonly id?: string }>): string[] {
  return [...resources].map(({ id }) => id ?? '')
}

/** What the export brought; of the directory, which is listed meanwhile, what is there. */
async function broughtBy(rig: ExportRig): Promise<ReadonlySet<string>> {
  const rows = await ask(
    rig.databaseUrl,
    `SELECT DISTINCT type || '/' || id AS key FROM chartway.mirror_changes
     WHERE kind = 'created' AND (pathway = 'fhir-bulk' OR learnt_at < (
       SELECT begun_at FROM chartway.sync_bulk_exports)
       OR type IN ('Patient', 'Practitioner', 'PractitionerRole', 'Location', 'Organization', 'Provenance'))`,
  )
  return new Set(rows.map(({ key }) => String(key)))
}

/** Charts that only the export dates: nobody has listed them. */
async function datedCharts(rig: ExportRig): Promise<readonly Dated[]> {
  const rows = await ask(
    rig.databaseUrl,
    `SELECT l.subject, t.type, min(l.as_of) AS as_of,
            ARRAY(SELECT r.id FROM chartway.mirror_resources r
                   WHERE r.type = t.type AND r.patient_id = l.subject AND NOT r.deleted) AS shown
     FROM chartway.mirror_listings l CROSS JOIN LATERAL unnest(l.covers) AS t(type)
     WHERE l.subject IN (SELECT id FROM chartway.mirror_resources WHERE type = 'Patient')
     GROUP BY l.subject, t.type
     HAVING bool_and(l.as_of IS NOT NULL AND l.listed_at IS NULL)`,
  )
  const practice = rig.sandbox.operator.world.practice(CODE)
  if (practice === undefined) return []
  const at = rig.sandbox.now()
  return rows.map(({ subject, type, as_of, shown }) => {
    const [patient, kind, asOf] = [String(subject), String(type), Number(as_of)]
    return {
      patient,
      type: kind,
      asOf,
      visibleThen: idsOf(practice.listOfPatient(kind, patient, asOf)),
      visibleNow: idsOf(practice.listOfPatient(kind, patient, at)),
      shown: Array.isArray(shown) ? shown.map(String) : [],
    }
  })
}

/** One export of a practice as large as wanted. */
async function large(options: ProofOptions, server: Server, size: Size) {
  const { volume } = size
  const records = volume.patients * (1 + volume.observationsEach)
  await using rig = await exportRig({
    seed: options.seed,
    patients: 2,
    preset: 'calm',
    switches: { 'bulk-file-size': '10000', 'bulk-pace': 'at-once', 'bulk-file-401': 'never' },
    bulkFaults: [],
    bulk: { types: ['Patient', 'Observation'] },
    databaseUrl: await server.database(),
    begins: 'with',
  })
  rig.sandbox.operator.bulk.setVolume(CODE, volume)
  const before = process.memoryUsage.rss()
  let most = before
  const started = performance.now()
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 100)
  let view = await rig.view()
  for (let steps = 0; steps < 200 && view?.phase !== 'ended'; steps++) {
    await rig.clock.advance(MINUTE_MS)
    view = await rig.view()
    const [row] = await ask(
      rig.databaseUrl,
      'SELECT coalesce(sum(records), 0) AS n FROM chartway.sync_bulk_files',
    )
    options.say(`volume: ${row?.n} of ${records} records`)
  }
  clearInterval(watch)
  const seconds = (performance.now() - started) / 1000
  const [counted] = await ask(
    rig.databaseUrl,
    `SELECT count(*) AS n FROM chartway.mirror_resources WHERE id LIKE 'volume.%'`,
  )
  const found = Number(counted?.n)
  const growth = Math.round((most - before) / BYTES)
  const figures = {
    records,
    mirrored: found,
    seconds: Math.round(seconds),
    recordsPerSecond: Math.round(found / seconds),
    rssBeforeMb: Math.round(before / BYTES),
    rssMostMb: Math.round(most / BYTES),
    growthMb: growth,
  }
  return {
    figures,
    checks: [
      check('a very large export is complete', view?.outcome === 'complete', view?.code ?? ''),
      check(`all of its ${records} records are mirrored`, found === records, found),
      check(
        `it holds at most ${size.growthMax} MB more at a time`,
        growth <= size.growthMax,
        `${growth} MB`,
      ),
    ],
  }
}
