// The change feed of a practice from its newest end: which record changed how, before and after. What
// the role does not show keeps its place and says so.

import { Link } from '@tanstack/react-router'
import { collectionOf } from '../api/collections.ts'
import { count, typeInWords } from '../api/words.ts'
import { Age } from './age.tsx'
import { Differences } from './differences.tsx'
import { Answered, Nothing, State, type Tone } from './states.tsx'
import { type ShownChange, useFeed } from './use-feed.ts'

type Seen = Exclude<ShownChange, { readonly kind: 'withheld' }>

const KINDS: Readonly<Record<Seen['kind'], { readonly word: string; readonly tone: Tone }>> = {
  created: { word: 'New', tone: 'info' },
  updated: { word: 'Changed', tone: 'warn' },
  deleted: { word: 'Deleted', tone: 'bad' },
  restored: { word: 'Back again', tone: 'good' },
}

export function Feed({
  practice,
  shown,
  brief = false,
}: {
  readonly practice: string
  /** How many of the newest. */
  readonly shown: number
  /** Without the fields. */
  readonly brief?: boolean
}) {
  const { first, changes, live } = useFeed(practice, shown)
  return (
    <Answered of={first}>
      {() =>
        changes.length === 0 ? (
          <Nothing title="Nothing has changed yet">Changes appear here as they are learnt.</Nothing>
        ) : (
          <>
            <ul className="feed">
              {changes.toReversed().map((change) => (
                <li key={change.sequence}>
                  <OneChange practice={practice} change={change} brief={brief} />
                </li>
              ))}
            </ul>
            {live ? null : (
              <p className="panel-body small quiet">New ones do not come by themselves now.</p>
            )}
          </>
        )
      }
    </Answered>
  )
}

function OneChange({
  practice,
  change,
  brief,
}: {
  readonly practice: string
  readonly change: ShownChange
  readonly brief: boolean
}) {
  if (change.kind === 'withheld')
    return (
      <div className="feed-line small quiet">
        <span>Something your role does not show</span>
        <span>#{count(change.sequence)}</span>
      </div>
    )
  const { word, tone } = KINDS[change.kind]
  const collection = collectionOf(change.type)
  return (
    <>
      <div className="feed-line">
        <span className="row">
          <State tone={tone}>{word}</State>
          {collection === undefined ? (
            <span className="kind">{typeInWords(change.type)}</span>
          ) : (
            <Link
              className="kind"
              to="/p/$practice/records/$collection/$record"
              params={{ practice, collection, record: change.id }}
            >
              {typeInWords(change.type)}
            </Link>
          )}
          {change.kind === 'updated' ? (
            <span className="small quiet">
              {change.differences.length} {change.differences.length === 1 ? 'field' : 'fields'},
              version {change.version}
            </span>
          ) : null}
        </span>
        <span className="small quiet">
          <Age at={change.learntAt} />
        </span>
      </div>
      {brief && change.kind !== 'updated' ? null : <Differences differences={change.differences} />}
      {brief ? null : (
        <div className="small quiet wrap-anywhere">
          #{count(change.sequence)} · learnt by the question <code>{change.search}</code> over{' '}
          <code>{change.pathway}</code>
          {change.unchangedAt === null ? null : (
            <>
              {' '}
              · last seen unchanged <Age at={change.unchangedAt} />
            </>
          )}
        </div>
      )}
    </>
  )
}
