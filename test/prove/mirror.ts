// `prove mirror`: the mirror follows a living practice through a Tuesday's troubles. First on virtual
// time, compared at random instants; then over sockets while the platform is killed again and again.

import { MONDAY_MORNING } from '../monday.ts'
import { type ApiBody, collectionsOf, type Rig, virtualRig } from '../rig.ts'
import type { Item, RepairNote } from './judge/compare.ts'
import {
  compare,
  type FeedEntry,
  type History,
  historyOf,
  judgeFeed,
  percentile,
  type Shown,
  type TrueVersion,
} from './judge/history.ts'
import { directReason } from './judge/reach.ts'
import { killed } from './mirror-killed.ts'
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
const STALENESS_P95_MS_MAX = 90 * MINUTE_MS

interface Size {
  readonly patients: number
  readonly hours: number
  readonly instants: number
  readonly changesMin: number
  readonly comparedMin: number
}
const FULL: Size = { patients: 60, hours: 48, instants: 20, changesMin: 60, comparedMin: 40_000 }
const QUICK: Size = { patients: 15, hours: 10, instants: 6, changesMin: 5, comparedMin: 2_500 }

export const proof: Proof = {
  name: 'mirror',
  shows:
    'The mirror follows a living practice under faults and kills, and says truly how fresh it is.',
  mutants: ['deletions-unconfirmed', 'listing-never-incomplete', 'sweep-stopped'],
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
    startsAt: MONDAY_MORNING,
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
    sweep: options.mutant === 'sweep-stopped' ? { chartIntervalMs: 1000 * HOUR_MS } : {},
  })
  options.say('virtual time: first sync')
  await advanceUntilSynced(rig)
  const instants = randomInstants(options.seed, size, rig.clock.now())
  const seen: Check[] = []
  const totals = { compared: 0, undated: 0, ages: [] as number[] }
  const faults = { missing: [] as string[], extra: [] as string[], stale: [] as string[] }
  for (const [i, instant] of instants.entries()) {
    await rig.clock.advance(Math.max(0, instant - rig.clock.now()))
    const comparison = await compareNow(rig, PRACTICE, CODE)
    totals.compared += comparison.compared
    totals.undated += comparison.undated
    totals.ages.push(...comparison.ages)
    for (const kind of ['missing', 'extra', 'stale'] as const)
      faults[kind].push(...comparison[kind].map((name) => `instant ${i}: ${name}`))
    options.say(
      `virtual time: instant ${i + 1} of ${instants.length}, ${comparison.compared} compared`,
    )
  }
  const { operator } = rig.sandbox
  const history = truthOf(rig, CODE)
  const feed = judgeFeed(history, await feedOf(rig, PRACTICE), MONDAY_MORNING)
  const minutes = operator.minutes()
  const fullest = Math.max(...minutes.map(({ arrived }) => arrived))
  const calls = minutes.reduce((sum, { arrived }) => sum + arrived, 0)
  const changes = feed.lags.length
  seen.push(
    floor('virtual: resources compared', totals.compared, size.comparedMin),
    floor('virtual: changes of the living practice learnt', changes, size.changesMin),
    floor('virtual: kinds of fault that fired', Object.keys(operator.faultsFired()).length, 4),
    none('virtual: resource missing', faults.missing),
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
  )
  return {
    checks: seen,
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

/** What the API shows now against what was visible between its stated freshness and now. */
export async function compareNow(rig: Rig, practice: string, code: string) {
  const shown: Shown[] = []
  for (const collection of await collectionsOf(rig))
    shown.push(...(await rig.all(`/v1/${collection}?practice=${practice}`)).map(shownAs))
  const stated = await statedFreshness(rig, practice, shown)
  const until = rig.clock.now()
  const history = truthOf(rig, code)
  const patients = new Set(
    [...history.keys()].flatMap((name) => name.match(/^Patient\/(.*)/)?.[1] ?? []),
  )
  return compare({
    history,
    shown,
    until,
    reachable: ({ resource }) =>
      resource !== undefined && directReason(resource, patients) === undefined,
    statedFor: ({ type, resource }) => stated(type, resource),
  })
}

export function truthOf(rig: Rig, code: string): History {
  const { world } = rig.sandbox.operator
  world.advanceTo(rig.sandbox.now())
  const versions: TrueVersion[] = []
  for (const version of world.practice(code)?.versions() ?? []) versions.push(plain(version))
  return historyOf(versions)
}

const plainCopies = new WeakMap<object, Item>()

/** The world's frozen resources as plain values of the judge's own. */
function plain(version: {
  type: string
  id: string
  at: number
  visibleAt: number
  resource: object | undefined
}): TrueVersion {
  const { resource } = version
  if (resource === undefined) return { ...version, resource: undefined }
  let copy = plainCopies.get(resource)
  if (copy === undefined) {
    copy = JSON.parse(JSON.stringify(resource)) as Item
    plainCopies.set(resource, copy)
  }
  return { ...version, resource: copy }
}

/** The freshness that the API states per type for a patient, or for the practice's directories. */
async function statedFreshness(rig: Rig, practice: string, shown: readonly Shown[]) {
  const byPatient = new Map<string, Map<string, number | undefined>>()
  const directory = new Map<string, number | undefined>()
  for (const { name, asOf } of shown) {
    const [type = '', id = ''] = name.split('/')
    directory.set(type, least(directory.has(type), directory.get(type), asOf))
    if (type !== 'Patient') continue
    const { items } = await rig.get(`/v1/freshness?practice=${practice}&patient=${id}&limit=200`)
    const rows = new Map<string, number | undefined>()
    if (Array.isArray(items))
      for (const row of items as { type: string; asOf: string | null }[])
        rows.set(row.type, least(rows.has(row.type), rows.get(row.type), instant(row.asOf)))
    byPatient.set(id, rows)
  }
  return (type: string, resource: Item | undefined): number | undefined => {
    const patient = resource === undefined ? undefined : patientOf(resource)
    if (patient !== undefined) return byPatient.get(patient)?.get(type)
    return type === 'Patient' ? directory.get('Patient') : undefined
  }
}

function least(known: boolean, one: number | undefined, other: number | undefined) {
  if (!known) return other
  return one === undefined || other === undefined ? undefined : Math.min(one, other)
}

function patientOf(resource: Item): string | undefined {
  for (const name of ['subject', 'patient', 'beneficiary']) {
    const value = resource[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const match = /^Patient\/(.+)$/.exec(String(value.reference))
    if (match?.[1] !== undefined) return match[1]
  }
  return undefined
}

function shownAs(item: ApiBody): Shown {
  const { resource, repairs, freshness } = item as unknown as {
    resource: Item
    repairs: RepairNote[]
    freshness: { asOf: string | null }
  }
  const name = `${resource.resourceType}/${resource.id}`
  return { name, resource, repairs, asOf: instant(freshness.asOf) }
}

export async function feedOf(rig: Rig, practice: string): Promise<FeedEntry[]> {
  const feed: FeedEntry[] = []
  for (let after = 0; ; ) {
    const { items, next } = await rig.get(
      `/v1/changes?practice=${practice}&after=${after}&limit=500`,
    )
    if (!Array.isArray(items) || items.length === 0) return feed
    for (const item of items as (Omit<FeedEntry, 'unchangedAt' | 'askedAt' | 'learntAt'> & {
      unchangedAt: string | null
      askedAt: string
      learntAt: string
    })[])
      feed.push({
        ...item,
        unchangedAt: instant(item.unchangedAt),
        askedAt: Date.parse(item.askedAt),
        learntAt: Date.parse(item.learntAt),
      })
    after = Number(next)
  }
}

function instant(text: string | null): number | undefined {
  return text === null ? undefined : Date.parse(text)
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

export function spread(values: readonly number[]) {
  return {
    median: minutesOf(percentile(values, 0.5)),
    p95: minutesOf(percentile(values, 0.95)),
    most: minutesOf(percentile(values, 1)),
  }
}

function minutesOf(ms: number): number {
  return Math.round(ms / 6000) / 10
}
