// Signing in: name and password, then the code. Both are sent together, and a refusal does not say
// which of them was wrong.

import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useAct } from '../api/client.ts'
import { signedIn } from '../api/session.tsx'
import { Fault } from '../parts/states.tsx'

export function SignIn() {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [step, setStep] = useState<'password' | 'code'>('password')
  const codeField = useRef<HTMLInputElement>(null)
  const enter = useAct('sessions.create')
  useEffect(() => {
    document.title = 'Sign in · Chartway'
  }, [])
  useEffect(() => {
    if (step === 'code') codeField.current?.focus()
  }, [step])
  const go = (event: FormEvent) => {
    event.preventDefault()
    if (step === 'password') return setStep('code')
    enter.mutate(
      { name: name.trim().toLowerCase(), password, code: code.replace(/\s/g, '') },
      {
        onSuccess: signedIn,
        onError: () => {
          setCode('')
          setStep('password')
        },
      },
    )
  }
  return (
    <form className="form" onSubmit={go}>
      <h1>{step === 'password' ? 'Sign in' : 'Your code'}</h1>
      {enter.error ? <Fault error={enter.error} /> : null}
      {step === 'password' ? (
        <>
          <TextInput
            label="Name"
            autoComplete="username"
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="sm">
            Go on
          </Button>
        </>
      ) : (
        <>
          <TextInput
            ref={codeField}
            label="Code of your authenticator"
            description="Six digits, or one of your recovery codes"
            autoComplete="one-time-code"
            inputMode="numeric"
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" loading={enter.isPending}>
            Sign in
          </Button>
          <button type="button" className="plain" onClick={() => setStep('password')}>
            Back to name and password
          </button>
        </>
      )}
      <p className="small quiet">
        No account yet? Whoever tends people here can invite you. The first administrator's link was
        printed when Chartway first started, and stands in its data folder.
      </p>
    </form>
  )
}
