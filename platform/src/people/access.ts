// What of a record a caller sees: by type, by element, by patient and by security label. Pure; it is
// applied by the one reader that operations have (operations/charts.ts), so that none can forget it.

import type { ChartAccess } from '../kernel/principal.ts'
import { isRestricted } from '../kernel/security-labels.ts'

const ALWAYS = ['resourceType', 'id', 'meta']

/** Types that are about the practice and not about patients. */
export const TYPES_OF_NOBODY: readonly string[] = [
  ...[
    'Location',
    'Medication',
    'Organization',
    'Practitioner',
    'PractitionerRole',
    'Questionnaire',
  ],
]

/** A record as the mirror gives it; `content` is its JSON text. */
export interface Seen {
  readonly type: string
  readonly patientId: string | undefined
  readonly content: string
  /** Of a content (`Binary`) of nobody: that a record which the caller sees holds it. */
  readonly held?: true
}

/** Whether the caller sees records of the type at all. */
export function seesType({ types }: ChartAccess, type: string): boolean {
  return types === 'all' || types.has(type)
}

/**
 * Whether a record of the patient is seen, or one that says of nobody whose it is. What may be about a
 * patient and does not say so is nobody's to see who sees one patient alone. A content says neither
 * whose it is nor that it is restricted: who does not see all of them sees it through its record.
 */
export function seesPatient(
  { patient, sensitive }: ChartAccess,
  { type, patientId, held }: Pick<Seen, 'type' | 'patientId' | 'held'>,
): boolean {
  if (patientId !== undefined) return patient === undefined || patientId === patient
  if (held === true) return true
  return patient === undefined ? sensitive || type !== 'Binary' : TYPES_OF_NOBODY.includes(type)
}

/** The text that the caller may see of the record; undefined when it is as if it were not there. */
export function visibleContent(access: ChartAccess, record: Seen): string | undefined {
  const { type, content } = record
  const extent = access.types === 'all' ? 'whole' : access.types.get(type)
  if (extent === undefined) return undefined
  if (!seesPatient(access, record)) return undefined
  if (!access.sensitive && isRestricted(content)) return undefined
  return extent === 'whole' ? content : masked(content, extent)
}

/**
 * Of the notes on where a record's content differs from the wire, with the originals: those about
 * elements that the caller sees. `repairs` is their JSON text.
 */
export function visibleRepairs(
  { types }: ChartAccess,
  { type, repairs }: { readonly type: string; readonly repairs: string | undefined },
): string | undefined {
  const extent = types === 'all' ? 'whole' : types.get(type)
  if (extent === 'whole' || repairs === undefined) return repairs
  const notes: unknown = JSON.parse(repairs)
  if (extent === undefined || !Array.isArray(notes)) return undefined
  const kept = new Set([...ALWAYS, ...extent])
  return JSON.stringify(
    notes.filter((note: unknown) => isRecord(note) && kept.has(elementAt(note.path))),
  )
}

/** The element at which a JSON Pointer begins. */
function elementAt(path: unknown): string {
  const [, name = ''] = typeof path === 'string' ? path.split('/') : []
  return name.replace(/^_/, '')
}

/** Keeps the named elements with their primitive siblings (`_element`), in their order. */
function masked(content: string, elements: readonly string[]): string {
  const resource: unknown = JSON.parse(content)
  if (!isRecord(resource)) return content
  const kept = new Set([...ALWAYS, ...elements])
  const shown = Object.entries(resource).filter(([name]) => kept.has(name.replace(/^_/, '')))
  return JSON.stringify(Object.fromEntries(shown))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
