// Roles and what each gives: the one table of what people may do (roles.json), and how the roles of one
// person add up. A role never takes away what another gives. It knows no person.

import type { PracticeId } from '../kernel/ids.ts'
import { type ChartAccess, NO_CHARTS, type Right } from '../kernel/principal.ts'
import table from './roles.json' with { type: 'json' }

export const ROLES = [
  'admin',
  'integrator',
  'clinician',
  'biller',
  'front-desk',
  'auditor',
] as const
export type Role = (typeof ROLES)[number]

/** What somebody was granted: roles, where they hold, and whether restricted records are included. */
export interface Grant {
  readonly roles: readonly Role[]
  /** The only practices; undefined: all of the organization. */
  readonly practices: readonly PracticeId[] | undefined
  /** Records with a restricting security label too; counts with the role of a clinician alone. */
  readonly sensitive: boolean
}

/** Elements that say who somebody is and how to reach them; no race, no narrative, no picture. */
const DEMOGRAPHICS: Readonly<Record<string, readonly string[]>> = {
  Patient: [
    ...['identifier', 'active', 'name', 'telecom', 'gender', 'birthDate', 'deceasedBoolean'],
    ...['deceasedDateTime', 'address', 'maritalStatus', 'contact', 'communication'],
    ...['generalPractitioner', 'managingOrganization', 'link'],
  ],
  RelatedPerson: [
    ...['identifier', 'active', 'patient', 'relationship', 'name', 'telecom', 'gender'],
    ...['birthDate', 'address', 'period', 'communication'],
  ],
}

/** Every type that is mirrored or served; a test holds it against the collections. */
export const CHART_TYPES: readonly string[] = [
  ...['AllergyIntolerance', 'Appointment', 'Basic', 'Binary', 'CarePlan', 'CareTeam', 'ChargeItem'],
  ...['Claim', 'Condition', 'Coverage', 'Device', 'DiagnosticReport', 'DocumentReference'],
  ...['Encounter', 'FamilyMemberHistory', 'Goal', 'Group', 'Immunization', 'Location', 'Media'],
  ...['Medication', 'MedicationAdministration', 'MedicationDispense', 'MedicationRequest'],
  ...['Observation', 'Organization', 'Patient', 'Practitioner', 'PractitionerRole', 'Procedure'],
  ...['Provenance', 'Questionnaire', 'QuestionnaireResponse', 'RelatedPerson', 'ServiceRequest'],
  ...['Specimen'],
]

interface RoleRow {
  readonly says: string
  readonly rights: readonly Right[]
  readonly byPractice: boolean
  readonly charts: ChartAccess['types']
}

const ROWS: Readonly<Record<Role, RoleRow>> = {
  admin: rowOf('admin'),
  integrator: rowOf('integrator'),
  clinician: rowOf('clinician'),
  biller: rowOf('biller'),
  'front-desk': rowOf('front-desk'),
  auditor: rowOf('auditor'),
}

/** What a role is for, in one sentence. */
export function describeRole(role: Role): string {
  return ROWS[role].says
}

/** Whether the role can be held at some practices only: the others are about the organization. */
export function isByPractice(role: Role): boolean {
  return ROWS[role].byPractice
}

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text)
}

export function rightsOf(roles: readonly Role[]): readonly Right[] {
  return [...new Set(roles.flatMap((role) => ROWS[role].rights))]
}

/** What the roles show together: the union of their types, and of their elements of one type. */
export function chartsOf({ roles, sensitive }: Grant): ChartAccess {
  const shown = roles.map((role) => ROWS[role].charts)
  if (shown.every((types) => types !== 'all' && types.size === 0)) return NO_CHARTS
  const types = shown.reduce(bothTypes, new Map())
  return { types, sensitive: sensitive && roles.includes('clinician'), patient: undefined }
}

type Types = ChartAccess['types']

function bothTypes(one: Types, other: Types): Types {
  if (one === 'all' || other === 'all') return 'all'
  const both = new Map(one)
  for (const [type, extent] of other) {
    const before = both.get(type)
    const whole = extent === 'whole' || before === 'whole'
    both.set(type, whole ? 'whole' : [...new Set([...(before ?? []), ...extent])])
  }
  return both
}

function rowOf(role: Role): RoleRow {
  const { says, rights, byPractice, charts } = table[role]
  return { says, rights: rights.filter(isRight), byPractice, charts: typesOf(charts) }
}

function typesOf(charts: string | object): Types {
  if (charts === 'all') return 'all'
  // Nothing of a record but that it is there: `id` and `meta` always remain.
  if (charts === 'provenance') return new Map(CHART_TYPES.map((type) => [type, []]))
  const entries: readonly [string, unknown][] = Object.entries(charts)
  return new Map(entries.map(([type, extent]) => [type, extentOf(type, extent)]))
}

function extentOf(type: string, extent: unknown): 'whole' | readonly string[] {
  if (extent === 'whole') return 'whole'
  if (extent === 'demographics') return DEMOGRAPHICS[type] ?? []
  return Array.isArray(extent) ? extent.map(String) : []
}

function isRight(text: string): text is Right {
  return ['charts', 'monitor', 'audit', 'settings', 'people'].includes(text)
}
