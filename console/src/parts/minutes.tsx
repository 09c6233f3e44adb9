// Calls by the vendor's minute as bars against the limit, drawn with uPlot; the same figures stand in
// words for those who cannot see the picture.

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { timeOfDay } from '../api/words.ts'
import { useZone } from './zone.ts'

export interface MinuteBar {
  /** Start of the minute, RFC 3339. */
  readonly minute: string
  readonly taken: number
  readonly refused: boolean
}

const HEIGHT = 150

export function MinutesChart({
  minutes,
  limit,
}: {
  readonly minutes: readonly MinuteBar[]
  readonly limit: number
}) {
  const box = useRef<HTMLDivElement>(null)
  const zone = useZone()
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    const element = box.current
    if (element === null || minutes.length === 0) return
    const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim()
    const plot = new uPlot(
      optionsOf({ colour, zone, limit, width: element.clientWidth, dark: scheme === 'dark' }),
      dataOf(minutes),
      element,
    )
    const watcher = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      plot.destroy()
    }
  }, [minutes, limit, zone, scheme])
  const fullest = Math.max(0, ...minutes.map(({ taken }) => taken))
  const refused = minutes.filter((each) => each.refused).length
  return (
    <figure className="plot">
      <div ref={box} className="plot-box" aria-hidden="true" />
      <figcaption>
        <span className="key" data-key="taken">
          Calls in a minute
        </span>
        <span className="key" data-key="refused">
          Refused by the vendor in {refused} of {minutes.length} minutes
        </span>
        <span className="quiet">
          Fullest minute {fullest} of {limit}
        </span>
      </figcaption>
    </figure>
  )
}

function dataOf(minutes: readonly MinuteBar[]): uPlot.AlignedData {
  return [
    minutes.map(({ minute }) => Date.parse(minute) / 1000),
    minutes.map(({ taken, refused }) => (refused ? null : taken)),
    minutes.map(({ taken, refused }) => (refused ? taken : null)),
  ]
}

function optionsOf(of: {
  readonly colour: (name: string) => string
  readonly zone: string
  readonly limit: number
  readonly width: number
  readonly dark: boolean
}): uPlot.Options {
  const { colour, zone, limit } = of
  const bars = uPlot.paths.bars?.({ size: [0.72, 26], radius: 0.12 })
  const axis = {
    stroke: colour('--ink-3'),
    font: `11px ${colour('--sans')}`,
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  }
  const series = (fill: string): uPlot.Series => ({
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  })
  return {
    width: of.width,
    height: HEIGHT,
    padding: [10, 6, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: true }, y: { range: () => [0, limit] } },
    axes: [
      {
        ...axis,
        size: 24,
        grid: { show: false },
        values: (_plot, splits) => splits.map((each) => timeOfDay(each * 1000, zone)),
      },
      { ...axis, size: 34, splits: () => [0, limit / 2, limit] },
    ],
    series: [{}, series(colour('--accent')), series(colour('--bad'))],
  }
}
