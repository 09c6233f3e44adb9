// Settings of the practices: what is connected how, a check of the connection, pausing and resuming.

import type { Operations, Practice } from '@chartway/client'
import { Button } from '@mantine/core'
import { useAct } from '../api/client.ts'
import { usePractices } from '../api/practice.tsx'
import { inWords } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { ConfirmDialog, wantsProof } from '../parts/confirm.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Fault, Nothing, State } from '../parts/states.tsx'
import { Zone } from '../parts/zone.ts'

export function PracticesPage() {
  const practices = usePractices()
  return (
    <>
      <PageHead
        windowTitle="Practices"
        title="Practices"
        lead="How each practice is connected, and whether that is right."
      />
      <div className="stack">
        {practices.length === 0 ? (
          <Panel title="Practices">
            <Nothing title="No practice is connected yet" />
          </Panel>
        ) : (
          practices.map((practice) => (
            <Zone key={practice.practice} value={practice.timeZone}>
              <OnePractice practice={practice} />
            </Zone>
          ))
        )}
      </div>
    </>
  )
}

function OnePractice({ practice }: { readonly practice: Practice }) {
  const check = useAct('practices.check')
  const pause = useAct('practices.pause')
  const resume = useAct('practices.resume')
  const paused = practice.state === 'paused'
  const turn = paused ? resume : pause
  const input = { practice: practice.practice }
  return (
    <Panel
      title={practice.name}
      aside={
        <>
          <State tone={paused ? 'warn' : 'good'}>{inWords(practice.state)}</State>
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate(input)}>
            Check the connection
          </Button>
          <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate(input)}>
            {paused ? 'Resume' : 'Pause'}
          </Button>
        </>
      }
    >
      <div className="stack">
        {[check.error, turn.error]
          .filter((error) => error !== null && !wantsProof(error))
          .map((error) => (
            <Fault key={String(error)} error={error} />
          ))}
        <dl className="facts">
          <dt>Id</dt>
          <dd>
            <code>{practice.practice}</code>
          </dd>
          <dt>FHIR address</dt>
          <dd>
            <code>{practice.baseUrl}</code>
          </dd>
          <dt>Client id</dt>
          <dd>
            <code>{practice.clientId}</code>
          </dd>
          <dt>Dialect</dt>
          <dd>{practice.dialect}</dd>
          <dt>Time zone</dt>
          <dd>{practice.timeZone}</dd>
          <dt>Connected</dt>
          <dd>
            <Age at={practice.createdAt} />
          </dd>
        </dl>
        {check.data === undefined ? null : <Findings of={check.data} />}
      </div>
      <ConfirmDialog
        error={turn.error ?? check.error}
        again={() => (turn.error ? turn.mutate(input) : check.mutate(input))}
        onClose={() => {
          turn.reset()
          check.reset()
        }}
      />
    </Panel>
  )
}

function Findings({ of }: { readonly of: Operations['practices.check']['output'] }) {
  return (
    <div role="status">
      <p className="strong" style={{ marginBottom: 6 }}>
        {of.ok ? 'The connection is right.' : 'The connection is not right.'}
      </p>
      <ul className="plain-list">
        {of.findings.map((finding) => (
          <li key={`${finding.check} ${finding.says}`}>
            <div className="row">
              <State tone={finding.ok ? 'good' : 'bad'}>{inWords(finding.check)}</State>
              <span>{finding.says}</span>
            </div>
            {finding.fix === null ? null : (
              <div className="small">
                <span className="strong">What to do: </span>
                {finding.fix}
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
