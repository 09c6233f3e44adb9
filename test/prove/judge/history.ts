// Compares what the API shows at an instant with what was visible at the vendor between the stated
// freshness and that instant. Knows the truth's versions and the API's answers, nothing in between.

import {
  differingPaths,
  type Item,
  type RepairNote,
  withoutRepairs,
  withoutServerMeta,
} from './compare.ts'
import { unlawfulRepairs } from './repairs.ts'

/** A state of one resource at the vendor; `resource` is undefined from its deletion on. */
export interface TrueVersion {
  readonly type: string
  readonly id: string
  readonly at: number
  readonly visibleAt: number
  readonly resource: Item | undefined
}

/** One resource as the API shows it. Instants as epoch milliseconds. */
export interface Shown {
  readonly name: string
  readonly resource: Item
  readonly repairs: readonly RepairNote[]
  readonly asOf: number | undefined
}

export interface Comparison {
  readonly compared: number
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  /** Repairs that the judge's table does not allow. */
  readonly unlawful: readonly string[]
  /** Neither what was visible within the stated freshness nor later. */
  readonly stale: readonly string[]
  /** Visible and reachable for long, and neither shown nor covered by a stated freshness. */
  readonly unstated: readonly string[]
  /** Shown without a stated freshness; matched against any visible state. */
  readonly undated: number
  /** Milliseconds from each stated freshness to the instant. */
  readonly ages: readonly number[]
}

export type History = ReadonlyMap<string, readonly TrueVersion[]>

export function historyOf(versions: Iterable<TrueVersion>): History {
  const byName = new Map<string, TrueVersion[]>()
  for (const version of versions) {
    const name = `${version.type}/${version.id}`
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [version])
    else known.push(version)
  }
  for (const list of byName.values()) list.sort((one, other) => one.visibleAt - other.visibleAt)
  return byName
}

/**
 * `answeredAt`: an instant not after the API's answers were made; `until`: one not before. `statedFor`
 * gives the freshness the API states for a resource it may or may not show; undefined: none stated.
 */
export function compare(options: {
  readonly history: History
  readonly shown: readonly Shown[]
  readonly until: number
  readonly reachable: (version: TrueVersion) => boolean
  readonly statedFor: (version: TrueVersion) => number | undefined
}): Comparison {
  const { history, shown, until, reachable, statedFor } = options
  const extra: string[] = []
  const stale: string[] = []
  const unlawful: string[] = []
  const ages: number[] = []
  let undated = 0
  const names = new Set(shown.map(({ name }) => name))
  for (const one of shown) {
    const versions = history.get(one.name) ?? []
    for (const what of unlawfulRepairs(one.resource, one.repairs))
      unlawful.push(`${one.name}${what}`)
    if (one.asOf === undefined) undated++
    else ages.push(until - one.asOf)
    const states = statesWithin(versions, one.asOf ?? Number.NEGATIVE_INFINITY, until)
    const present = states.filter((state) => state !== undefined)
    if (present.length === 0) extra.push(one.name)
    else if (!present.some((state) => isShownAs(state, one))) stale.push(one.name)
  }
  const missing: string[] = []
  const unstated: string[] = []
  for (const [name, versions] of history) {
    if (names.has(name)) continue
    const last = versions.at(-1)
    if (last === undefined) continue
    const stated = statedFor(lastWithContent(versions) ?? last)
    const states = statesWithin(versions, stated ?? until - UNSTATED_MS_MAX, until)
    const throughout = states.every((state) => state !== undefined)
    if (!throughout || !versions.some((version) => version.resource && reachable(version))) continue
    if (stated === undefined) unstated.push(name)
    else missing.push(name)
  }
  return { compared: shown.length, missing, unstated, extra, unlawful, stale, undated, ages }
}

/** So long may a visible resource be unknown before its first complete asking. */
const UNSTATED_MS_MAX = 2 * 3_600_000

/** The state at `from` and every one that became visible after it up to `until`, in order. */
function statesWithin(
  versions: readonly TrueVersion[],
  from: number,
  until: number,
): (Item | undefined)[] {
  const states: (Item | undefined)[] = []
  let atFrom: Item | undefined
  let existed = false
  for (const { visibleAt, resource } of versions) {
    if (visibleAt > until) break
    if (visibleAt <= from) {
      atFrom = resource
      existed = true
    } else {
      if (states.length === 0) states.push(existed ? atFrom : undefined)
      states.push(resource)
    }
  }
  if (states.length === 0) states.push(existed ? atFrom : undefined)
  return states
}

function isShownAs(state: Item, shown: Shown): boolean {
  const bare = withoutServerMeta(withoutRepairs(shown.resource, shown.repairs))
  return differingPaths(withoutServerMeta(state), bare).length === 0
}

function lastWithContent(versions: readonly TrueVersion[]): TrueVersion | undefined {
  return versions.findLast((version) => version.resource !== undefined)
}

/** One entry of the change feed, instants as epoch milliseconds. */
export interface FeedEntry {
  readonly sequence: number
  readonly kind: string
  readonly type: string
  readonly id: string
  readonly version: number
  readonly unchangedAt: number | undefined
  readonly askedAt: number
  readonly learntAt: number
}

export interface FeedJudgement {
  readonly entries: number
  readonly gaps: readonly string[]
  /** Changes that no change of the truth within their stated window explains. */
  readonly invented: readonly string[]
  /** Versions of one resource that do not go up one by one, or begin with something but creation. */
  readonly disordered: readonly string[]
  /** From visible at the vendor to learnt, for changes after the first sync, ms. */
  readonly lags: readonly number[]
  /** From true in the world to learnt, ms. */
  readonly trueLags: readonly number[]
}

/** How far past its asking an answer may have been made: the slowest answer, ms. */
const ANSWER_MS_MAX = 120_000

export function judgeFeed(
  history: History,
  feed: readonly FeedEntry[],
  worldStartsAt: number,
): FeedJudgement {
  const gaps: string[] = []
  const invented: string[] = []
  const disordered: string[] = []
  const lags: number[] = []
  const trueLags: number[] = []
  const lastVersion = new Map<string, number>()
  feed.forEach((entry, i) => {
    const name = `${entry.type}/${entry.id}`
    if (entry.sequence !== i + 1) gaps.push(`${entry.sequence} stands at ${i + 1}`)
    const before = lastVersion.get(name) ?? 0
    if (entry.version !== before + 1 || (before === 0) !== (entry.kind === 'created'))
      disordered.push(`${name} v${entry.version} ${entry.kind} after v${before}`)
    lastVersion.set(name, entry.version)
    const cause = causeOf(history.get(name) ?? [], entry)
    if (cause === undefined) invented.push(`${name} v${entry.version} ${entry.kind}`)
    else if (cause.at > worldStartsAt) {
      lags.push(entry.learntAt - cause.visibleAt)
      trueLags.push(entry.learntAt - cause.at)
    }
  })
  return { entries: feed.length, gaps, invented, disordered, lags, trueLags }
}

/** The change of the truth that explains an entry: visible after the older state was last seen. */
function causeOf(versions: readonly TrueVersion[], entry: FeedEntry): TrueVersion | undefined {
  const from = entry.unchangedAt ?? Number.NEGATIVE_INFINITY
  const until = entry.askedAt + ANSWER_MS_MAX
  const wantsDeletion = entry.kind === 'deleted'
  return versions.find(
    ({ visibleAt, resource }) =>
      visibleAt > from && visibleAt <= until && (resource === undefined) === wantsDeletion,
  )
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
