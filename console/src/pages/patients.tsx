// Finding a patient by name, birth date or identifier. What is typed goes into a request's body and
// stays in the page's memory; it stands in no address.

import type { Operations } from '@chartway/client'
import { Button, TextInput } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { useAnswer } from '../api/client.ts'
import { useInstallationTime } from '../api/installation-clock.ts'
import { searchFor, termsOf, useSought } from '../api/sought.ts'
import { dateInWords, inWords, yearsOld } from '../api/words.ts'
import { Age } from '../parts/age.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Answered, Nothing } from '../parts/states.tsx'
import { useZone } from '../parts/zone.ts'

type Patient = Operations['patients.search']['output']['items'][number]

const ROWS = 50

export function PatientsPage() {
  const { practice = '' } = useParams({ strict: false })
  const sought = useSought()
  const [text, setText] = useState(sought)
  const [cursors, setCursors] = useState<readonly string[]>([])
  useEffect(() => {
    setText(sought)
    setCursors([])
  }, [sought])
  const { name, ...exact } = termsOf(sought)
  const [first, ...others] = (name ?? '').split(' ')
  const found = useAnswer(
    'patients.search',
    {
      practice,
      ...exact,
      ...(first ? { name: first } : {}),
      ...(cursors.length === 0 ? {} : { cursor: cursors.at(-1) }),
      limit: ROWS,
    },
    { keep: true },
  )
  const search = (event: FormEvent) => {
    event.preventDefault()
    searchFor(text)
  }
  return (
    <>
      <PageHead
        windowTitle="Patients"
        title="Patients"
        lead="By name, birth date (1984-03-09 or 3/9/1984), identifier or account number."
      />
      <div className="stack">
        <form className="row" onSubmit={search} autoComplete="off">
          <TextInput
            id="patient-search"
            style={{ flex: '1 1 260px', maxWidth: 460 }}
            aria-label="Name, birth date or identifier"
            placeholder="Name, birth date or identifier"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" size="sm">
            Find
          </Button>
          {sought === '' ? null : (
            <Button variant="default" size="sm" onClick={() => searchFor('')}>
              Show all
            </Button>
          )}
        </form>
        <Panel
          title={sought === '' ? 'Everybody' : 'Found'}
          flush
          aside={
            found.data === undefined ? null : (
              <span className="quiet">
                as of <Age at={found.data.freshness.asOf} otherwise="never completely asked" />
              </span>
            )
          }
        >
          <Answered of={found} lines={8}>
            {({ items, next }) => (
              <Found
                practice={practice}
                patients={ordered(items.filter((patient) => hasAll(patient, others)))}
                more={next}
                earlier={cursors.length > 0}
                onMore={() => next !== null && setCursors([...cursors, next])}
                onEarlier={() => setCursors(cursors.slice(0, -1))}
              />
            )}
          </Answered>
        </Panel>
      </div>
    </>
  )
}

/** By name within what is shown; the API itself has no order of names. */
function ordered(patients: readonly Patient[]): readonly Patient[] {
  return patients.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)))
}

/** The API takes one beginning of a name; further words are held against what it found. */
function hasAll({ name }: Patient, words: readonly string[]): boolean {
  const parts = [name?.family ?? '', ...(name?.given ?? [])].map((part) => part.toLowerCase())
  return words.every((word) => parts.some((part) => part.startsWith(word.toLowerCase())))
}

function Found({
  practice,
  patients,
  more,
  earlier,
  onMore,
  onEarlier,
}: {
  readonly practice: string
  readonly patients: readonly Patient[]
  readonly more: string | null
  readonly earlier: boolean
  readonly onMore: () => void
  readonly onEarlier: () => void
}) {
  const zone = useZone()
  const time = useInstallationTime()
  if (patients.length === 0)
    return (
      <Nothing title="Nobody found">
        A name may be written in another way; a birth date must be whole. Somebody the practice has
        never shown to Chartway cannot be found here.
      </Nothing>
    )
  return (
    <>
      <table className="table cards">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Born</th>
            <th scope="col">Gender</th>
            <th scope="col">Account</th>
            <th scope="col">Provider</th>
            <th scope="col">Confirmed</th>
          </tr>
        </thead>
        <tbody>
          {patients.map((patient) => (
            <tr key={patient.id}>
              <td data-lead>
                <Link
                  className="strong"
                  to="/p/$practice/patients/$patient"
                  params={{ practice, patient: patient.id }}
                >
                  {nameOf(patient)}
                </Link>
              </td>
              <td data-label="Born" className="nowrap">
                {dateInWords(patient.birthDate?.given, zone)}
                {time === undefined ? null : (
                  <span className="quiet"> · {yearsOld(patient.birthDate?.given, time.now)}</span>
                )}
              </td>
              <td data-label="Gender">{inWords(patient.gender)}</td>
              <td data-label="Account">{accountOf(patient)}</td>
              <td data-label="Provider">{patient.generalPractitioners?.[0]?.name ?? ''}</td>
              <td data-label="Confirmed">
                <Age at={patient.freshness.asOf} otherwise="never completely" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more !== null || earlier ? (
        <div className="panel-body row">
          <Button variant="default" disabled={!earlier} onClick={onEarlier}>
            Earlier
          </Button>
          <Button variant="default" disabled={more === null} onClick={onMore}>
            More
          </Button>
        </div>
      ) : null}
    </>
  )
}

/** "Family, Given"; the record's own text when it has no parts. */
export function nameOf({ name }: Pick<Patient, 'name'>): string {
  if (name === null) return 'No name shown'
  const given = name.given.join(' ')
  if (name.family !== null) return given === '' ? name.family : `${name.family}, ${given}`
  return name.display ?? name.text ?? 'No name shown'
}

function accountOf({ identifiers }: Patient): string {
  const found = identifiers?.find(({ kind }) => kind === 'account-number' || kind === 'mrn')
  return found?.value ?? ''
}
