// Which types a practice's build serves [D: the vendor's list of minimum builds]. A build is compared
// number by number; nothing in the API shows it.

import { record, texts } from '../table.ts'
import buildTable from './data/builds.json' with { type: 'json' }

export const DEFAULT_BUILD = '12.0.3.04009405'

/** For each type the builds from which it is served: any line newer, or the same line far enough. */
const MINIMUM: ReadonlyMap<string, readonly (readonly number[])[]> = new Map(
  Object.entries(record(buildTable.from, 'builds')).map(([type, builds]) => [
    type,
    texts(builds, type).map(numbersOf),
  ]),
)

/** Numbers of a build as the vendor writes it: `12.0.3.04009405`, `12.0.2(04000407)`, `11.52.305C`. */
function numbersOf(build: string): readonly number[] {
  return (build.match(/\d+/g) ?? []).map(Number)
}

/** The release line is the first three numbers; within it the fourth counts. */
const LINE_LENGTH = 3

/** Does a practice with this build serve the type? Types without a minimum always are. */
export function servesType(build: string, type: string): boolean {
  const minimum = MINIMUM.get(type)
  if (minimum === undefined) return true
  const own = numbersOf(build)
  const line = (numbers: readonly number[]) => numbers.slice(0, LINE_LENGTH)
  const same = minimum.find((each) => compare(line(each), line(own)) === 0)
  if (same !== undefined) return compare(own, same) >= 0
  return minimum.every((each) => compare(line(own), line(each)) > 0)
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
