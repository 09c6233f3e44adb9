// The access ledger: who did what to whose data, the newest first. It shows ids, names and counts; the
// ledger holds nothing of a chart.

import type { Operations } from '@chartway/client'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAnswer } from '../api/client.ts'
import { count } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Nothing, State } from '../parts/states.tsx'

type Entry = Operations['audit.list']['output']['items'][number]

const ROWS = 25

export function LedgerPage() {
  const [places, setPlaces] = useState<readonly number[]>([])
  const before = places.at(-1)
  const entries = useAnswer(
    'audit.list',
    { limit: ROWS, ...(before === undefined ? {} : { before }) },
    { keep: true },
  )
  return (
    <>
      <PageHead
        windowTitle="Access ledger"
        title="Access ledger"
        lead="Who did what to whose data. What was refused stands here too."
      />
      <Panel title="Entries" flush aside={<span className="quiet">the newest first</span>}>
        <Answered of={entries} lines={10}>
          {({ items, next }) => (
            <>
              {items.length === 0 ? <Nothing title="Nothing yet" /> : <Entries of={items} />}
              <div className="panel-body row">
                <Button
                  variant="default"
                  disabled={places.length === 0}
                  onClick={() => setPlaces(places.slice(0, -1))}
                >
                  Newer
                </Button>
                <Button
                  variant="default"
                  disabled={next === null}
                  onClick={() => next !== null && setPlaces([...places, next])}
                >
                  Older
                </Button>
              </div>
            </>
          )}
        </Answered>
      </Panel>
    </>
  )
}

function Entries({ of }: { readonly of: readonly Entry[] }) {
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Who</th>
          <th scope="col">About</th>
          <th scope="col">Outcome</th>
          <th scope="col">When</th>
          <th scope="col" className="right">
            No.
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((entry) => (
          <tr key={entry.position}>
            <td data-lead className="mono">
              {entry.action}
            </td>
            <td data-label="Who" className="mono wrap-anywhere">
              {entry.actor}
            </td>
            <td data-label="About" className="wrap-anywhere small">
              {[entry.practice, entry.subject].filter((each) => each).join(' · ')}
            </td>
            <td data-label="Outcome">
              <State tone={entry.outcome === 'success' ? 'good' : 'bad'}>{entry.outcome}</State>
            </td>
            <td data-label="When" className="nowrap">
              <Age at={entry.at} />
            </td>
            <td data-label="No." className="right quiet">
              {count(entry.position)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
