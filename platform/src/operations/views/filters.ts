// By what lists of unified objects can be narrowed. Each filter holds a finished object against a
// value, strictly: nothing sounds alike. What the mirror can look up narrows its candidates first.

import { folded } from '@chartway/codecs/fhir/search'
import { z } from 'zod'
import {
  type Candidates,
  type Condition,
  storedText,
  TOKEN_PART,
  ZONE_MS_MAX,
} from '../../mirror/index.ts'
import type { View } from '../../views/index.ts'
import { idField } from '../fields.ts'

export type Shown = Readonly<Record<string, unknown>>
export type Wanted = Readonly<Record<string, string>>

interface Filter {
  readonly field: z.ZodType<string | undefined>
  test(object: Shown, value: string): boolean
  /** It looks at fields that come from other records. */
  readonly joined?: boolean
  /** What the mirror finds candidates by; the test still decides. */
  condition?(value: string): Condition
}

const DAY_MS = 86_400_000
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, YYYY-MM-DD')
  .refine((text) => Number.isFinite(Date.parse(`${text}T00:00:00Z`)), 'a day, YYYY-MM-DD')
const word = z.string().trim().min(1, 'at least one letter').max(100)
const code = z.string().regex(/^(?:[^|\s]{1,200}\|)?[^|]{1,100}$/, 'a code, or system|code')

/** Values at a path of names, through lists. */
function at(value: unknown, ...names: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => at(item, ...names))
  const [name, ...rest] = names
  if (name === undefined) return value === null || value === undefined ? [] : [value]
  return isObject(value) ? at(value[name], ...rest) : []
}

function isObject(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null
}

function isAt(...paths: readonly string[]): Filter['test'] {
  return (object, value) => paths.some((path) => at(object, ...path.split('.')).includes(value))
}

/** `code` or `system|code` among the codings of the fields; a plain text field is a code too. */
function codeAt(...paths: readonly string[]): Filter['test'] {
  return (object, value) => {
    const [system, wanted] = value.includes('|')
      ? [value.slice(0, value.lastIndexOf('|')), value.slice(value.lastIndexOf('|') + 1)]
      : [undefined, value]
    return paths.some((path) => {
      const found = at(object, ...path.split('.'))
      if (system === undefined && found.includes(wanted)) return true
      return at(found, 'codings').some(
        (one) =>
          isObject(one) && one.code === wanted && (system === undefined || one.system === system),
      )
    })
  }
}

/** A name's part begins with it, whatever the case and the accents: FHIR R4 search, string. */
function nameAt(...paths: readonly string[]): Filter['test'] {
  return (object, value) =>
    paths.some((path) =>
      at(object, ...path.split('.')).some(
        (part) => typeof part === 'string' && folded(part).startsWith(folded(value)),
      ),
    )
}

function identifierAt(object: Shown, value: string): boolean {
  const split = value.lastIndexOf('|')
  const system = split < 0 ? undefined : value.slice(0, split)
  const wanted = value.slice(split + 1)
  return at(object, 'identifiers').some(
    (one) =>
      isObject(one) && one.value === wanted && (system === undefined || one.system === system),
  )
}

/** Days by which a list can be bounded: the first path that has one. */
function localDayAt(object: Shown, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const [found] = at(object, ...path.split('.'))
    if (typeof found === 'string') return found
  }
  return undefined
}

const bounds = (...paths: readonly string[]): Record<string, Filter> => ({
  from: {
    field: day.optional().describe("On this day or later, in the practice's time zone"),
    test: (object, value) => (localDayAt(object, paths) ?? '') >= value,
  },
  to: {
    field: day.optional().describe("On this day or before, in the practice's time zone"),
    test: (object, value) => (localDayAt(object, paths) ?? '\uffff') <= value,
  },
})

const ofFacility = (joined: boolean, ...paths: readonly string[]): Record<string, Filter> => ({
  facility: {
    field: idField.optional().describe('Only what belongs to this facility'),
    joined,
    test: isAt('facility.id', ...paths),
  },
})

const statusAt = (...paths: readonly string[]): Record<string, Filter> => ({
  status: { field: code.optional().describe('Exactly this status'), test: codeAt(...paths) },
})

