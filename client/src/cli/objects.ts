// chartway patients, appointments and the other unified objects: listed in tables, read one by one, and
// with the states they had. What can be asked is the API's to say.

import type { Operations } from '../generated.ts'
import { cell } from './cells.ts'
import { age, printable, table } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

/** Rows asked for in one page. */
const PAGE = 100
/** Pages read for one command: filters may make them short or empty. */
const PAGES_MAX = 100

/** By object: the columns beside its id, each a place in it. */
const COLUMNS = {
  patients: ['name', 'birthDate', 'gender', 'facility'],
  providers: ['name', 'npi', 'roles.specialties', 'facility'],
  'clinical-staff': ['name', 'roles.codes', 'facility'],
  facilities: ['name', 'status', 'address.city', 'contacts.value'],
  appointments: ['start', 'status', 'patient', 'provider', 'facility', 'reasons'],
  encounters: [
    'period',
    'status',
    'patient',
    'provider',
    'facility',
    'reasons',
    'notes.sign.state',
  ],
  problems: ['code', 'clinicalStatus', 'patient', 'recordedDate'],
  allergies: ['code', 'clinicalStatus', 'criticality', 'patient', 'reactions.manifestations'],
  medications: ['medication', 'status', 'patient', 'dosages.text', 'authoredOn'],
  prescriptions: ['medication', 'status', 'patient', 'quantity', 'refills', 'authoredOn'],
  immunizations: ['vaccine', 'status', 'patient', 'occurrence'],
  vitals: ['code', 'value', 'components.value', 'patient', 'effective'],
  'lab-orders': ['code', 'status', 'orderStatus', 'patient', 'authoredOn'],
  'lab-results': ['code', 'value', 'interpretations', 'patient', 'effective'],
  'diagnostic-reports': ['code', 'status', 'patient', 'effective', 'conclusion'],
  procedures: ['code', 'status', 'patient', 'performed'],
  documents: ['type', 'title', 'sign.state', 'patient', 'date'],
  coverages: ['payers', 'status', 'order', 'patient', 'subscriberId'],
  referrals: ['code', 'status', 'priority', 'patient', 'authoredOn'],
  'care-plans': ['description', 'status', 'patient', 'created'],
  'care-teams': ['name', 'status', 'patient', 'members.member'],
  goals: ['description', 'status', 'patient', 'start'],
  devices: ['type', 'status', 'patient', 'udis.carrier'],
  'charge-items': ['code', 'status', 'quantity', 'price', 'patient', 'occurrence'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type ObjectName = keyof typeof COLUMNS

export const OBJECT_NAMES = Object.keys(COLUMNS).filter(
  (name): name is ObjectName => name in COLUMNS,
)

export interface ObjectOptions {
  readonly limit: number
  /** Filters as the API names them. */
  readonly filters: Readonly<Record<string, string | undefined>>
}

export async function listObjects(
  run: Run,
  object: ObjectName,
  { limit, filters }: ObjectOptions,
): Promise<void> {
  const items: object[] = []
  let more = false
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX && !more; page++) {
    const asked = { practice: run.practice, ...filters, limit: Math.min(PAGE, limit + 1), cursor }
    const answer = await run.client.call(`${object}.list`, inputOf(asked), run.terminal)
    items.push(...answer.items)
    more = items.length > limit
    if (answer.next === null) break
    cursor = answer.next
  }
  const shown = items.slice(0, limit)
  if (run.json) return json(run, { items: shown, more })
  if (shown.length === 0)
    return line(run, `No ${object} that fit are mirrored (yet: see chartway sync).`)
  const head = ['id', ...COLUMNS[object].map((path) => path.split('.')[0] ?? path), 'seen']
  const rows = shown.map((item) => [
    // Whole, since it is what the next command asks for.
    'id' in item ? String(item.id) : '',
    ...COLUMNS[object].map((path) => cell(item, path)),
    seen(item),
  ])
  line(run, table(head, rows))
  if (more) line(run, `… and more: --limit ${limit * 10}`)
}

export async function readObject(run: Run, object: ObjectName, id: string): Promise<void> {
  const input = { id, practice: run.practice }
  const found = await run.client.call(`${object}.read`, input, run.terminal)
  if (run.json) return json(run, found)
  line(run, printableJson(found))
  line(run, '')
  line(run, `the practice last said so ${seen(found)}`)
}

export async function showHistory(
  run: Run,
  object: ObjectName,
  { id, values }: { readonly id: string; readonly values: boolean },
): Promise<void> {
  const input = { id, practice: run.practice }
  const { items } = await run.client.call(`${object}.history`, input, run.terminal)
  if (run.json) return json(run, { items })
  for (const { version, kind, seenAt, differences } of items) {
    line(run, `version ${version}  ${kind}  seen ${seenAt}`)
    if (kind !== 'updated') continue
    if (differences === null) line(run, '  the state before is not held')
    for (const difference of differences ?? []) line(run, `  ${differenceLine(difference, values)}`)
  }
}

/** A difference in one line: its path, and its values only where they are asked for. */
export function differenceLine(
  { path, before, after }: { path: string; before?: unknown; after?: unknown },
  values: boolean,
): string {
  if (!values) return printable(path)
  const told = [before, after].map((value) => (value === undefined ? '–' : JSON.stringify(value)))
  return printable(`${path}: ${told.join(' → ')}`)
}

function seen(item: object): string {
  const freshness = 'freshness' in item ? item.freshness : undefined
  const seconds =
    typeof freshness === 'object' && freshness !== null && 'ageSeconds' in freshness
      ? freshness.ageSeconds
      : null
  return typeof seconds === 'number' ? `${age(seconds)} ago` : 'not completely'
}

/** Laid out for people; what a chart holds cannot steer a terminal. */
function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(printable).join('\n')
}

/** Which filters an object has is the API's to say: it refuses others with their place. */
function inputOf(fields: object): Operations[`${ObjectName}.list`]['input'] {
  return fields
}
