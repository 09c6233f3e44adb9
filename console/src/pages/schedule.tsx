// One day of the practice by provider, in the practice's own time zone. What it shows are visits as the
// practice shows them, not a calendar: an appointment without a visit is not seen on this way in.

import type { Operations } from '@chartway/client'
import { Button, Select, TextInput } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useAnswer } from '../api/client.ts'
import { useInstallationTime } from '../api/installation-clock.ts'
import { dayInWords, dayOf, inWords, timeOfDay } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { RecordLink } from '../parts/record-link.tsx'
import { Answered, Loading, Nothing, State, type Tone } from '../parts/states.tsx'
import { useZone } from '../parts/zone.ts'
import { conceptText } from './chart/values.ts'
import { PatientLink } from './patient-link.tsx'

type Appointment = Operations['appointments.list']['output']['items'][number]

const DAY_MS = 86_400_000
const NOON = 'T12:00:00Z'

const TONES: Readonly<Record<Appointment['status'], Tone>> = {
  booked: 'plain',
  arrived: 'info',
  triaged: 'info',
  'in-progress': 'warn',
  finished: 'good',
  cancelled: 'bad',
  unknown: 'plain',
}

export function SchedulePage() {
  const { practice = '' } = useParams({ strict: false })
  const { day: asked } = useSearch({ strict: false })
  const zone = useZone()
  const time = useInstallationTime()
  const navigate = useNavigate()
  if (time === undefined) return <Loading lines={6} />
  const today = dayOf(time.now, zone)
  const day = asked ?? today
  const noon = Date.parse(`${day}${NOON}`)
  const go = (ms: number) =>
    void navigate({
      to: '/p/$practice/schedule',
      params: { practice },
      search: { day: new Date(ms).toISOString().slice(0, 10) },
    })
  return (
    <>
      <PageHead
        windowTitle="Schedule"
        title={dayInWords(noon, 'UTC')}
        lead={`${day === today ? 'Today' : 'A day'} at the practice, in ${zone}. Visits as the practice shows them.`}
        tools={
          <>
            <Button variant="default" onClick={() => go(noon - DAY_MS)}>
              Day before
            </Button>
            <Button variant="default" onClick={() => go(Date.parse(`${today}${NOON}`))}>
              Today
            </Button>
            <Button variant="default" onClick={() => go(noon + DAY_MS)}>
              Day after
            </Button>
            <TextInput
              type="date"
              size="xs"
              aria-label="Day"
              value={day}
              onChange={(event) => {
                const ms = Date.parse(`${event.currentTarget.value}${NOON}`)
                if (!Number.isNaN(ms)) go(ms)
              }}
            />
          </>
        }
      />
      <Day practice={practice} day={day} />
    </>
  )
}

function Day({ practice, day }: { readonly practice: string; readonly day: string }) {
  const [facility, setFacility] = useState<string | null>(null)
  const facilities = useAnswer('facilities.list', { practice, limit: 100 })
  const visits = useAnswer(
    'appointments.list',
    { practice, from: day, to: day, limit: 200, ...(facility === null ? {} : { facility }) },
    { everyMs: 5_000, keep: true },
  )
  const places = (facilities.data?.items ?? []).map(({ id, name }) => ({
    value: id,
    label: name ?? id,
  }))
  return (
    <div className="stack">
      {places.length < 2 ? null : (
        <Select
          aria-label="Facility"
          size="xs"
          maw={280}
          clearable
          placeholder="Every facility"
          clearButtonProps={{ 'aria-label': 'Every facility' }}
          data={places}
          value={facility}
          onChange={setFacility}
        />
      )}
      <Answered of={visits} lines={8}>
        {({ items, next, freshness }) =>
          items.length === 0 ? (
            <Panel title="No visits">
              <Nothing title="No visit on this day">
                The practice shows none, as of{' '}
                <Age at={freshness.asOf} otherwise="never completely asked" />.
              </Nothing>
            </Panel>
          ) : (
            <>
              <p className="small quiet">
                {items.length} visits · as of{' '}
                <Age at={freshness.asOf} otherwise="never completely asked" />
                {next === null ? '' : ' · there are more than are shown'}
              </p>
              <div className="lanes">
                {byProvider(items).map(([provider, own]) => (
                  <Lane key={provider} provider={provider} visits={own} />
                ))}
              </div>
            </>
          )
        }
      </Answered>
    </div>
  )
}

function Lane({
  provider,
  visits,
}: {
  readonly provider: string
  readonly visits: readonly Appointment[]
}) {
  const zone = useZone()
  return (
    <Panel title={provider} flush aside={<span className="quiet">{visits.length}</span>}>
      <ol className="slots">
        {visits.map((visit) => (
          <li key={visit.id}>
            <span className="at">
              {visit.start === null ? '–' : timeOfDay(Date.parse(visit.start.given), zone)}
            </span>
            <div>
              <div className="row-between">
                <PatientLink of={visit.patient} />
                <State tone={TONES[visit.status]}>{inWords(visit.status)}</State>
              </div>
              <div className="small quiet">
                {[
                  (visit.reasons ?? []).map(conceptText).join(', ') || conceptText(visit.visitType),
                  visit.mode === 'virtual' ? 'by video' : '',
                  visit.facility.name,
                ]
                  .filter((each) => each)
                  .join(' · ')}{' '}
                <RecordLink type="Encounter" id={visit.id}>
                  record
                </RecordLink>
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function byProvider(
  visits: readonly Appointment[],
): readonly (readonly [string, readonly Appointment[]])[] {
  const startOf = ({ start }: Appointment) => Date.parse(start?.given ?? '') || 0
  const groups = Object.groupBy(visits, ({ provider }) => provider?.name ?? 'No provider shown')
  return Object.entries(groups)
    .map(([provider, own]) => {
      const inOrder = (own ?? []).toSorted((one, other) => startOf(one) - startOf(other))
      return [provider, inOrder] as const
    })
    .toSorted(([one], [other]) => one.localeCompare(other))
}
