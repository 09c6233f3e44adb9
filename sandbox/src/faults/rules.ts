// Rules of a preset or a script: read from outside, and held while they count down.

import type { FaultRule } from '../contract.ts'
import { list, oneOf, record } from '../table.ts'
import { FAULT_KINDS, type Preset, RETRY_AFTERS } from './kinds.ts'
import presetTable from './presets.json' with { type: 'json' }

export type Range = readonly [min: number, max: number]

/** One kind of bad weather that comes now and then. */
export interface BurstKind {
  readonly weight: number
  readonly minutes: Range
  readonly rates: Range
  readonly rules: readonly FaultRule[]
}

export interface PresetFaults {
  readonly visibilityDelayMs: Range
  /** Share of written records that get hostile words, 0 to 1. */
  readonly injectedTextShare: number
  readonly latency: readonly {
    readonly weight: number
    readonly min: number
    readonly max: number
  }[]
  readonly rules: readonly FaultRule[]
  readonly bursts:
    | { readonly everyMinutes: number; readonly kinds: readonly BurstKind[] }
    | undefined
  /** Does the night of `night.json` run while this preset is in force? */
  readonly isNight: boolean
}

/** Delays and rules of a preset, from the committed table. */
export function presetFaults(preset: Preset): PresetFaults {
  const row = record(presetTable[preset], preset)
  const latency = list(row.latency, preset).map((cell) => {
    const band = record(cell, preset)
    return { weight: Number(band.weight), min: Number(band.min), max: Number(band.max) }
  })
  return {
    visibilityDelayMs: rangeOf(row.visibilityDelayMs, preset),
    injectedTextShare: Number(row.injectedTextShare ?? 0),
    latency,
    rules: parseRules(row.rules, preset),
    bursts: row.bursts === undefined ? undefined : burstsOf(record(row.bursts, preset), preset),
    isNight: row.night === true,
  }
}

function burstsOf(cells: Readonly<Record<string, unknown>>, where: string) {
  const kinds = list(cells.kinds, where).map((cell): BurstKind => {
    const row = record(cell, where)
    const rules = parseRules(row.rules, where)
    const minutes = rangeOf(row.minutes, where)
    return { weight: Number(row.weight), minutes, rates: rangeOf(row.rates, where), rules }
  })
  return { everyMinutes: Number(cells.everyMinutes), kinds }
}

function rangeOf(value: unknown, where: string): Range {
  const [min = 0, max = 0] = list(value, where).map(Number)
  return [min, max]
}

export function parseRules(value: unknown, where: string): FaultRule[] {
  return list(value, where).map((cell, i) => parseRule(cell, `${where}[${i}]`))
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
  const numbers: Partial<Record<(typeof NUMBERS)[number], number>> = {}
  for (const name of NUMBERS) {
    const number = optionalNumber(cells[name], `${where}.${name}`)
    if (number !== undefined) numbers[name] = number
  }
  const retryAfter =
    cells.retryAfter === undefined
      ? {}
      : { retryAfter: oneOf(cells.retryAfter, RETRY_AFTERS, `${where}.retryAfter`) }
  return { fault, rate, ...(match === undefined ? {} : { match }), ...numbers, ...retryAfter }
}

const NUMBERS = ['times', 'fromMs', 'untilMs', 'delayMs', 'bytes'] as const

function optionalNumber(value: unknown, where: string): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`${where}: a number is needed`)
}

/** A rule in force, with how often it may still fire. */
export interface LiveRule extends FaultRule {
  readonly expression: RegExp | undefined
  left: number
}

/** Throws a SyntaxError for a bad expression. */
export function live(rule: FaultRule): LiveRule {
  const expression = rule.match === undefined ? undefined : new RegExp(rule.match)
  return { ...rule, expression, left: rule.times ?? Number.POSITIVE_INFINITY }
}
