// What was measured, one line for each kind: its course, its latest value, when that was.

import { useState } from 'react'
import { Age } from '../../parts/age.tsx'
import { Panel } from '../../parts/panel.tsx'
import { SourceLink } from '../../parts/record-link.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { Answered, Nothing } from '../../parts/states.tsx'
import type { ListOf } from './use-chart.ts'
import { conceptText, type Measured, measuredAt, measuredNumber, measuredText } from './values.ts'

/** Kinds that are shown before more is asked for. */
const KINDS = 8

export function Measures({
  title,
  of,
}: {
  readonly title: string
  readonly of: ListOf<'vitals.list'> | ListOf<'lab-results.list'> | undefined
}) {
  const [all, setAll] = useState(false)
  if (of === undefined) return null
  return (
    <Panel title={title} flush>
      {of.data === undefined ? (
        <Answered of={of}>{() => null}</Answered>
      ) : (
        <Kinds measured={of.data.items} all={all} onAll={() => setAll(true)} />
      )}
    </Panel>
  )
}

function Kinds({
  measured,
  all,
  onAll,
}: {
  readonly measured: readonly Measured[]
  readonly all: boolean
  readonly onAll: () => void
}) {
  const kinds = Object.entries(Object.groupBy(measured, ({ code }) => conceptText(code)))
    .map(([name, each]) => ({ name, values: (each ?? []).toSorted(earlierFirst) }))
    .toSorted((one, other) => other.values.length - one.values.length)
  if (kinds.length === 0) return <Nothing title="Nothing measured" />
  const shown = all ? kinds : kinds.slice(0, KINDS)
  return (
    <>
      <ul className="measures">
        {shown.map(({ name, values }) => (
          <Kind key={name} name={name} values={values} />
        ))}
      </ul>
      {shown.length < kinds.length ? (
        <div className="panel-body">
          <button type="button" className="plain" onClick={onAll}>
            Show {kinds.length - shown.length} more
          </button>
        </div>
      ) : null}
    </>
  )
}

function Kind({ name, values }: { readonly name: string; readonly values: readonly Measured[] }) {
  const latest = values.at(-1)
  if (latest === undefined) return null
  const points = values.flatMap((each) => {
    const [at, value] = [Date.parse(measuredAt(each) ?? ''), measuredNumber(each)]
    return Number.isNaN(at) || value === undefined ? [] : [{ at, value }]
  })
  const range = latest.referenceRanges?.[0]
  const flag = conceptText(latest.interpretations?.[0])
  return (
    <li>
      <span>
        <SourceLink of={latest}>{name || 'No name shown'}</SourceLink>
        <small>
          {values.length === 1 ? 'one value' : `${values.length} values`}
          {flag === '' ? '' : ` · ${flag}`}
        </small>
      </span>
      <Sparkline
        points={points}
        low={range?.low?.value ?? undefined}
        high={range?.high?.value ?? undefined}
      />
      <span className="value">
        {measuredText(latest)}
        <small>
          <Age at={measuredAt(latest)} otherwise="no day shown" />
        </small>
      </span>
    </li>
  )
}

function earlierFirst(one: Measured, other: Measured): number {
  return (Date.parse(measuredAt(one) ?? '') || 0) - (Date.parse(measuredAt(other) ?? '') || 0)
}
