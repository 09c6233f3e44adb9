// A line of a few measured values, small enough for a row; the values stand beside it as text, so the
// drawing itself is hidden from readers of the page's text.

const WIDTH = 88
const HEIGHT = 32
const EDGE = 4

export interface Point {
  /** Epoch ms. */
  readonly at: number
  readonly value: number
}

export function Sparkline({
  points,
  low,
  high,
}: {
  readonly points: readonly Point[]
  /** The reference range, shown as a band when it is known. */
  readonly low?: number | undefined
  readonly high?: number | undefined
}) {
  if (points.length < 2)
    return <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />
  const values = points.map(({ value }) => value)
  const bounds = [
    ...values,
    ...(low === undefined ? [] : [low]),
    ...(high === undefined ? [] : [high]),
  ]
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)]
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1]
  const x = (at: number) => EDGE + ((at - first) / (last - first || 1)) * (WIDTH - 2 * EDGE)
  const y = (value: number) =>
    most === least
      ? HEIGHT / 2
      : HEIGHT - EDGE - ((value - least) / (most - least)) * (HEIGHT - 2 * EDGE)
  const end = points.at(-1)
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {low !== undefined && high !== undefined ? (
        <rect className="spark-band" x="0" width={WIDTH} y={y(high)} height={y(low) - y(high)} />
      ) : null}
      <polyline points={points.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')} />
      {end === undefined ? null : <circle cx={x(end.at)} cy={y(end.value)} r="2.6" />}
    </svg>
  )
}
