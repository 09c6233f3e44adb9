// One patient's chart: who it is, a timeline by visit or by problem, and what is measured, taken and
// filed. Each thing leads to its record, where it says why it is here. The window's title names nobody.

import { SegmentedControl } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useAnswer } from '../api/client.ts'
import { useInstallationTime } from '../api/installation-clock.ts'
import { useAccess } from '../api/session.tsx'
import { dateInWords, inWords, yearsOld } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { SourceLink } from '../parts/record-link.tsx'
import { Answered, Fault, Nothing, State } from '../parts/states.tsx'
import { useZone } from '../parts/zone.ts'
import { Allergies, Documents, Immunizations, Prescriptions } from './chart/lists.tsx'
import { Measures } from './chart/measures.tsx'
import { ByProblem, ByVisit } from './chart/timelines.tsx'
import { type ChartOf, useChart } from './chart/use-chart.ts'
import { nameOf } from './patients.tsx'

export function ChartPage() {
  const { practice = '', patient = '' } = useParams({ strict: false })
  const who = useAnswer('patients.read', { practice, id: patient })
  const chart = useChart(practice, patient)
  if (who.error && who.data === undefined)
    return (
      <>
        <PageHead windowTitle="Chart" title="This chart cannot be shown" />
        <Fault error={who.error} again={() => void who.refetch()} />
      </>
    )
  return (
    <Answered of={who} lines={8}>
      {(data) => (
        <>
          <PageHead
            windowTitle="Chart"
            title={nameOf(data)}
            lead={<Who of={data} />}
            tools={
              <span className="small quiet">
                Confirmed by the practice{' '}
                <Age at={data.freshness.asOf} otherwise="never completely" />
              </span>
            }
          />
          {data.withheld.length === 0 ? null : (
            <p className="small quiet" style={{ marginBottom: 12 }}>
              Your role does not show the whole of this chart.
            </p>
          )}
          <div className="columns">
            <Timeline chart={chart} />
            <div className="stack">
              <Allergies of={chart.allergies} />
              <Prescriptions of={chart.prescriptions} />
              <Measures title="Vitals" of={chart.vitals} />
              <Measures title="Results" of={chart.results} />
              <Documents of={chart.documents} />
              <Immunizations of={chart.immunizations} />
            </div>
          </div>
        </>
      )}
    </Answered>
  )
}

type Patient = NonNullable<ReturnType<typeof useAnswer<'patients.read'>>['data']>

function Who({ of }: { readonly of: Patient }) {
  const zone = useZone()
  const time = useInstallationTime()
  const born = of.birthDate?.given
  const account = of.identifiers?.find(({ kind }) => kind === 'account-number' || kind === 'mrn')
  const contact = of.contacts?.find(({ system }) => system === 'phone')
  return (
    <span className="who">
      <span>
        Born <b>{dateInWords(born, zone) || 'not shown'}</b>
        {time === undefined || !born ? null : ` (${yearsOld(born, time.now)} years)`}
      </span>
      <span>
        Gender <b>{inWords(of.gender) || 'not shown'}</b>
      </span>
      {account === undefined ? null : (
        <span>
          Account <b>{account.value}</b>
        </span>
      )}
      {contact === undefined ? null : (
        <span>
          Phone <b>{contact.value}</b>
        </span>
      )}
      {of.generalPractitioners?.[0]?.name ? (
        <span>
          Provider <b>{of.generalPractitioners[0].name}</b>
        </span>
      ) : null}
      {of.deceased?.flag === true ? <State tone="warn">Deceased</State> : null}
      <SourceLink of={of}>Record and history</SourceLink>
    </span>
  )
}

function Timeline({ chart }: { readonly chart: ChartOf }) {
  const { sees } = useAccess()
  const [by, setBy] = useState<'visit' | 'problem'>('visit')
  const both = sees('Condition') !== 'none' && sees('Encounter') !== 'none'
  return (
    <Panel
      title="Timeline"
      flush
      aside={
        both ? (
          <SegmentedControl
            size="xs"
            aria-label="Order of the timeline"
            value={by}
            onChange={(value) => setBy(value === 'problem' ? 'problem' : 'visit')}
            data={[
              { value: 'visit', label: 'By visit' },
              { value: 'problem', label: 'By problem' },
            ]}
          />
        ) : undefined
      }
    >
      {chart.visits === undefined ? (
        <Nothing title="Visits are not for your role" />
      ) : by === 'visit' ? (
        <ByVisit chart={chart} />
      ) : (
        <ByProblem chart={chart} />
      )}
    </Panel>
  )
}
