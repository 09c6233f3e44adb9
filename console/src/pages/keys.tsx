// API keys: which there are, making one (its text is shown once), revoking one.

import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { useAct, useAnswer } from '../api/client.ts'
import { Age } from '../parts/age.tsx'
import { ConfirmDialog, wantsProof } from '../parts/confirm.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Fault, Nothing, State } from '../parts/states.tsx'

const SCOPES = [
  { scope: 'read', says: 'Charts and changes' },
  { scope: 'sensitive', says: 'Records with a restricting security label too' },
  { scope: 'admin', says: 'Practices, keys, settings, people' },
] as const
type Scope = (typeof SCOPES)[number]['scope']

export function KeysPage() {
  const keys = useAnswer('keys.list', {})
  const revoke = useAct('keys.revoke')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <PageHead
        windowTitle="API keys"
        title="API keys"
        lead="For programs. People sign in with their own accounts."
        tools={<Button onClick={open}>Make a key</Button>}
      />
      <div className="stack">
        {revoke.error && !wantsProof(revoke.error) ? <Fault error={revoke.error} /> : null}
        <Panel title="Keys" flush>
          <Answered of={keys}>
            {({ items }) =>
              items.length === 0 ? (
                <Nothing title="No key yet" />
              ) : (
                <table className="table cards">
                  <thead>
                    <tr>
                      <th scope="col">Name</th>
                      <th scope="col">Id</th>
                      <th scope="col">May</th>
                      <th scope="col">Made</th>
                      <th scope="col">State</th>
                      <th scope="col">
                        <span className="seen-by-ear">Act</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((key) => (
                      <tr key={key.keyId}>
                        <td data-lead className="strong">
                          {key.name}
                        </td>
                        <td data-label="Id" className="mono">
                          {key.keyId}
                        </td>
                        <td data-label="May">{key.scopes.join(', ')}</td>
                        <td data-label="Made">
                          <Age at={key.createdAt} />
                        </td>
                        <td data-label="State">
                          {key.revokedAt === null ? (
                            <State tone="good">In use</State>
                          ) : (
                            <>
                              Revoked <Age at={key.revokedAt} />
                            </>
                          )}
                        </td>
                        <td data-label="" className="right">
                          {key.revokedAt === null ? (
                            <Button
                              variant="default"
                              onClick={() => revoke.mutate({ keyId: key.keyId })}
                            >
                              Revoke<span className="seen-by-ear"> {key.name}</span>
                            </Button>
                          ) : null}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )
            }
          </Answered>
        </Panel>
      </div>
      <Modal
        opened={opened}
        onClose={close}
        title="Make a key"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {opened ? <Making onDone={close} /> : null}
      </Modal>
      <ConfirmDialog
        error={revoke.error}
        again={() => revoke.variables && revoke.mutate(revoke.variables)}
        onClose={() => revoke.reset()}
      />
    </>
  )
}

function Making({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(['read'])
  const make = useAct('keys.create')
  const ask = () => make.mutate({ name, scopes })
  const go = (event: FormEvent) => {
    event.preventDefault()
    ask()
  }
  if (make.data !== undefined)
    return (
      <div className="form">
        <p>This is the key. It is shown now and never again.</p>
        <code className="secret">{make.data.text}</code>
        <Button size="sm" onClick={onDone}>
          I have kept it
        </Button>
      </div>
    )
  return (
    <form className="form" onSubmit={go}>
      {make.error && !wantsProof(make.error) ? <Fault error={make.error} /> : null}
      <TextInput
        label="Name"
        description="What it is for, as the list will call it"
        required
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {SCOPES.map(({ scope, says }) => (
        <Checkbox
          key={scope}
          label={scope}
          description={says}
          checked={scopes.includes(scope)}
          onChange={(event) =>
            setScopes(
              event.currentTarget.checked
                ? [...scopes, scope]
                : scopes.filter((each) => each !== scope),
            )
          }
        />
      ))}
      <Button type="submit" size="sm" loading={make.isPending} disabled={scopes.length === 0}>
        Make the key
      </Button>
      <ConfirmDialog error={make.error} again={ask} onClose={() => make.reset()} />
    </form>
  )
}
