// The overview: every practice that is seen, how far its mirror is, how old its answers are, what is
// left of the vendor's minute, and what changed last.

import type { Operations, Practice } from '@chartway/client'
import { Link } from '@tanstack/react-router'
import { useAnswer } from '../api/client.ts'
import { usePractices } from '../api/practice.tsx'
import { useAccess } from '../api/session.tsx'
import { count, spanInWords } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { Feed } from '../parts/feed.tsx'
import { MinutesChart } from '../parts/minutes.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Nothing, State } from '../parts/states.tsx'
import { Zone } from '../parts/zone.ts'

/** Wall ms between two looks. */
const LOOK_MS = 3_000

export function OverviewPage() {
  const practices = usePractices()
  const { has } = useAccess()
  return (
    <>
      <PageHead
        windowTitle="Overview"
        title="Overview"
        lead="What is mirrored, how old it is, and what the vendor's minute leaves."
      />
      {has('charts') ? null : <NoCharts />}
      {practices.length === 0 ? (
        <Panel title="Practices">
          <Nothing title="No practice yet">
            Connect one with the command: <code>npx chartway practices connect</code>
          </Nothing>
        </Panel>
      ) : (
        <div className="stack">
          {practices.map((practice) => (
            <Zone key={practice.practice} value={practice.timeZone}>
              <OnePractice practice={practice} alone={practices.length === 1} />
            </Zone>
          ))}
        </div>
      )}
    </>
  )
}

/** An administrator sees no chart until somebody gives them a role that does; at first that is they. */
function NoCharts() {
  const { has } = useAccess()
  return (
    <p className="hint">
      Your role shows how Chartway works, and no patient's records.{' '}
      {has('people') ? (
        <>
          Roles that do are given under <Link to="/settings/people">People</Link>, to yourself too.
        </>
      ) : (
        'Whoever tends people here can give you one that does.'
      )}
    </p>
  )
}

function OnePractice({
  practice,
  alone,
}: {
  readonly practice: Practice
  readonly alone: boolean
}) {
  const { has } = useAccess()
  const id = practice.practice
  return (
    <div className="columns">
      <div className="stack">
        <Mirror practice={practice} />
        <Budget practice={id} />
        {has('charts') ? null : <Problems practice={id} />}
      </div>
      <div className="stack">
        {has('charts') ? (
          <Panel
            title="Latest changes"
            flush
            aside={
              <Link className="small" to="/p/$practice/changes" params={{ practice: id }}>
                All changes
              </Link>
            }
          >
            <Feed practice={id} shown={alone ? 7 : 4} brief />
          </Panel>
        ) : null}
        {has('charts') ? <Problems practice={id} /> : null}
      </div>
    </div>
  )
}

function Mirror({ practice }: { readonly practice: Practice }) {
  const sync = useAnswer('sync.read', { practice: practice.practice }, { everyMs: LOOK_MS })
  return (
    <Panel
      title={practice.name}
      aside={sync.data === undefined ? null : <Phase phase={sync.data.phase} />}
    >
      <Answered of={sync}>
        {(data) => (
          <div className="stack">
            {data.phase === 'first-sync' ? (
              <div>
                <div className="row-between small">
                  <span>
                    First sync: {count(data.asked)} of {count(data.toAsk)} questions answered
                  </span>
                  <span className="quiet">
                    {data.secondsLeft === null
                      ? ''
                      : `about ${spanInWords(Math.max(1, data.secondsLeft))} left`}
                  </span>
                </div>
                <div
                  className="bar-meter"
                  role="progressbar"
                  aria-label="First sync"
                  aria-valuenow={Math.round((100 * data.asked) / Math.max(1, data.toAsk))}
                >
                  <span style={{ width: `${(100 * data.asked) / Math.max(1, data.toAsk)}%` }} />
                </div>
              </div>
            ) : null}
            <dl className="numbers">
              <div>
                <dt>Records mirrored</dt>
                <dd>
                  {count(data.records)}
                  <small>
                    {data.completeAt === null ? (
                      'first sync not complete'
                    ) : (
                      <>
                        complete <Age at={data.completeAt} />
                      </>
                    )}
                  </small>
                </dd>
              </div>
              <Oldest practice={practice.practice} />
              <div>
                <dt>Not usable</dt>
                <dd>
                  {count(data.problems)}
                  <small>{data.problems === 0 ? 'all could be read' : 'listed on this page'}</small>
                </dd>
              </div>
              <div>
                <dt>Last asking</dt>
                <dd>
                  {data.lastCode === null ? 'went well' : 'failed'}
                  <small>
                    {data.lastCode === null ? 'no error since' : <code>{data.lastCode}</code>}
                  </small>
                </dd>
              </div>
            </dl>
          </div>
        )}
      </Answered>
    </Panel>
  )
}

