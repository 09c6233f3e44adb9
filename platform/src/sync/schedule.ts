// When a question is asked next. Pure: rows and times in, times out.

import type { SearchRow } from '../pathways/contract.ts'
import { type NewDue, RANK } from './store.ts'

/** How often things are asked again, business milliseconds. */
export interface SweepSettings {
  /** Charts and the encounters of each practitioner. */
  readonly chartIntervalMs: number
  /** Who is there: patients, practitioners, locations, by the letters of their names. */
  readonly rosterIntervalMs: number
  /** Resources that can only be had by id. */
  readonly referenceIntervalMs: number
  /** A reference that led nowhere, at first: what it names may not be visible yet. */
  readonly danglingIntervalMs: number
}

export const DEFAULT_SWEEP: SweepSettings = {
  chartIntervalMs: 30 * 60_000,
  rosterIntervalMs: 60 * 60_000,
  referenceIntervalMs: 24 * 60 * 60_000,
  danglingIntervalMs: 60 * 60_000,
}

const RETRY_FIRST_MS = 15_000
const RETRY_MAX_MS = 10 * 60_000
const INCOMPLETE_RETRY_MS = 60_000
const DANGLING_MAX_MS = 7 * 24 * 60 * 60_000

/** Name prefixes asked when a roster row names none of its own. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789']

/** A question about one resource by its id; every type can be asked so. */
export function idSearch(type: string): string {
  return `${type}.byId`
}

export function typeOfIdSearch(search: string): string | undefined {
  return search.endsWith('.byId') ? search.slice(0, -'.byId'.length) : undefined
}

export function intervalOf(row: SearchRow | undefined, settings: SweepSettings): number {
  switch (row?.per) {
    case 'patient':
    case 'practitioner':
      return settings.chartIntervalMs
    case 'letter':
    case 'practice':
      return settings.rosterIntervalMs
    default:
      return settings.referenceIntervalMs
  }
}

/** After a failure: doubling from 15 s up to 10 min. */
export function retryAt(now: number, attempts: number): number {
  return now + Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 10))
}

/** After an answer that there is no such thing: doubling from the settings' interval up to 7 days. */
export function danglingAt(askedAt: number, absences: number, settings: SweepSettings): number {
  const doubled = settings.danglingIntervalMs * 2 ** Math.min(absences, 20)
  return askedAt + Math.min(DANGLING_MAX_MS, doubled)
}

/** After a listing that was not complete: soon, since its freshness does not move until then. */
export function incompleteRetryAt(now: number, attempts: number): number {
  return Math.max(now + INCOMPLETE_RETRY_MS, retryAt(now, attempts))
}

/** The questions that need nothing to be known first: rosters and whole-practice searches. */
export function directoryQuestions(plan: readonly SearchRow[], now: number): NewDue[] {
  return plan.flatMap((row) => {
    if (row.per === 'practice') return [due(row, '', RANK.directory, now)]
    if (row.per !== 'letter') return []
    const rank = row.type === 'Patient' ? RANK.directory : RANK.chart
    return (row.subjects ?? LETTERS).map((letter) => due(row, letter, rank, now))
  })
}

/** What is asked about a newly known patient or practitioner; nothing for other types. */
export function questionsAbout(
  plan: readonly SearchRow[],
  type: string,
  id: string,
  now: number,
): NewDue[] {
  const per = type === 'Patient' ? 'patient' : type === 'Practitioner' ? 'practitioner' : undefined
  return plan.filter((row) => row.per === per).map((row) => due(row, id, RANK.chart, now))
}

function due(row: SearchRow, subject: string, rank: number, dueAt: number): NewDue {
  return { search: row.name, subject, rank, dueAt }
}
