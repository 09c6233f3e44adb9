// One record: why it is here, what it said before, and its FHIR text. It shows what the API gives of it
// to this role, and says when that is only a part.

import { ApiError, type Mirrored, type Operations } from '@chartway/client'
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useAnswer } from '../api/client.ts'
import { type Collection, isCollection, OBJECT_OF } from '../api/collections.ts'
import { useAccess } from '../api/session.tsx'
import { count, inWords, typeInWords } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { Differences } from '../parts/differences.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Fault, Loading, State as Mark, Nothing } from '../parts/states.tsx'
import { Content } from './record/content.tsx'

export function RecordPage() {
  const { practice = '', collection = '', record = '' } = useParams({ strict: false })
  if (!isCollection(collection))
    return <PageHead windowTitle="Record" title="Records of this kind are not served" />
  return <OneRecord practice={practice} collection={collection} record={record} />
}

function OneRecord({
  practice,
  collection,
  record,
}: {
  readonly practice: string
  readonly collection: Collection
  readonly record: string
}) {
  const { sees } = useAccess()
  const found = useAnswer('resources.read', { practice, collection, id: record })
  if (found.error && found.data === undefined)
    return (
      <>
        <PageHead windowTitle="Record" title="This record cannot be shown" />
        {found.error instanceof ApiError && found.error.status === 404 ? (
          <p style={{ marginBottom: 12 }}>
            It is not here, or your role does not show it; both are answered alike.
          </p>
        ) : null}
        <Fault error={found.error} again={() => void found.refetch()} />
      </>
    )
  if (found.data === undefined) return <Loading lines={8} />
  const { resource, version } = found.data
  const patient = patientOf(found.data)
  return (
    <>
      <PageHead
        windowTitle="Record"
        title={typeInWords(resource.resourceType)}
        lead={
          <>
            <code className="wrap-anywhere">{resource.id}</code> · version {version}
          </>
        }
        tools={
          patient === undefined ? undefined : (
            <Link to="/p/$practice/patients/$patient" params={{ practice, patient }}>
              The patient's chart
            </Link>
          )
        }
      />
      {sees(resource.resourceType) === 'part' ? (
        <p className="small quiet" style={{ marginBottom: 12 }}>
          Your role shows a part of this record.
        </p>
      ) : null}
      <div className="columns">
        <div className="stack">
          <History practice={practice} of={found.data} />
          {resource.resourceType === 'DocumentReference' ? (
            <Content practice={practice} id={resource.id} />
          ) : null}
          <Text of={found.data} />
        </div>
        <div className="stack">
          <Why of={found.data} />
          <Repairs of={found.data} />
        </div>
      </div>
    </>
  )
}

function Why({ of }: { readonly of: Mirrored }) {
  const { pathway, search, firstSeenAt, changedSeenAt, vendorUpdatedAt } = of.provenance
  return (
    <Panel title="Why is this here">
      <p style={{ marginBottom: 10 }}>
        Chartway asked the practice the question <code>{search}</code> over the pathway{' '}
        <code>{pathway}</code>, and this record was in the answer.
      </p>
      <dl className="facts">
        <dt>First seen</dt>
        <dd>
          <Age at={firstSeenAt} />
        </dd>
        <dt>This state first seen</dt>
        <dd>
          <Age at={changedSeenAt} />
        </dd>
        <dt>The practice last said so</dt>
        <dd>
          <Age at={of.freshness.asOf} otherwise="never completely" />
        </dd>
        <dt>Changed there, it says</dt>
        <dd>
          <Age at={vendorUpdatedAt} otherwise="it does not say" />
        </dd>
      </dl>
    </Panel>
  )
}