function Phase({ phase }: { readonly phase: Operations['sync.read']['output']['phase'] }) {
  if (phase === 'continuing') return <State tone="good">Kept fresh</State>
  if (phase === 'first-sync') return <State tone="info">First sync</State>
  if (phase === 'paused') return <State tone="warn">Paused</State>
  if (phase === 'held') return <State tone="warn">Held until a restore is confirmed</State>
  return <State tone="warn">Waiting for the practice</State>
}

function Oldest({ practice }: { readonly practice: string }) {
  const rows = useAnswer('freshness.list', { practice, limit: 500 }, { everyMs: 10_000 })
  const asked = rows.data?.items ?? []
  const known = asked.flatMap(({ asOf }) => (asOf === null ? [] : [asOf])).sort()
  const never = asked.filter(({ asOf }) => asOf === null).length
  return (
    <div>
      <dt>Oldest answer</dt>
      <dd>
        {rows.data === undefined ? '…' : <Age at={known[0]} otherwise="none yet" />}
        <small>
          {never === 0 ? 'every question answered' : `${count(never)} questions not answered yet`}
        </small>
      </dd>
    </div>
  )
}

function Budget({ practice }: { readonly practice: string }) {
  const budget = useAnswer('budget.read', { practice }, { everyMs: LOOK_MS })
  const calls = useAnswer('calls.list', { practice, minutes: 60, limit: 1 }, { everyMs: LOOK_MS })
  return (
    <Panel
      title="Calls by the vendor's minute"
      aside={
        <Link className="small" to="/p/$practice/calls" params={{ practice }}>
          Calls and errors
        </Link>
      }
    >
      <Answered of={budget} lines={2}>
        {(data) => (
          <p className="small" style={{ marginBottom: 8 }}>
            <span className="strong">
              {count(data.left)} of {data.limit}
            </span>{' '}
            calls left in this minute
            {data.refused ? '; the vendor has refused, nothing is sent until it ends' : ''}.{' '}
            <span className="quiet">
              Waiting: {data.waiting.interactive} for people, {data.waiting.sweep} for the sweep.
            </span>
          </p>
        )}
      </Answered>
      <Answered of={calls} lines={3}>
        {(data) => <MinutesChart minutes={data.minutes} limit={data.limit} />}
      </Answered>
    </Panel>
  )
}

function Problems({ practice }: { readonly practice: string }) {
  const problems = useAnswer('sync.problems', { practice, limit: 20 }, { everyMs: 10_000 })
  return (
    <Panel title="Not usable on the wire" flush>
      <Answered of={problems} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title="Nothing">Every answer of the practice could be used.</Nothing>
          ) : (
            <ul className="plain-list scroll">
              {items.map((item) => (
                <li key={`${item.search} ${item.subject} ${item.position} ${item.at}`}>
                  <div className="row-between">
                    <code>{item.code}</code>
                    <Age at={item.at} />
                  </div>
                  <div className="small quiet wrap-anywhere">
                    {item.search} at {item.position}
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Panel>
  )
}
