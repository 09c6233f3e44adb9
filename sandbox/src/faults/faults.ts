// Decides, request by request and from one seed, what goes wrong: which fault, how late, how much is
// cut off. It only decides; the sandbox and the listener carry it out.

import type { FaultRule, Preset } from '../contract.ts'
import type { Random } from '../random.ts'
import { list, oneOf, record } from '../table.ts'
import presetTable from './presets.json' with { type: 'json' }

export type FaultKind = FaultRule['fault']

export const FAULT_KINDS: readonly FaultKind[] = [
  'timeout',
  'reset',
  'late',
  'status-429',
  'status-500',
  'truncate',
  'expired-token',
  'hang',
  'page-shift',
]
const RULES_MAX = 1000
const LATE_MS = 45_000

interface PresetFaults {
  readonly visibilityDelayMs: readonly [min: number, max: number]
  readonly latency: readonly {
    readonly weight: number
    readonly min: number
    readonly max: number
  }[]
  readonly rules: readonly FaultRule[]
}

/** Delays and rules of a preset, from the committed table. */
export function presetFaults(preset: Preset): PresetFaults {
  const row = record(presetTable[preset], preset)
  const [min, max] = list(row.visibilityDelayMs, preset).map(Number)
  const latency = list(row.latency, preset).map((cell) => {
    const band = record(cell, preset)
    return { weight: Number(band.weight), min: Number(band.min), max: Number(band.max) }
  })
  return {
    visibilityDelayMs: [min ?? 0, max ?? 0],
    latency,
    rules: list(row.rules, preset).map((cell) => parseRule(cell, preset)),
  }
}

/** A rule from outside. Throws a TypeError or RangeError that says what is wrong where. */
export function parseRule(value: unknown, where: string): FaultRule {
  const cells = record(value, where)
  const fault = oneOf(cells.fault, FAULT_KINDS, `${where}.fault`)
  const rate = optionalNumber(cells.rate, `${where}.rate`) ?? 1
  if (rate < 0 || rate > 1) throw new RangeError(`${where}.rate: 0 to 1 is needed`)
  const match = cells.match
  if (match !== undefined && typeof match !== 'string')
    throw new TypeError(`${where}.match: a text`)
  const times = optionalNumber(cells.times, `${where}.times`)
  const fromMs = optionalNumber(cells.fromMs, `${where}.fromMs`)
  const untilMs = optionalNumber(cells.untilMs, `${where}.untilMs`)
  const delayMs = optionalNumber(cells.delayMs, `${where}.delayMs`)
  return {
    fault,
    rate,
    ...(match === undefined ? {} : { match }),
    ...(times === undefined ? {} : { times }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(delayMs === undefined ? {} : { delayMs }),
  }
}

function optionalNumber(value: unknown, where: string): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`${where}: a number is needed`)
}

/** What the faults may know of a request. */
export interface FaultFacts {
  /** `METHOD path?query`, for the rules' expressions. */
  readonly line: string
  readonly isDocumentSearch: boolean
  readonly isLaterPage: boolean
  readonly hasBearer: boolean
}

export interface Drawn {
  readonly fault: FaultKind | undefined
  /** Vendor ms before the first byte, `late` included. */
  readonly delayMs: number
  /** Where a truncated body ends, as a share of its length. */
  readonly cut: number
  /** Rows a shifted page is off: forward skips one, backward repeats one. */
  readonly shift: number
}

export interface Faults {
  draw(facts: FaultFacts, now: number): Drawn
  /** Counts by class of those that were really carried out. */
  fired(): Readonly<Record<string, number>>
  follow(preset: Preset): void
  /** Throws a SyntaxError for a bad expression and a RangeError for more than 1000 rules. */
  script(rules: readonly FaultRule[]): void
}

interface LiveRule extends FaultRule {
  readonly expression: RegExp | undefined
  left: number
}

export function createFaults(random: Random, preset: Preset): Faults {
  let current = presetFaults(preset)
  let own: LiveRule[] = []
  let presetRules = current.rules.map(live)
  const counts = new Map<string, number>()
  const hits = (rule: LiveRule, facts: FaultFacts, now: number) =>
    rule.left > 0 &&
    now >= (rule.fromMs ?? Number.NEGATIVE_INFINITY) &&
    now < (rule.untilMs ?? Number.POSITIVE_INFINITY) &&
    isPossible(rule, facts) &&
    (rule.expression?.test(facts.line) ?? true) &&
    random.chance(rule.rate)
  return {
    draw(facts, now) {
      const rule = [...own, ...presetRules].find((each) => hits(each, facts, now))
      const band = current.latency.length === 0 ? undefined : random.weighted(current.latency)
      const latency = band === undefined ? 0 : random.between(band.min, band.max)
      const cut = random.next()
      const shift = random.chance(0.5) ? 1 : -1
      if (rule !== undefined) {
        rule.left--
        counts.set(rule.fault, (counts.get(rule.fault) ?? 0) + 1)
      }
      return {
        fault: rule?.fault,
        delayMs: rule?.fault === 'late' ? (rule.delayMs ?? LATE_MS) : latency,
        cut,
        shift: rule?.fault === 'page-shift' ? shift : 0,
      }
    },
    fired: () => Object.fromEntries(counts),
    follow(next) {
      current = presetFaults(next)
      presetRules = current.rules.map(live)
    },
    script(rules) {
      if (rules.length > RULES_MAX) throw new RangeError(`more than ${RULES_MAX} rules`)
      own = rules.map(live)
    },
  }
}

function live(rule: FaultRule): LiveRule {
  const expression = rule.match === undefined ? undefined : new RegExp(rule.match)
  return { ...rule, expression, left: rule.times ?? Number.POSITIVE_INFINITY }
}

/** A fault fires only where it can be felt, so that every count stands for a real one. */
function isPossible({ fault, match }: FaultRule, facts: FaultFacts): boolean {
  if (fault === 'hang') return match !== undefined || facts.isDocumentSearch
  if (fault === 'page-shift') return facts.isLaterPage
  return fault === 'expired-token' ? facts.hasBearer : true
}
