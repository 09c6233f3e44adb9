// For grave acts: the API wants a fresh proof of who somebody is. This asks for it once the API has said
// so, and then does what was asked.

import { ApiError } from '@chartway/client'
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useAct } from '../api/client.ts'
import { Fault } from './states.tsx'

/** Whether an error asks for a fresh proof. */
export function wantsProof(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'AUTHENTICATION_STALE'
}

export function ConfirmDialog({
  error,
  again,
  onClose,
}: {
  /** Of the act that may have been refused. */
  readonly error: unknown
  /** Does it once more. */
  readonly again: () => void
  readonly onClose: () => void
}) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const confirm = useAct('sessions.confirm')
  const go = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate(
      { password, code: code.replace(/\s/g, '') },
      {
        onSuccess: () => {
          setPassword('')
          setCode('')
          again()
        },
      },
    )
  }
  return (
    <Modal
      opened={wantsProof(error)}
      onClose={onClose}
      title="Is it still you?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className="form" onSubmit={go}>
        <p className="quiet">This needs your password and a new code, because it is grave.</p>
        {confirm.error ? <Fault error={confirm.error} /> : null}
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          data-autofocus
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
        <Button type="submit" size="sm" loading={confirm.isPending}>
          Confirm and go on
        </Button>
      </form>
    </Modal>
  )
}