const codeIn = (...paths: readonly string[]): Record<string, Filter> => ({
  code: {
    field: code.optional().describe('A code, or system|code'),
    test: codeAt(...paths),
  },
})

const providerAt = (...paths: readonly string[]): Record<string, Filter> => ({
  provider: {
    field: idField.optional().describe('Id of a practitioner who did, ordered or recorded it'),
    test: isAt(...paths.map((path) => `${path}.id`)),
  },
})

const names: Record<string, Filter> = {
  name: {
    field: word.optional().describe('A part of the name begins with it'),
    test: nameAt('name.family', 'name.given', 'otherNames.family', 'otherNames.given', 'name.text'),
    condition: (value) => startsWith('name', value),
  },
  family: {
    field: word.optional().describe('A family name begins with it'),
    test: nameAt('name.family', 'otherNames.family'),
    condition: (value) => startsWith('family', value),
  },
  given: {
    field: word.optional().describe('A given name begins with it'),
    test: nameAt('name.given', 'otherNames.given'),
    condition: (value) => startsWith('given', value),
  },
  identifier: {
    field: code.optional().describe('A value, or system|value, exactly'),
    test: identifierAt,
    condition: (value) => ({
      parameter: 'identifier',
      any: [
        {
          kind: 'prefix',
          value: storedText(`${value.slice(value.lastIndexOf('|') + 1)}${TOKEN_PART}`),
        },
      ],
    }),
  },
}

function startsWith(parameter: string, value: string): Condition {
  return { parameter, any: [{ kind: 'prefix', value: storedText(folded(value)) }] }
}

/** Within the days, whatever the time zone; the test is exact. */
function between(parameter: string, from: string | undefined, to: string | undefined): Condition {
  const first = from === undefined ? undefined : Date.parse(from) - ZONE_MS_MAX
  const last = to === undefined ? undefined : Date.parse(to) + DAY_MS + ZONE_MS_MAX
  const range = {
    kind: 'range',
    ...(first === undefined ? {} : { highFrom: first }),
    ...(last === undefined ? {} : { lowBelow: last }),
  } as const
  return { parameter, any: [range] }
}

const patient: Record<string, Filter> = {
  patient: {
    field: idField.optional().describe('Only what belongs to this patient'),
    test: (object, value) => at(object, 'patient', 'id').includes(value),
  },
}

const encounter: Record<string, Filter> = {
  encounter: {
    field: idField.optional().describe('Only what names this encounter'),
    test: isAt('encounter.id', 'encounters.id'),
  },
}

const practitioner: Filter = {
  field: idField.optional().describe('Id of a practitioner who takes part'),
  test: isAt('provider.id', 'participants.person.id'),
  condition: (value) => ({
    parameter: 'practitioner',
    any: [{ kind: 'equal', values: [`Practitioner/${value}`] }],
  }),
}

const staff = {
  ...names,
  ...ofFacility(true, 'roles.facilities.id'),
  ...codeIn('roles.specialties', 'roles.codes'),
}

