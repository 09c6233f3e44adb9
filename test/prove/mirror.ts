// `prove mirror`: the mirror follows a living practice through a Tuesday's troubles. First on virtual
// time, compared at random instants; then over sockets while the platform is killed again and again.

import type { Network } from '@chartway/platform'
import pg from 'pg'
import { MONDAY_MORNING } from '../monday.ts'
import { type Rig, virtualRig } from '../rig.ts'
import { disturber } from './disturb.ts'
import { type FeedJudgement, judgeFeed } from './judge/history.ts'
import { compareNow, feedOf, spread, truthOf } from './mirror-compare.ts'
import { killed } from './mirror-killed.ts'
import { entriesLost, pagesNotFollowed, readsSayAbsent } from './mutants.ts'
import {
  type Check,
  check,
  floor,
  none,
  type Proof,
  type ProofOptions,
  type ProofResult,
} from './proof.ts'

const CODE = 'EFDCBA'
const PRACTICE = 'riverside'
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** First sync must be complete within this much virtual time. */
const FIRST_SYNC_MS_MAX = 12 * HOUR_MS
/** The p95 of stated staleness must stay below this to be of use. */
const STALENESS_P95_MINUTES_MAX = 90
/** What can be had by id only is read daily; nothing may be older than that and its delays. */
const STALENESS_MINUTES_MAX = 26 * 60
/** A plain sweep asks everything again and again; more than this would be waste beyond it. */
const CALLS_PER_CHANGE_MAX = 600

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
  patients: 50,
  startsAt: MONDAY_MORNING,
  hours: 48,
  sweepMinutes: 30,
  instants: 20,
  changeEveryMs: 5 * MINUTE_MS,
  changesMin: 500,
  comparedMin: 35_000,
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
    'pages-not-followed',
    'reads-say-absent',
    'entries-lost',
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

type Faults = Record<'missing' | 'extra' | 'stale' | 'unstated' | 'unlawful', string[]>

interface Observed {
  readonly compared: number
  readonly undated: number
  readonly ages: readonly number[]
  readonly faults: Readonly<Faults>
}

async function virtualDays(options: ProofOptions, size: Size): Promise<ProofResult> {
  await using rig = await openRig(options, size)
  options.say('virtual time: first sync')
  await advanceUntilSynced(rig)
  const observed = await observe(rig, options, size)
  const { operator } = rig.sandbox
  const feed = judgeFeed(truthOf(rig, CODE), await feedOf(rig, PRACTICE), size.startsAt)
  const minutes = operator.minutes()
  const calls = minutes.reduce((sum, { arrived }) => sum + arrived, 0)
  const fullest = Math.max(...minutes.map(({ arrived }) => arrived))
  const figures = {
    compared: observed.compared,
    undated: observed.undated,
    instants: size.instants,
    hours: size.hours,
    changes: feed.lags.length,
    calls,
    callsPerChange: Math.round(calls / Math.max(1, feed.lags.length)),
    fullestMinute: fullest,
    faultsFired: operator.faultsFired(),
    stalenessMinutes: spread(observed.ages),
    lagFromVisibleMinutes: spread(feed.lags),
    lagFromTrueMinutes: spread(feed.trueLags),
  }
  const checks = [
    ...contentChecks(observed, size),
    ...feedChecks(feed, size),
    ...boundChecks(figures),
  ]
  return { checks, figures }
}

function openRig(options: ProofOptions, size: Size) {
  const { mutant } = options
  const between = mutant === undefined ? undefined : LIES[mutant]
  return virtualRig({
    seed: options.seed,
    preset: 'tuesday',
    // Small pages, so that many listings have several.
    switches: { 'page-size': '20' },
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
        overrides: mutant === 'search-left-out' ? { exclude: ['Condition'] } : {},
      },
    ],
    sweep: {
      chartIntervalMs: mutant === 'sweep-stopped' ? 1000 * HOUR_MS : size.sweepMinutes * MINUTE_MS,
    },
    ...(between === undefined ? {} : { between }),
  })
}

const LIES: Readonly<Record<string, (network: Network) => Network>> = {
  'pages-not-followed': pagesNotFollowed,
  'reads-say-absent': readsSayAbsent,
  'entries-lost': entriesLost,
}

/** Lets the days pass with changes of our own, and compares at random instants. */
async function observe(
  rig: Awaited<ReturnType<typeof openRig>>,
  options: ProofOptions,
  size: Size,
): Promise<Observed> {
  const { disturb } = disturber(rig.sandbox, CODE, options.seed)
  const faults: Faults = { missing: [], extra: [], stale: [], unstated: [], unlawful: [] }
  const ages: number[] = []
  let compared = 0
  let undated = 0
  const instants = randomInstants(options.seed, size, rig.clock.now())
  for (const [i, instant] of instants.entries()) {
    while (rig.clock.now() < instant) {
      disturb()
      await rig.clock.advance(Math.min(size.changeEveryMs, instant - rig.clock.now()))
    }
    if (i === 1) await sabotage(rig.databaseUrl, options.mutant)
    const comparison = await compareNow(rig, PRACTICE, CODE)
    compared += comparison.compared
    undated += comparison.undated
    ages.push(...comparison.ages)
    for (const kind of ['missing', 'extra', 'stale', 'unstated', 'unlawful'] as const)
      faults[kind].push(...comparison[kind].map((name) => `instant ${i}: ${name}`))
    options.say(
      `virtual time: instant ${i + 1} of ${instants.length}, ${comparison.compared} compared`,
    )
  }
  return { compared, undated, ages, faults }
}

function contentChecks({ compared, faults }: Observed, size: Size): Check[] {
  return [
    floor('virtual: resources compared', compared, size.comparedMin),
    none('virtual: resource missing', faults.missing),
    none('virtual: reachable resource without stated freshness', faults.unstated),
    none('virtual: repair that nothing allows', faults.unlawful),
    none('virtual: resource extra', faults.extra),
    none('virtual: resource stale beyond its stated freshness', faults.stale),
  ]
}

function feedChecks(feed: FeedJudgement, size: Size): Check[] {
  return [
    floor('virtual: changes of the living practice learnt', feed.lags.length, size.changesMin),
    none('virtual: gap in the feed', feed.gaps),
    none('virtual: invented change', feed.invented),
    none('virtual: disordered change', feed.disordered),
  ]
}

function boundChecks(figures: {
  readonly fullestMinute: number
  readonly callsPerChange: number
  readonly faultsFired: Readonly<Record<string, number>>
  readonly stalenessMinutes: { readonly p95: number; readonly most: number }
}): Check[] {
  const { fullestMinute, callsPerChange, stalenessMinutes } = figures
  const { p95, most } = stalenessMinutes
  return [
    floor('virtual: kinds of fault that fired', Object.keys(figures.faultsFired).length, 4),
    check('virtual: fullest vendor minute at most 250 calls', fullestMinute <= 250, fullestMinute),
    check(
      'virtual: calls per learnt change',
      callsPerChange <= CALLS_PER_CHANGE_MAX,
      callsPerChange,
    ),
    check(
      'virtual: p95 of the stated staleness is of use',
      p95 <= STALENESS_P95_MINUTES_MAX,
      `${p95} min`,
    ),
    check('virtual: oldest stated freshness', most <= STALENESS_MINUTES_MAX, `${most} min`),
  ]
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