function Repairs({ of }: { readonly of: Mirrored }) {
  return (
    <Panel title="Repaired on arrival" flush>
      {of.repairs.length === 0 ? (
        <Nothing title="Nothing">The record is as the practice sent it.</Nothing>
      ) : (
        <ul className="plain-list">
          {of.repairs.map((repair) => (
            <li key={`${repair.path} ${repair.rule}`}>
              <code className="wrap-anywhere">{repair.path}</code>
              <div className="small quiet">{inWords(repair.rule)}</div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** The name of the history operation for a record; undefined when no unified object is made of it. */
function historyOf({ resource }: Mirrored): keyof typeof HISTORIES | undefined {
  const { resourceType, category } = resource
  if (resourceType === 'Observation') {
    const text = JSON.stringify(category ?? [])
    return text.includes('vital-signs') ? 'vitals' : 'lab-results'
  }
  return isTold(resourceType) ? OBJECT_OF[resourceType] : undefined
}

function isTold(type: string): type is keyof typeof OBJECT_OF {
  return Object.hasOwn(OBJECT_OF, type)
}

const HISTORIES = {
  patients: 'patients.history',
  encounters: 'encounters.history',
  problems: 'problems.history',
  allergies: 'allergies.history',
  prescriptions: 'prescriptions.history',
  immunizations: 'immunizations.history',
  'diagnostic-reports': 'diagnostic-reports.history',
  procedures: 'procedures.history',
  documents: 'documents.history',
  coverages: 'coverages.history',
  'care-plans': 'care-plans.history',
  'care-teams': 'care-teams.history',
  goals: 'goals.history',
  devices: 'devices.history',
  'charge-items': 'charge-items.history',
  providers: 'providers.history',
  facilities: 'facilities.history',
  vitals: 'vitals.history',
  'lab-results': 'lab-results.history',
} as const

type State = Operations['patients.history']['output']['items'][number]

function History({ practice, of }: { readonly practice: string; readonly of: Mirrored }) {
  const object = historyOf(of)
  const states = useAnswer(
    HISTORIES[object ?? 'patients'],
    { practice, id: of.resource.id, limit: 50 },
    { enabled: object !== undefined },
  )
  return (
    <Panel title="Versions" flush aside={<span className="quiet">the newest first</span>}>
      {object === undefined ? (
        <Nothing title={`Version ${count(of.version)}`}>
          States of this kind of record before the present one are told in the change feed.
        </Nothing>
      ) : (
        <Answered of={states}>
          {({ items, next }) => (
            <>
              <ul className="feed">
                {items.map((state) => (
                  <li key={state.version}>
                    <OneState state={state} />
                  </li>
                ))}
              </ul>
              {next === null ? null : (
                <p className="panel-body small quiet">There are older versions than these.</p>
              )}
            </>
          )}
        </Answered>
      )}
    </Panel>
  )
}

function OneState({ state }: { readonly state: State }) {
  return (
    <>
      <div className="feed-line">
        <span className="row">
          <span className="kind">Version {state.version}</span>
          <Mark
            tone={state.kind === 'deleted' ? 'bad' : state.kind === 'created' ? 'info' : 'warn'}
          >
            {inWords(state.kind)}
          </Mark>
        </span>
        <span className="small quiet">
          seen <Age at={state.seenAt} /> · changed there{' '}
          <Age at={state.vendorUpdatedAt} otherwise="not said" />
        </span>
      </div>
      {state.differences === null || state.kind === 'created' ? null : state.differences.length ===
        0 ? (
        <p className="small quiet">
          Nothing that the unified object shows; the FHIR record differs elsewhere.
        </p>
      ) : (
        <Differences differences={state.differences} all />
      )}
    </>
  )
}

function Text({ of }: { readonly of: Mirrored }) {
  const [copied, setCopied] = useState(false)
  const text = JSON.stringify(of.resource, null, 2)
  return (
    <Panel
      title="As FHIR R4"
      flush
      aside={
        <Button
          variant="default"
          onClick={() => {
            void navigator.clipboard?.writeText(text).then(() => setCopied(true))
          }}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text is reached by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="The record as FHIR R4">
        <pre className="json">{text}</pre>
      </section>
    </Panel>
  )
}

/** The id of the patient that the record is about, from its own references. */
function patientOf({ resource }: Mirrored): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id
  const found = [resource.subject, resource.patient, resource.beneficiary].find(
    (each): each is { readonly reference: string } =>
      typeof each === 'object' && each !== null && 'reference' in each,
  )
  return /(?:^|\/)Patient\/([^/]+)$/.exec(String(found?.reference ?? ''))?.[1]
}
