// Calls to the practice: by the vendor's minute, and one by one with what each was for and how it
// ended. Nothing of a patient is in them.

import type { Operations } from '@chartway/client'
import { SegmentedControl } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useAnswer } from '../api/client.ts'
import { count } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { MinutesChart } from '../parts/minutes.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Nothing, State, type Tone } from '../parts/states.tsx'

type Call = Operations['calls.list']['output']['items'][number]

const LOOK_MS = 4_000
const SPANS = [
  { value: '60', label: '1 hour' },
  { value: '360', label: '6 hours' },
  { value: '1440', label: '1 day' },
]

export function CallsPage() {
  const { practice = '' } = useParams({ strict: false })
  const [minutes, setMinutes] = useState('60')
  const [outcome, setOutcome] = useState<'all' | 'failed'>('all')
  const calls = useAnswer(
    'calls.list',
    { practice, minutes: Number(minutes), outcome, limit: 100 },
    { everyMs: LOOK_MS, keep: true },
  )
  return (
    <>
      <PageHead
        windowTitle="Calls and errors"
        title="Calls and errors"
        lead="What was sent to the practice, what each call was for, and how it ended."
      />
      <div className="stack">
        <Panel
          title="By the vendor's minute"
          aside={
            <SegmentedControl
              size="xs"
              aria-label="How far back"
              value={minutes}
              onChange={setMinutes}
              data={SPANS}
            />
          }
        >
          <Answered of={calls} lines={5}>
            {(data) => <MinutesChart minutes={data.minutes} limit={data.limit} />}
          </Answered>
        </Panel>
        <Refusals practice={practice} />
        <Panel
          title="Latest calls"
          flush
          aside={
            <SegmentedControl
              size="xs"
              aria-label="Which calls"
              value={outcome}
              onChange={(value) => setOutcome(value === 'failed' ? 'failed' : 'all')}
              data={[
                { value: 'all', label: 'All' },
                { value: 'failed', label: 'Failed' },
              ]}
            />
          }
        >
          <Answered of={calls} lines={8}>
            {({ items }) =>
              items.length === 0 ? (
                <Nothing title={outcome === 'failed' ? 'No failed call' : 'No call yet'}>
                  Calls are remembered by the process that made them.
                </Nothing>
              ) : (
                <Calls of={items} />
              )
            }
          </Answered>
        </Panel>
      </div>
    </>
  )
}

function Refusals({ practice }: { readonly practice: string }) {
  const sync = useAnswer('sync.read', { practice }, { everyMs: LOOK_MS })
  const code = sync.data?.lastCode ?? undefined
  const explained = useAnswer('errors.read', { code: code ?? '' }, { enabled: code !== undefined })
  if (code === undefined || explained.data === undefined) return null
  return (
    <div className="fault">
      <h2>The last asking failed: {explained.data.title}</h2>
      <p>{explained.data.cause}</p>
      <p>
        <span className="strong">What to do: </span>
        {explained.data.cure}
      </p>
      <p className="small">
        <code>{code}</code>
      </p>
    </div>
  )
}

function Calls({ of }: { readonly of: readonly Call[] }) {
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">What for</th>
          <th scope="col">Outcome</th>
          <th scope="col">Lane</th>
          <th scope="col" className="right">
            Waited
          </th>
          <th scope="col" className="right">
            Took
          </th>
          <th scope="col">Sent</th>
          <th scope="col" className="right">
            No.
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((call) => (
          <tr key={call.number}>
            <td data-lead className="mono wrap-anywhere">
              {call.method} {call.purpose}
            </td>
            <td data-label="Outcome">
              <Outcome call={call} />
            </td>
            <td data-label="Lane">{call.lane === 'sweep' ? 'sweep' : 'a person waits'}</td>
            <td data-label="Waited" className="right nowrap">
              {span(call.waitMs)}
            </td>
            <td data-label="Took" className="right nowrap">
              {span(call.durationMs)}
            </td>
            <td data-label="Sent" className="nowrap">
              <Age at={call.at} />
            </td>
            <td data-label="No." className="right quiet">
              {count(call.number)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Outcome({ call }: { readonly call: Call }) {
  const tone: Tone =
    call.status === null ? 'bad' : call.status >= 500 ? 'bad' : call.status >= 400 ? 'warn' : 'good'
  return <State tone={tone}>{call.status ?? call.code ?? 'no answer'}</State>
}

/** Milliseconds of the installation's clock, short. */
function span(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`
}
