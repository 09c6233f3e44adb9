// Completing an account from its invitation: a password, an authenticator, and the recovery codes, which
// are shown once.

import type { Operations } from '@chartway/client'
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useAct } from '../api/client.ts'
import { signedIn } from '../api/session.tsx'
import { Fault, Loading } from '../parts/states.tsx'

type Accepted = Operations['users.accept-invitation']['output']

export function Invitation({
  token,
  onLeave,
}: {
  readonly token: string
  readonly onLeave: () => void
}) {
  const opened = useAct('users.open-invitation')
  const asked = useRef(false)
  const [accepted, setAccepted] = useState<Accepted>()
  useEffect(() => {
    document.title = 'Your account · Chartway'
    if (asked.current) return
    asked.current = true
    opened.mutate({ token })
  }, [opened, token])
  if (accepted !== undefined) return <RecoveryCodes of={accepted} />
  if (opened.error)
    return (
      <>
        <Fault error={opened.error} />
        <Button variant="default" onClick={onLeave}>
          To sign-in
        </Button>
      </>
    )
  if (opened.data === undefined) return <Loading />
  return <Completing token={token} of={opened.data} onDone={setAccepted} />
}

function Completing({
  token,
  of,
  onDone,
}: {
  readonly token: string
  readonly of: Operations['users.open-invitation']['output']
  readonly onDone: (accepted: Accepted) => void
}) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const accept = useAct('users.accept-invitation')
  const go = (event: FormEvent) => {
    event.preventDefault()
    accept.mutate({ token, password, code: code.replace(/\s/g, '') }, { onSuccess: onDone })
  }
  return (
    <form className="form" onSubmit={go}>
      <h1>Welcome, {of.displayName}</h1>
      <p className="quiet">
        You will sign in as <span className="strong">{of.name}</span>.
      </p>
      {accept.error ? <Fault error={accept.error} /> : null}
      <input type="hidden" autoComplete="username" value={of.name} readOnly />
      <PasswordInput
        label="A password"
        description="Long is better than odd: a few words of your own"
        autoComplete="new-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <div className="form">
        <div>
          <div className="strong">An authenticator</div>
          <p className="small quiet">
            Type this secret into your authenticator application, or{' '}
            <a href={of.totp.uri}>open it there</a> on this device.
          </p>
        </div>
        <code className="secret">{of.totp.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
        <details className="small">
          <summary>As an otpauth address</summary>
          <code className="secret">{of.totp.uri}</code>
        </details>
      </div>
      <TextInput
        label="The code it shows now"
        autoComplete="one-time-code"
        inputMode="numeric"
        required
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" loading={accept.isPending}>
        Complete the account
      </Button>
    </form>
  )
}

function RecoveryCodes({ of }: { readonly of: Accepted }) {
  const [kept, setKept] = useState(false)
  return (
    <div className="form">
      <h1>Keep these recovery codes</h1>
      <p className="quiet">
        Each works once in place of a code, for the day your telephone is not there. They are shown
        now and never again.
      </p>
      <code className="secret">
        {of.recoveryCodes.map((each) => (
          <span key={each} style={{ display: 'block' }}>
            {each}
          </span>
        ))}
      </code>
      <Checkbox
        label="I have put them where I will find them"
        checked={kept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Button size="sm" disabled={!kept} onClick={() => signedIn(of.who)}>
        Go on
      </Button>
    </div>
  )
}
