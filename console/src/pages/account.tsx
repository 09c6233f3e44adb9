// One's own account: what one may see, the sessions that are open, a new password.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useAct, useAnswer } from '../api/client.ts'
import { useAccess } from '../api/session.tsx'
import { inWords, typeInWords } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { ConfirmDialog, wantsProof } from '../parts/confirm.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Fault, State } from '../parts/states.tsx'

export function AccountPage() {
  return (
    <>
      <PageHead windowTitle="Your account" title="Your account" />
      <div className="columns">
        <div className="stack">
          <Sessions />
          <Password />
        </div>
        <Seeing />
      </div>
    </>
  )
}

function Seeing() {
  const { who } = useAccess()
  const { types } = who.charts
  return (
    <Panel title="What you see">
      <dl className="facts">
        <dt>Signed in as</dt>
        <dd>{who.user?.name ?? who.actor}</dd>
        <dt>Roles</dt>
        <dd>{who.roles.map(inWords).join(', ') || 'none'}</dd>
        <dt>Rights</dt>
        <dd>{who.rights.map(inWords).join(', ')}</dd>
        <dt>Practices</dt>
        <dd>{who.practices?.join(', ') ?? 'all of the organization'}</dd>
        <dt>Records</dt>
        <dd>
          {!who.rights.includes('charts')
            ? 'none'
            : types === 'all'
              ? 'all types, whole'
              : Object.entries(types)
                  .map(
                    ([type, extent]) =>
                      `${typeInWords(type)}${extent === 'whole' ? '' : ' (in part)'}`,
                  )
                  .join(', ')}
        </dd>
        <dt>Restricted records</dt>
        <dd>{who.charts.sensitive ? 'seen' : 'not seen'}</dd>
      </dl>
    </Panel>
  )
}

function Sessions() {
  const { who } = useAccess()
  const sessions = useAnswer('sessions.list', who.user === null ? {} : { user: who.user.userId })
  const end = useAct('sessions.revoke')
  return (
    <Panel title="Open sessions" flush>
      {end.error && !wantsProof(end.error) ? (
        <div className="panel-body">
          <Fault error={end.error} />
        </div>
      ) : null}
      <Answered of={sessions}>
        {({ items }) => (
          <ul className="plain-list">
            {items.map((session) => (
              <li key={session.sessionId} className="row-between">
                <span>
                  <span className="strong">{session.source}</span>{' '}
                  {session.current ? <State tone="good">This one</State> : null}
                  <div className="small quiet">
                    begun <Age at={session.createdAt} clock="wall" />, last used{' '}
                    <Age at={session.lastActiveAt} clock="wall" />, ends unused{' '}
                    <Age at={session.expiresAt} clock="wall" />
                  </div>
                </span>
                {session.current ? null : (
                  <Button
                    variant="default"
                    onClick={() => end.mutate({ sessionId: session.sessionId })}
                  >
                    End it
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answered>
      <ConfirmDialog
        error={end.error}
        again={() => end.variables && end.mutate(end.variables)}
        onClose={() => end.reset()}
      />
    </Panel>
  )
}

function Password() {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [next, setNext] = useState('')
  const change = useAct('users.change-password')
  const go = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(
      { password, code: code.replace(/\s/g, ''), next },
      {
        onSuccess: () => {
          setPassword('')
          setCode('')
          setNext('')
        },
      },
    )
  }
  return (
    <Panel title="A new password">
      <form className="form" onSubmit={go} style={{ maxWidth: 380 }}>
        {change.error ? <Fault error={change.error} /> : null}
        {change.isSuccess ? (
          <p role="status">It is changed; your other sessions have ended.</p>
        ) : null}
        <PasswordInput
          label="Password of now"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <TextInput
          label="Code"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          required
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <div>
          <Button type="submit" loading={change.isPending}>
            Change it
          </Button>
        </div>
      </form>
    </Panel>
  )
}
