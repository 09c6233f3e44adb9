// Decides from one seed which trouble an export meets at which occasion, and counts what was really
// carried out. It carries out nothing itself.

import type { Random } from '../random.ts'
import { list, oneOf, record } from '../table.ts'
import { BULK_FAULTS, type BulkFault, type BulkRule } from './types.ts'

const RULES_MAX = 100

export interface BulkFaults {
  /** True when this trouble is to happen now; the caller then makes it happen. */
  hits(fault: BulkFault): boolean
  /** Counts one that happened without being drawn. */
  note(fault: BulkFault): void
  script(rules: readonly BulkRule[]): void
  fired(): Readonly<Record<string, number>>
}

export function createBulkFaults(random: Random): BulkFaults {
  let rules: { rule: BulkRule; left: number }[] = []
  const counts = new Map<BulkFault, number>()
  const note = (fault: BulkFault) => void counts.set(fault, (counts.get(fault) ?? 0) + 1)
  return {
    note,
    hits(fault) {
      const found = rules.find(
        ({ rule, left }) => rule.fault === fault && left > 0 && random.chance(rule.rate),
      )
      if (found === undefined) return false
      found.left--
      note(fault)
      return true
    },
    script(next) {
      if (next.length > RULES_MAX) throw new RangeError(`more than ${RULES_MAX} bulk rules`)
      rules = next.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }))
    },
    fired: () =>
      Object.fromEntries([...counts].map(([fault, count]) => [`bulk-${fault}`, count] as const)),
  }
}

/** Rules from outside. Throws a TypeError or RangeError that says what is wrong where. */
export function parseBulkRules(value: unknown): readonly BulkRule[] {
  return list(value, 'body').map((each, index) => {
    const where = `body[${index}]`
    const cells = record(each, where)
    const rate = cells.rate ?? 1
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
      throw new RangeError(`${where}.rate: 0 to 1 is needed`)
    }
    const { times } = cells
    if (times !== undefined && (typeof times !== 'number' || !Number.isInteger(times))) {
      throw new TypeError(`${where}.times: a whole number is needed`)
    }
    const fault = oneOf(cells.fault, BULK_FAULTS, `${where}.fault`)
    return { fault, rate, ...(times === undefined ? {} : { times }) }
  })
}
