// What every benchmark gives back: figures, and whether they are what was wanted. It measures nothing.

export interface BenchOptions {
  /** Smaller numbers, the same work: ends within 50 s on 2 cores. */
  readonly quick: boolean
}

export interface BenchResult {
  readonly name: string
  /** Whether every wanted figure was reached. */
  readonly ok: boolean
  readonly figures: Readonly<Record<string, number>>
  /** What was wanted and what came out, one line each. */
  readonly lines: readonly string[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] =
    sorted.length % 2 === 1
      ? [sorted[middle], sorted[middle]]
      : sorted.slice(middle - 1, middle + 1)
  return (low + high) / 2
}

/** For people and for machines: three significant figures are more than a shared machine knows. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
