// Notes and reports of a visit with what the vendor shows of signing and locking. The read surface has
// no lock at all: that is said instead of guessed.

import { z } from 'zod'
import { conceptAt, conceptField, momentField, refAt, refField } from './parts.ts'
import type { Spot } from './spot.ts'

export const signField = z
  .object({
    state: z.enum(['signed', 'unsigned', 'amended', 'entered-in-error', 'unknown']),
    from: z.enum(['docStatus', 'status']).nullable().describe('The element that says so'),
    given: z.string().nullable().describe('What it says'),
  })
  .meta({ id: 'SignState' })

export const lockField = z
  .object({
    state: z.literal('unknown'),
    reason: z.literal('not-shown-by-vendor'),
  })
  .meta({ id: 'LockState', description: 'The vendor tells of a lock only when a write is refused' })

export const LOCK_UNKNOWN = { state: 'unknown', reason: 'not-shown-by-vendor' } as const

export const noteField = z
  .object({
    kind: z.enum(['document', 'report']),
    id: z.string(),
    type: conceptField.nullable(),
    title: z.string().nullable(),
    date: momentField.nullable(),
    authors: z.array(refField).nullable(),
    status: z.string().nullable(),
    sign: signField,
    lock: lockField,
    contentHref: z.string().nullable().describe('Where the content of a document is read'),
  })
  .meta({ id: 'NoteOfEncounter' })

type Sign = z.infer<typeof signField>

/** FHIR R4 value set composition-status. */
const BY_DOC_STATUS: Readonly<Record<string, Sign['state']>> = {
  preliminary: 'unsigned',
  final: 'signed',
  amended: 'amended',
  'entered-in-error': 'entered-in-error',
}
/** FHIR R4 value set diagnostic-report-status. */
const BY_REPORT_STATUS: Readonly<Record<string, Sign['state']>> = {
  registered: 'unsigned',
  partial: 'unsigned',
  preliminary: 'unsigned',
  final: 'signed',
  amended: 'amended',
  corrected: 'amended',
  appended: 'amended',
  'entered-in-error': 'entered-in-error',
}

export function signOfDocument(record: Spot): Sign {
  const given = record.text('docStatus')
  if (given === null) return { state: 'unknown', from: null, given: null }
  return { state: BY_DOC_STATUS[given] ?? 'unknown', from: 'docStatus', given }
}

export function signOfReport(record: Spot): Sign {
  const given = record.text('status')
  if (given === null) return { state: 'unknown', from: null, given: null }
  return { state: BY_REPORT_STATUS[given] ?? 'unknown', from: 'status', given }
}

export function titleOf(document: Spot): string | null {
  for (const content of document.items('content')) {
    const title = content.at('attachment').text('title')
    if (title !== null) return title
  }
  return document.text('description')
}

export function noteOfDocument(document: Spot): z.infer<typeof noteField> {
  return {
    kind: 'document',
    id: document.id,
    type: conceptAt(document.at('type')),
    title: titleOf(document),
    date: document.moment('date'),
    authors: document.each('author', refAt),
    status: document.text('status'),
    sign: signOfDocument(document),
    lock: LOCK_UNKNOWN,
    contentHref: `/v1/documents/${document.id}/content`,
  }
}

export function noteOfReport(report: Spot): z.infer<typeof noteField> {
  return {
    kind: 'report',
    id: report.id,
    type: conceptAt(report.at('code')),
    title: null,
    date: report.moment('issued') ?? report.moment('effectiveDateTime'),
    authors: report.each('performer', refAt),
    status: report.text('status'),
    sign: signOfReport(report),
    lock: LOCK_UNKNOWN,
    contentHref: null,
  }
}