const FILTERS: Readonly<Record<string, Readonly<Record<string, Filter>>>> = {
  patients: {
    ...names,
    birthDate: {
      field: day.optional().describe('Born on this day, exactly'),
      test: isAt('birthDate.given'),
      condition: (value) => between('birthdate', value, value),
    },
    provider: {
      field: idField.optional().describe('Id of a general practitioner'),
      test: isAt('generalPractitioners.id'),
      condition: (value) => ({
        parameter: 'general-practitioner',
        any: [{ kind: 'equal', values: [`Practitioner/${value}`] }],
      }),
    },
    ...ofFacility(true, 'facilities.id'),
  },
  providers: staff,
  'clinical-staff': staff,
  facilities: {
    name: {
      field: word.optional().describe('The name begins with it'),
      test: nameAt('name'),
      condition: (value) => startsWith('name', value),
    },
    ...statusAt('status'),
  },
  appointments: {
    ...patient,
    provider: practitioner,
    ...ofFacility(false),
    ...bounds('day'),
    ...statusAt('status'),
    ...codeIn('visitType'),
  },
  encounters: {
    ...patient,
    provider: practitioner,
    ...ofFacility(false, 'locations.id'),
    ...bounds('period.start.localDay'),
    ...statusAt('status'),
    ...codeIn('types', 'class'),
  },
  problems: chart(
    'clinicalStatus',
    'code',
    ['recordedDate.localDay', 'onset.start.localDay'],
    'recorder',
  ),
  allergies: chart('clinicalStatus', 'code', ['recordedDate.localDay'], 'recorder'),
  medications: chart('status', 'medication', ['authoredOn.localDay'], 'prescriber'),
  prescriptions: chart('status', 'medication', ['authoredOn.localDay'], 'prescriber'),
  immunizations: chart('status', 'vaccine', ['occurrence.start.localDay'], 'performers'),
  vitals: chart('status', 'code', ['effective.start.localDay'], 'performers'),
  'lab-orders': chart(
    'status',
    'code',
    ['authoredOn.localDay', 'occurrence.start.localDay'],
    'requester',
  ),
  'lab-results': chart(
    'status',
    'code',
    ['effective.start.localDay', 'issued.localDay'],
    'performers',
  ),
  'diagnostic-reports': chart(
    'status',
    'code',
    ['effective.start.localDay', 'issued.localDay'],
    'performers',
  ),
  procedures: chart('status', 'code', ['performed.start.localDay'], 'performers'),
  documents: {
    ...chart('status', 'type', ['date.localDay', 'period.start.localDay'], 'authors'),
    category: {
      field: code.optional().describe('A code, or system|code'),
      test: codeAt('categories'),
    },
  },
  coverages: { ...patient, ...statusAt('status') },
  referrals: chart(
    'status',
    'code',
    ['authoredOn.localDay', 'occurrence.start.localDay'],
    'requester',
  ),
  'care-plans': chart(
    'status',
    'categories',
    ['created.localDay', 'period.start.localDay'],
    'author',
  ),
  'care-teams': { ...patient, ...statusAt('status'), ...providerAt('members.member') },
  goals: { ...patient, ...statusAt('status'), ...bounds('start.localDay') },
  devices: { ...patient, ...statusAt('status'), ...codeIn('type') },
  'charge-items': chart('status', 'code', ['occurrence.start.localDay'], 'performers'),
}

function chart(
  status: string,
  coded: string,
  days: readonly string[],
  provider: string,
): Record<string, Filter> {
  return {
    ...patient,
    ...providerAt(provider),
    ...ofFacility(true),
    ...encounter,
    ...bounds(...days),
    ...statusAt(status),
    ...codeIn(coded),
  }
}

/** The filters of a view's list, as fields of its input. */
export function filterFields({ object }: View): Record<string, z.ZodType<string | undefined>> {
  const filters = Object.entries(FILTERS[object] ?? {})
  return Object.fromEntries(filters.map(([name, { field }]) => [name, field]))
}

/** Whether a wanted filter looks at other records. */
export function needsJoined({ object }: View, wanted: Wanted): boolean {
  return Object.keys(wanted).some((name) => FILTERS[object]?.[name]?.joined === true)
}

/** Whether the object passes those filters; `joined`: also those that look at other records. */
export function passes(view: View, object: Shown, wanted: Wanted, joined: boolean): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const filter = FILTERS[view.object]?.[name]
    return filter === undefined || (filter.joined === true && !joined) || filter.test(object, value)
  })
}

/** Where the mirror should look; `changedFrom` as epoch ms. */
export function candidatesFor(
  view: View,
  wanted: Wanted,
  changedFrom: number | undefined,
): Candidates {
  if (wanted.patient !== undefined) return { kind: 'patients', patients: [wanted.patient] }
  const conditions = Object.entries(wanted).flatMap(
    ([name, value]) => FILTERS[view.object]?.[name]?.condition?.(value) ?? [],
  )
  if (view.type === 'Encounter' && (wanted.from !== undefined || wanted.to !== undefined))
    conditions.push(between('date', wanted.from, wanted.to))
  if (conditions.length > 0) return { kind: 'rows', conditions }
  if (changedFrom === undefined) return { kind: 'all' }
  return { kind: 'changed', from: changedFrom, before: Number.MAX_SAFE_INTEGER, descending: false }
}
