// Encounters with who took part, why, what was diagnosed, and their notes with the sign state as far
// as the vendor shows it. The text of a note is read as a document.

import { isJsonObject, type JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { facilityOfEncounter } from './facility.ts'
import { LOCK_UNKNOWN, lockField, noteField, noteOfDocument, noteOfReport } from './notes.ts'
import {
  conceptAt,
  conceptField,
  hasCode,
  identifierAt,
  identifierField,
  periodAt,
  refAt,
  referenceParts,
  refField,
  whenField,
} from './parts.ts'
import type { Spot } from './spot.ts'
import { type Beside, type View, view } from './view.ts'
import { modeOf, providerOf, reasonsOf } from './visits.ts'

const participantField = z.object({ roles: z.array(conceptField), person: refField.nullable() })

const diagnosisField = z
  .object({
    condition: z.string().nullable().describe('Id of the Condition'),
    code: conceptField.nullable(),
    use: conceptField.nullable(),
    rank: z.number().nullable(),
    from: z.enum(['encounter', 'condition']).describe('Which record says so'),
  })
  .meta({ id: 'DiagnosisOfEncounter' })

export const encounters: View = view({
  object: 'encounters',
  component: 'Encounter',
  summary: 'Encounters with participants, reasons, diagnoses and notes',
  type: 'Encounter',
  wants: conditionsOf,
  beside: [
    { type: 'Condition', of: 'patient' },
    { type: 'DocumentReference', of: 'patient' },
    { type: 'DiagnosticReport', of: 'patient' },
  ],
  joined: ['diagnoses', 'notes', 'notesComplete'],
  fields: {
    identifiers: z.array(identifierField).nullable(),
    status: z.string().nullable(),
    class: conceptField.nullable(),
    mode: z.enum(['in-person', 'virtual']).nullable(),
    types: z.array(conceptField).nullable(),
    period: whenField.nullable(),
    patient: refField.nullable(),
    provider: refField.nullable().describe('The primary provider, or the only practitioner'),
    participants: z.array(participantField).nullable(),
    reasons: z.array(conceptField).nullable(),
    locations: z.array(refField).nullable(),
    serviceProvider: refField.nullable(),
    dischargeDisposition: conceptField.nullable(),
    diagnoses: z.array(diagnosisField).nullable(),
    notes: z.array(noteField).describe('Documents and reports that name this encounter'),
    notesComplete: z
      .boolean()
      .describe('False when the patient has more records than are looked at for one encounter'),
    lock: lockField,
  },
  project: (record, beside) => ({
    facility: facilityOfEncounter(record),
    identifiers: record.each('identifier', identifierAt),
    status: record.text('status'),
    class: classOf(record.at('class')),
    mode: modeOf(record.at('class').text('code')),
    types: record.each('type', conceptAt),
    period: periodAt(record.at('period')),
    patient: refAt(record.at('subject')),
    provider: providerOf(record),
    participants: record.each('participant', (one) => ({
      roles: one.items('type').flatMap((type) => conceptAt(type) ?? []),
      person: refAt(one.at('individual')),
    })),
    reasons: reasonsOf(record),
    locations: record.each('location', (one) => refAt(one.at('location'))),
    serviceProvider: refAt(record.at('serviceProvider')),
    dischargeDisposition: conceptAt(record.at('hospitalization').at('dischargeDisposition')),
    diagnoses: diagnosesOf(record, beside),
    notes: notesOf(record, beside),
    notesComplete: ['Condition', 'DocumentReference', 'DiagnosticReport'].every(
      (type) => beside.all(type).whole,
    ),
    lock: LOCK_UNKNOWN,
  }),
})

/** `class` is a Coding. */
function classOf(coding: Spot) {
  const system = coding.text('system')
  const code = coding.text('code')
  const display = coding.text('display')
  if (code === null && display === null) return null
  return { text: display, codings: [{ system, code, display }] }
}

function conditionsOf({ diagnosis }: JsonObject): readonly string[] {
  if (!Array.isArray(diagnosis)) return []
  return diagnosis.flatMap((one) => {
    const condition = isJsonObject(one) ? one.condition : undefined
    const text = isJsonObject(condition) ? condition.reference : undefined
    const parts = typeof text === 'string' ? referenceParts(text) : undefined
    return parts?.type === 'Condition' ? [`Condition/${parts.id}`] : []
  })
}

function diagnosesOf(record: Spot, beside: Beside): z.infer<typeof diagnosisField>[] | null {
  const own = record.each('diagnosis', (one) => {
    const id = refAt(one.at('condition'))?.id ?? null
    const condition = id === null ? undefined : beside.one(`Condition/${id}`)
    return {
      condition: id,
      code: condition === undefined ? null : conceptAt(condition.at('code')),
      use: conceptAt(one.at('use')),
      rank: one.number('rank'),
      from: 'encounter' as const,
    }
  })
  if (own === null) return null
  const named = new Set(own.map(({ condition }) => condition))
  const others = beside.all('Condition').items.filter((condition) => {
    if (named.has(condition.id) || refAt(condition.at('encounter'))?.id !== record.id) return false
    const categories = condition.items('category').map(conceptAt)
    return categories.some((category) => hasCode(category, 'encounter-diagnosis'))
  })
  return [
    ...own,
    ...others.map((condition) => ({
      condition: condition.id,
      code: conceptAt(beside.use(condition).at('code')),
      use: null,
      rank: null,
      from: 'condition' as const,
    })),
  ]
}

function notesOf(record: Spot, beside: Beside): z.infer<typeof noteField>[] {
  const documents = beside.all('DocumentReference').items.filter((document) => {
    const named = document.at('context').items('encounter')
    return named.some((one) => refAt(one)?.id === record.id)
  })
  const reports = beside
    .all('DiagnosticReport')
    .items.filter((report) => refAt(report.at('encounter'))?.id === record.id)
  return [
    ...documents.map((document) => noteOfDocument(beside.use(document))),
    ...reports.map((report) => noteOfReport(beside.use(report))),
  ]
}
