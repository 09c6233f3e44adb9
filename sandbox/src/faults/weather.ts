// Bad weather and the night: which extra rules hold at an instant, from the seed and the time alone.
// Nothing is remembered, so whoever asks more often does not change it.

import type { FaultRule } from '../contract.ts'
import type { Random } from '../random.ts'
import { list, oneOf, record, text, texts } from '../table.ts'
import nightTable from './night.json' with { type: 'json' }
import { type PresetFaults, parseRules } from './rules.ts'

const MINUTE_MS = 60_000

/** Rules of the burst that is going on at `now`, epoch ms, with their rates; mostly none. */
export function burstRules(
  random: Random,
  bursts: PresetFaults['bursts'],
  now: number,
): readonly FaultRule[] {
  if (bursts === undefined) return []
  const everyMs = bursts.everyMinutes * MINUTE_MS
  const round = Math.floor(now / everyMs)
  const draw = random.stream(`burst/${round}`)
  const kind = draw.weighted(bursts.kinds)
  const lastsMs = draw.between(kind.minutes[0], kind.minutes[1]) * MINUTE_MS
  const startsAt = round * everyMs + draw.between(0, Math.max(0, everyMs - lastsMs))
  if (now < startsAt || now >= startsAt + lastsMs) return []
  const rate = kind.rates[0] + draw.next() * (kind.rates[1] - kind.rates[0])
  return kind.rules.map((rule) => ({ ...rule, rate: rate / kind.rules.length }))
}

export const DRIFT_CLASSES = ['removed', 'renamed', 'retyped', 'enum', 'nulled', 'unit'] as const

/** One way the shape of a type changes overnight; `member` is a top-level member. */
export interface DriftRule {
  readonly class: (typeof DRIFT_CLASSES)[number]
  readonly type: string
  readonly member: string
  readonly from?: string
  readonly to?: string
  readonly factor?: number
}

/** What is different at an instant of the night. */
export interface Conditions {
  readonly rules: readonly FaultRule[]
  readonly switches: Readonly<Record<string, string>>
  readonly drift: readonly DriftRule[]
  /** Beginnings of scopes that nobody gets any more. */
  readonly withdrawnScopes: readonly string[]
  /** The build every practice has; its own when absent. */
  readonly build: string | undefined
  /** How often until now all tokens have ended. */
  readonly tokenEnds: number
}

interface Phase extends Omit<Conditions, 'build' | 'tokenEnds'> {
  readonly fromMs: number
  readonly untilMs: number
  readonly build: string | undefined
  readonly endsTokens: boolean
}

export const ORDINARY: Conditions = {
  rules: [],
  switches: {},
  drift: [],
  withdrawnScopes: [],
  build: undefined,
  tokenEnds: 0,
}

const PHASES: readonly Phase[] = list(nightTable.phases, 'phases').map((cell, i): Phase => {
  const row = record(cell, `phases[${i}]`)
  const where = `phases[${i}]`
  const switches = Object.entries(record(row.switches ?? {}, where))
  return {
    fromMs: Number(row.from) * MINUTE_MS,
    untilMs: row.until === undefined ? Number.POSITIVE_INFINITY : Number(row.until) * MINUTE_MS,
    rules: parseRules(row.rules ?? [], where),
    switches: Object.fromEntries(switches.map(([name, value]) => [name, text(value, name)])),
    drift: list(row.drift ?? [], where).map((rule) => driftRule(rule, where)),
    withdrawnScopes: texts(row.withdrawnScopes ?? [], where),
    build: row.build === undefined ? undefined : text(row.build, where),
    endsTokens: row.endsTokens === true,
  }
})

function driftRule(value: unknown, where: string): DriftRule {
  const cells = record(value, where)
  return {
    class: oneOf(cells.class, DRIFT_CLASSES, where),
    type: text(cells.type, where),
    member: text(cells.member, where),
    ...(cells.from === undefined ? {} : { from: text(cells.from, where) }),
    ...(cells.to === undefined ? {} : { to: text(cells.to, where) }),
    ...(cells.factor === undefined ? {} : { factor: Number(cells.factor) }),
  }
}

/** The night as it stands `sinceMs` after it began. */
export function nightAt(sinceMs: number): Conditions {
  const holding = PHASES.filter(({ fromMs, untilMs }) => fromMs <= sinceMs && sinceMs < untilMs)
  return {
    rules: holding.flatMap(({ rules }) => rules),
    switches: Object.assign({}, ...holding.map(({ switches }) => switches)),
    drift: holding.flatMap(({ drift }) => drift),
    withdrawnScopes: holding.flatMap(({ withdrawnScopes }) => withdrawnScopes),
    build: holding.findLast(({ build }) => build !== undefined)?.build,
    tokenEnds: PHASES.filter(({ endsTokens, fromMs }) => endsTokens && fromMs <= sinceMs).length,
  }
}
