// Decides, request by request and from one seed, what goes wrong: which fault, how late, how much is
// cut off, and what is different tonight. It only decides; the sandbox and the listener carry it out.

import type { FaultRule } from '../contract.ts'
import type { Random } from '../random.ts'
import { type FaultKind, isBodyFault, type Preset, type RetryAfter } from './kinds.ts'
import { type LiveRule, live, presetFaults } from './rules.ts'
import { burstRules, type Conditions, nightAt, ORDINARY } from './weather.ts'

const RULES_MAX = 1000
const LATE_MS = 45_000

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
  /** Where a truncated body ends, as a share of its length; other faults take their variety from it. */
  readonly cut: number
  /** Rows a shifted page is off: forward skips one, backward repeats one. */
  readonly shift: number
  readonly retryAfter?: RetryAfter
  /** Size of a huge body. */
  readonly bytes?: number
}

export interface Faults {
  draw(facts: FaultFacts, now: number): Drawn
  /** The drawn fault found nothing in the answer to spoil: it did not happen. */
  takeBack(drawn: Drawn): void
  /** Something else went wrong that is counted beside the faults. */
  note(name: string): void
  /** What is different at `now` beside single faults. */
  conditions(now: number): Conditions
  /** Vendor ms between truth and visibility, as the preset in force has it. */
  visibilityDelayMs(): readonly [min: number, max: number]
  injectedTextShare(): number
  /** Counts by class of those that were really carried out. */
  fired(): Readonly<Record<string, number>>
  /** The preset holds from `now` on, epoch ms; a night begins then. */
  follow(preset: Preset, now: number): void
  /** Throws a SyntaxError for a bad expression and a RangeError for more than 1000 rules. */
  script(rules: readonly FaultRule[]): void
  /** The script as it was given. */
  rules(): readonly FaultRule[]
}

export function createFaults(random: Random, preset: Preset, now: number): Faults {
  let current = presetFaults(preset)
  let since = now
  let own: LiveRule[] = []
  let given: readonly FaultRule[] = []
  let presetRules = current.rules.map(live)
  const counts = new Map<string, number>()
  const firings = new WeakMap<Drawn, LiveRule>()
  const add = (name: string, count: number) => {
    const next = (counts.get(name) ?? 0) + count
    if (next > 0) counts.set(name, next)
    else counts.delete(name)
  }
  const hits = (rule: LiveRule, facts: FaultFacts, at: number) =>
    rule.left > 0 &&
    at >= (rule.fromMs ?? Number.NEGATIVE_INFINITY) &&
    at < (rule.untilMs ?? Number.POSITIVE_INFINITY) &&
    isPossible(rule, facts) &&
    (rule.expression?.test(facts.line) ?? true) &&
    random.chance(rule.rate)
  const conditions = (at: number) => (current.isNight ? nightAt(at - since) : ORDINARY)
  const passing = (at: number) =>
    [...conditions(at).rules, ...burstRules(random, current.bursts, at)].map(live)
  return {
    draw(facts, at) {
      const rules = [...own, ...passing(at), ...presetRules]
      const rule = rules.find((each) => hits(each, facts, at))
      const band = current.latency.length === 0 ? undefined : random.weighted(current.latency)
      const latency = band === undefined ? 0 : random.between(band.min, band.max)
      const cut = random.next()
      const shift = random.chance(0.5) ? 1 : -1
      const drawn: Drawn = {
        fault: rule?.fault,
        delayMs: rule?.fault === 'late' ? (rule.delayMs ?? LATE_MS) : latency,
        cut,
        shift: rule?.fault === 'page-shift' ? shift : 0,
        ...(rule?.retryAfter === undefined ? {} : { retryAfter: rule.retryAfter }),
        ...(rule?.bytes === undefined ? {} : { bytes: rule.bytes }),
      }
      if (rule !== undefined) {
        rule.left--
        add(rule.fault, 1)
        firings.set(drawn, rule)
      }
      return drawn
    },
    takeBack(drawn) {
      const rule = firings.get(drawn)
      if (rule === undefined) return
      firings.delete(drawn)
      rule.left++
      add(rule.fault, -1)
    },
    note: (name) => add(name, 1),
    conditions,
    visibilityDelayMs: () => current.visibilityDelayMs,
    injectedTextShare: () => current.injectedTextShare,
    fired: () => Object.fromEntries(counts),
    follow(next, at) {
      current = presetFaults(next)
      presetRules = current.rules.map(live)
      since = at
    },
    script(rules) {
      if (rules.length > RULES_MAX) throw new RangeError(`more than ${RULES_MAX} rules`)
      own = rules.map(live)
      given = rules
    },
    rules: () => given,
  }
}

/** A fault fires only where it can be felt, so that every count stands for a real one. */
function isPossible({ fault, match }: FaultRule, facts: FaultFacts): boolean {
  if (fault === 'hang') return match !== undefined || facts.isDocumentSearch
  if (fault === 'page-shift') return facts.isLaterPage
  if (isBodyFault(fault)) return facts.hasBearer || match !== undefined
  return fault === 'expired-token' ? facts.hasBearer : true
}
