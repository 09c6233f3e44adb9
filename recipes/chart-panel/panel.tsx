// A chart panel: who the patient is, problems, medications and vitals, and how old each of them is. It
// shows what the mirror holds and says so where a list was never completely asked.

import type { ChartProblem, Client, Freshness, MedicationEntry, Vital } from '@chartway/client'
import { type ReactNode, useEffect, useState } from 'react'

/** Rows of each list; a panel is not a chart. Of vitals, the newest of each kind. */
const ROWS = 8

async function chartOf(client: Client, id: string, signal: AbortSignal) {
  const asked = { patient: id, limit: ROWS }
  const latest = new Map<string, Vital>()
  for await (const vital of client.all('vitals.list', { patient: id }, { signal })) {
    const kind = vital.code?.text ?? vital.id
    if (dateOf(vital) > dateOf(latest.get(kind))) latest.set(kind, vital)
  }
  const [patient, problems, medications, vitals] = await Promise.all([
    client.call('patients.read', { id }, { signal }),
    client.call('problems.list', asked, { signal }),
    client.call('medications.list', asked, { signal }),
    client.call('vitals.list', { patient: id, limit: 1 }, { signal }),
  ])
  const newest = { ...vitals, items: [...latest.values()], next: null }
  return { patient, problems, medications, vitals: newest }
}

/** Dates of one practice, as text that sorts; what has none comes before all. */
const dateOf = (vital: Vital | undefined) =>
  vital === undefined ? '' : (vital.effective?.start?.given ?? '0')

/** The age in words, from seconds; never a guess where nothing was completely asked. */
export function ageOf({ ageSeconds }: Freshness): string {
  if (ageSeconds === null) return 'never completely asked'
  const minutes = Math.round(ageSeconds / 60)
  if (minutes < 60) return `as of ${minutes} min ago`
  if (minutes < 2880) return `as of ${Math.round(minutes / 60)} h ago`
  return `as of ${Math.round(minutes / 1440)} days ago`
}

function shown({ value, components }: Vital): string {
  const parts = value === null ? (components?.map((one) => one.value) ?? []) : [value]
  const numbers = parts.map((part) => part?.number ?? part?.text ?? '–').join(' / ')
  return `${numbers} ${parts[0]?.unit ?? ''}`.trim()
}

interface SectionOf<T> {
  readonly title: string
  readonly list: { items: readonly T[]; next: string | null; freshness: Freshness }
  readonly row: (item: T) => ReactNode
}

function Section<T extends { readonly id: string }>({ title, list, row }: SectionOf<T>) {
  return (
    <section aria-label={title}>
      <h3>
        {title} <small>{ageOf(list.freshness)}</small>
      </h3>
      {list.items.length === 0 ? <p>None in the mirror.</p> : null}
      <ul>
        {list.items.map((item) => (
          <li key={item.id}>{row(item)}</li>
        ))}
      </ul>
      {list.next === null ? null : <p>There are more.</p>}
    </section>
  )
}

const problemRow = ({ code, clinicalStatus, onset }: ChartProblem) => (
  <>
    {code?.text ?? 'without a name'} <small>{clinicalStatus?.text ?? 'status unknown'}</small>
    {onset?.start ? <small> since {onset.start.given.slice(0, 10)}</small> : null}
  </>
)
const medicationRow = ({ medication, status, dosages }: MedicationEntry) => (
  <>
    {medication?.text ?? 'without a name'} <small>{status ?? 'status unknown'}</small>
    {dosages?.[0]?.text ? <small> {dosages[0].text}</small> : null}
  </>
)
const vitalRow = (vital: Vital) => (
  <>
    {vital.code?.text ?? 'without a name'}: <b>{shown(vital)}</b>{' '}
    <small>{vital.effective?.start?.given.slice(0, 10) ?? 'no date'}</small>
  </>
)

export function ChartPanel({ client, patient: id }: { client: Client; patient: string }) {
  const [chart, setChart] = useState<Awaited<ReturnType<typeof chartOf>>>()
  const [trouble, setTrouble] = useState<string>()
  useEffect(() => {
    const stop = new AbortController()
    setChart(undefined)
    chartOf(client, id, stop.signal).then(setChart, (error: unknown) => {
      if (!stop.signal.aborted) setTrouble(error instanceof Error ? error.message : 'It failed')
    })
    return () => stop.abort()
  }, [client, id])
  if (trouble !== undefined) return <p role="alert">The chart could not be read: {trouble}</p>
  if (chart === undefined) return <p role="status">Reading the chart…</p>
  const { name, gender, birthDate, identifiers, freshness } = chart.patient
  const number = identifiers?.find(({ kind }) => kind === 'account-number' || kind === 'mrn')
  return (
    <article className="chart">
      <header>
        <h2>{name?.display ?? 'A patient without a name'}</h2>
        <p>
          Born {birthDate?.given ?? 'unknown'} · {gender ?? 'gender unknown'} · {number?.value}{' '}
          <small>{ageOf(freshness)}</small>
        </p>
      </header>
      <Section title="Problems" list={chart.problems} row={problemRow} />
      <Section title="Medications" list={chart.medications} row={medicationRow} />
      <Section title="Vitals" list={chart.vitals} row={vitalRow} />
    </article>
  )
}
