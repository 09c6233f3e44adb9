// `prove mirror`: the mirror follows a living practice through a Tuesday's troubles. First on virtual
// time, compared at random instants; then over sockets while the platform is killed again and again.

import pg from 'pg'
import { MONDAY_MORNING } from '../monday.ts'
import { type Rig, virtualRig } from '../rig.ts'
import { disturber } from './disturb.ts'
import { judgeFeed, percentile } from './judge/history.ts'
import { compareNow, feedOf, minutesOf, spread, truthOf } from './mirror-compare.ts'
import { killed } from './mirror-killed.ts'
import { check, floor, none, type Proof, type ProofOptions, type ProofResult } from './proof.ts'

const CODE = 'EFDCBA'
const PRACTICE = 'riverside'
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** First sync must be complete within this much virtual time. */
const FIRST_SYNC_MS_MAX = 12 * HOUR_MS
/** The p95 of stated staleness must stay below this to be of use. */
const STALENESS_P95_MS_MAX = 90 * MINUTE_MS

interface Size {
  readonly patients: number
  readonly startsAt: number
  readonly hours: number
  readonly sweepMinutes: number
  readonly instants: number
  /** The proof makes a change of its own this often, beside what lives in the practice. */
  readonly changeEveryMs: number
  readonly changesMin: number
  readonly comparedMin: number
}
const FULL: Size = {
  patients: 80,
  startsAt: MONDAY_MORNING,
  hours: 48,
  sweepMinutes: 30,
  instants: 20,
  changeEveryMs: 5 * MINUTE_MS,
  changesMin: 500,
  comparedMin: 60_000,
}
/** From Monday 10:00 on, when people are in the house. */
const QUICK: Size = {
  patients: 40,
  startsAt: MONDAY_MORNING + 1.5 * HOUR_MS,
  hours: 3,
  sweepMinutes: 60,
  instants: 3,
  changeEveryMs: 2 * MINUTE_MS,
  changesMin: 15,
  comparedMin: 4_000,
}

export const proof: Proof = {
  name: 'mirror',
  shows:
    'The mirror follows a living practice under faults and kills, and says truly how fresh it is.',
  mutants: [
    'sweep-stopped',
    'search-left-out',
    'content-altered',
    'change-lost',
    'budget-forgotten',
  ],
  run,
}

async function run(options: ProofOptions): Promise<ProofResult> {
  const virtual = await virtualDays(options, options.quick ? QUICK : FULL)
  const sockets = await killed(options)
  return {
    checks: [...virtual.checks, ...sockets.checks],
    figures: { virtual: virtual.figures, sockets: sockets.figures },
  }
}

async function virtualDays(options: ProofOptions, size: Size): Promise<ProofResult> {
  await using rig = await virtualRig({
    seed: options.seed,
    preset: 'tuesday',
    startsAt: size.startsAt,
    practices: [
      {
        code: CODE,
        practice: PRACTICE,
        sandbox: {
          kind: 'living',
          patients: size.patients,
          facilities: 2,
          providers: 4,
          lives: true,
        },
      },
    ],
    sweep: {
      chartIntervalMs:
        options.mutant === 'sweep-stopped' ? 1000 * HOUR_MS : size.sweepMinutes * MINUTE_MS,
    },
  })
  options.say('virtual time: first sync')
  await advanceUntilSynced(rig)
  const { disturb } = disturber(rig.sandbox, CODE, options.seed)
  const instants = randomInstants(options.seed, size, rig.clock.now())
  const totals = { compared: 0, undated: 0, ages: [] as number[] }
  const faults = {
    missing: [] as string[],
    extra: [] as string[],
    stale: [] as string[],
    unstated: [] as string[],
  }
  for (const [i, instant] of instants.entries()) {
    while (rig.clock.now() < instant) {
      disturb()
      await rig.clock.advance(Math.min(size.changeEveryMs, instant - rig.clock.now()))
    }
    if (i === 1) await sabotage(rig.databaseUrl, options.mutant)
    const comparison = await compareNow(rig, PRACTICE, CODE)
    totals.compared += comparison.compared
    totals.undated += comparison.undated
    totals.ages.push(...comparison.ages)
    for (const kind of ['missing', 'extra', 'stale', 'unstated'] as const)
      faults[kind].push(...comparison[kind].map((name) => `instant ${i}: ${name}`))
    options.say(
      `virtual time: instant ${i + 1} of ${instants.length}, ${comparison.compared} compared`,
    )
  }
  const { operator } = rig.sandbox
  const history = truthOf(rig, CODE)
  const feed = judgeFeed(history, await feedOf(rig, PRACTICE), size.startsAt)
  const minutes = operator.minutes()
  const fullest = Math.max(...minutes.map(({ arrived }) => arrived))
  const calls = minutes.reduce((sum, { arrived }) => sum + arrived, 0)
  const changes = feed.lags.length
  const checks = [
    floor('virtual: resources compared', totals.compared, size.comparedMin),
    floor('virtual: changes of the living practice learnt', changes, size.changesMin),
    floor('virtual: kinds of fault that fired', Object.keys(operator.faultsFired()).length, 4),
    none('virtual: resource missing', faults.missing),
    none('virtual: reachable resource without stated freshness', faults.unstated),
    none('virtual: resource extra', faults.extra),
    none('virtual: resource stale beyond its stated freshness', faults.stale),
    none('virtual: gap in the feed', feed.gaps),
    none('virtual: invented change', feed.invented),
    none('virtual: disordered change', feed.disordered),
    check('virtual: fullest vendor minute at most 250 calls', fullest <= 250, fullest),
    check(
      'virtual: p95 of the stated staleness is of use',
      percentile(totals.ages, 0.95) <= STALENESS_P95_MS_MAX,
      `${minutesOf(percentile(totals.ages, 0.95))} min`,
    ),
  ]
  return {
    checks,
    figures: {
      compared: totals.compared,
      undated: totals.undated,
      instants: instants.length,
      hours: size.hours,
      changes,
      calls,
      callsPerChange: Math.round(calls / Math.max(1, changes)),
      fullestMinute: fullest,
      faultsFired: operator.faultsFired(),
      stalenessMinutes: spread(totals.ages),
      lagFromVisibleMinutes: spread(feed.lags),
      lagFromTrueMinutes: spread(feed.trueLags),
    },
  }
}

async function advanceUntilSynced(
  rig: Rig & { clock: { advance(ms: number): Promise<void>; now(): number } },
) {
  const until = rig.clock.now() + FIRST_SYNC_MS_MAX
  while (rig.clock.now() < until) {
    await rig.clock.advance(5 * MINUTE_MS)
    if ((await rig.get(`/v1/sync?practice=${PRACTICE}`)).phase === 'continuing') return
  }
  throw new Error('The first sync is not complete in 12 hours of virtual time')
}

function randomInstants(seed: number, size: Size, from: number): number[] {
  let state = seed * 2_654_435_761 + 12_345
  const draw = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  const instants = Array.from({ length: size.instants }, () => from + draw() * size.hours * HOUR_MS)
  return instants.sort((one, other) => one - other)
}

/** What the mutants do to the platform's own data, behind its back. */
async function sabotage(url: string, mutant: string | undefined): Promise<void> {
  const sql =
    mutant === 'content-altered'
      ? `UPDATE chartway.mirror_resources SET content = replace(content, '"active"', '"inactive"')
         WHERE type = 'Condition'`
      : mutant === 'change-lost'
        ? 'DELETE FROM chartway.mirror_changes WHERE sequence = 40'
        : undefined
  if (sql === undefined) return
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}
