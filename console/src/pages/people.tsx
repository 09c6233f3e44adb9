// People and what they may do: inviting, changing roles, disabling, resetting. An invitation's link is
// shown once.

import type { Operations } from '@chartway/client'
import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useAct, useAnswer } from '../api/client.ts'
import { useAccess } from '../api/session.tsx'
import { inWords } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { ConfirmDialog, wantsProof } from '../parts/confirm.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Fault, State, type Tone } from '../parts/states.tsx'

type People = Operations['users.list']['output']
type User = People['items'][number]
type Role = User['roles'][number]
type Invitation = Operations['users.create']['output']['invitation']

const TONES: Readonly<Record<User['state'], Tone>> = {
  active: 'good',
  invited: 'info',
  disabled: 'bad',
}

export function PeoplePage() {
  const people = useAnswer('users.list', {})
  const [editing, setEditing] = useState<User | 'new'>()
  const [invitation, setInvitation] = useState<Invitation>()
  const close = () => {
    setEditing(undefined)
    setInvitation(undefined)
  }
  return (
    <>
      <PageHead
        windowTitle="People"
        title="People"
        lead="Who may sign in, and what their roles show them."
        tools={<Button onClick={() => setEditing('new')}>Invite somebody</Button>}
      />
      <div className="stack">
        <Panel title="Accounts" flush>
          <Answered of={people}>
            {({ items }) => (
              <Accounts
                of={items}
                onEdit={setEditing}
                onInvitation={(made) => {
                  setInvitation(made)
                }}
              />
            )}
          </Answered>
        </Panel>
        <Panel title="Roles" flush>
          <Answered of={people} lines={6}>
            {({ roles }) => (
              <ul className="plain-list">
                {roles.map(({ role, says }) => (
                  <li key={role}>
                    <span className="strong">{inWords(role)}</span>
                    <div className="small quiet">{says}</div>
                  </li>
                ))}
              </ul>
            )}
          </Answered>
        </Panel>
      </div>
      <Modal
        opened={editing !== undefined || invitation !== undefined}
        onClose={close}
        title={invitation ? 'The invitation' : editing === 'new' ? 'Invite somebody' : 'Roles'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {invitation !== undefined ? (
          <InvitationLink of={invitation} onDone={close} />
        ) : editing === undefined || people.data === undefined ? null : (
          <Editing
            of={editing}
            roles={people.data.roles}
            onInvitation={setInvitation}
            onDone={close}
          />
        )}
      </Modal>
    </>
  )
}

function Accounts({
  of,
  onEdit,
  onInvitation,
}: {
  readonly of: readonly User[]
  readonly onEdit: (user: User) => void
  readonly onInvitation: (invitation: Invitation) => void
}) {
  const { who } = useAccess()
  const disable = useAct('users.disable')
  const enable = useAct('users.enable')
  const reset = useAct('users.reset')
  const acts = [disable, enable, reset]
  const failed = acts.find(({ error }) => error !== null)
  const doReset = (input: { readonly user: string }) =>
    reset.mutate(input, { onSuccess: (made) => onInvitation(made.invitation) })
  const again = () => {
    if (disable.error && disable.variables) disable.mutate(disable.variables)
    else if (enable.error && enable.variables) enable.mutate(enable.variables)
    else if (reset.error && reset.variables) doReset(reset.variables)
  }
  return (
    <>
      {failed?.error && !wantsProof(failed.error) ? (
        <div className="panel-body">
          <Fault error={failed.error} />
        </div>
      ) : null}
      <table className="table cards">
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Roles</th>
            <th scope="col">Practices</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">
              <span className="seen-by-ear">Act</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((user) => (
            <tr key={user.userId}>
              <td data-lead>
                <span className="strong">{user.displayName}</span>
                <div className="small quiet">{user.name}</div>
              </td>
              <td data-label="Roles">
                {user.roles.map(inWords).join(', ')}
                {user.sensitive ? <div className="small quiet">restricted records too</div> : null}
              </td>
              <td data-label="Practices">{user.practices?.join(', ') ?? 'all'}</td>
              <td data-label="State">
                <State tone={TONES[user.state]}>{inWords(user.state)}</State>
              </td>
              <td data-label="Since">
                <Age at={user.createdAt} clock="wall" />
              </td>
              <td data-label="">
                <div className="row" style={{ justifyContent: 'flex-end' }}>
                  <Button variant="default" onClick={() => onEdit(user)}>
                    Roles<span className="seen-by-ear"> of {user.displayName}</span>
                  </Button>
                  {user.userId === who.user?.userId ? null : (
                    <>
                      <Button variant="default" onClick={() => doReset({ user: user.userId })}>
                        Reset<span className="seen-by-ear"> {user.displayName}</span>
                      </Button>
                      <Button
                        variant="default"
                        onClick={() =>
                          (user.state === 'disabled' ? enable : disable).mutate({
                            user: user.userId,
                          })
                        }
                      >
                        {user.state === 'disabled' ? 'Enable' : 'Disable'}
                        <span className="seen-by-ear"> {user.displayName}</span>
                      </Button>
                    </>
                  )}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ConfirmDialog
        error={failed?.error}
        again={again}
        onClose={() => {
          for (const act of acts) act.reset()
        }}
      />
    </>
  )
}

function Editing({
  of,
  roles,
  onInvitation,
  onDone,
}: {
  readonly of: User | 'new'
  readonly roles: People['roles']
  readonly onInvitation: (invitation: Invitation) => void
  readonly onDone: () => void
}) {
  const user = of === 'new' ? undefined : of
  const [name, setName] = useState('')
  const [displayName, setDisplayName] = useState(user?.displayName ?? '')
  const [chosen, setChosen] = useState<readonly Role[]>(user?.roles ?? [])
  const [sensitive, setSensitive] = useState(user?.sensitive ?? false)
  const create = useAct('users.create')
  const update = useAct('users.update')
  const failed = create.error ?? update.error
  const save = () => {
    const grant = { displayName, roles: chosen, sensitive }
    if (user !== undefined) update.mutate({ user: user.userId, ...grant }, { onSuccess: onDone })
    else
      create.mutate(
        { name: name.trim().toLowerCase(), ...grant },
        { onSuccess: (made) => onInvitation(made.invitation) },
      )
  }
  return (
    <form
      className="form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        save()
      }}
    >
      {failed && !wantsProof(failed) ? <Fault error={failed} /> : null}
      {user === undefined ? (
        <TextInput
          label="Sign-in name"
          description="Such as an e-mail address"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : null}
      <TextInput
        label="Name to be called by"
        required
        value={displayName}
        onChange={(event) => setDisplayName(event.currentTarget.value)}
      />
      <Checkbox.Group
        label="Roles"
        value={[...chosen]}
        onChange={(values) =>
          setChosen(roles.map(({ role }) => role).filter((role) => values.includes(role)))
        }
      >
        <div className="form" style={{ marginTop: 6 }}>
          {roles.map(({ role, says }) => (
            <Checkbox key={role} value={role} label={inWords(role)} description={says} />
          ))}
        </div>
      </Checkbox.Group>
      <Checkbox
        label="Restricted records too"
        description="Those with a security label; counts for clinicians alone"
        checked={sensitive}
        onChange={(event) => setSensitive(event.currentTarget.checked)}
      />
      <Button
        type="submit"
        size="sm"
        loading={create.isPending || update.isPending}
        disabled={chosen.length === 0}
      >
        {user === undefined ? 'Invite' : 'Save'}
      </Button>
      <ConfirmDialog
        error={failed}
        again={save}
        onClose={() => {
          create.reset()
          update.reset()
        }}
      />
    </form>
  )
}

function InvitationLink({ of, onDone }: { readonly of: Invitation; readonly onDone: () => void }) {
  return (
    <div className="form">
      <p>
        Hand this link over by a safe way. It completes the account, works once, and ends{' '}
        <Age at={of.expiresAt} clock="wall" />. It is shown now and never again.
      </p>
      <code className="secret">{`${window.location.origin}/#/invitation/${of.token}`}</code>
      <Button size="sm" onClick={onDone}>
        Done
      </Button>
    </div>
  )
}
