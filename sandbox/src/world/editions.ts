// What an office of a kind does: its visits, people, procedures, illnesses and the words of its notes.
// Tables only; nothing here draws or writes.

import conditions from './data/conditions.json' with { type: 'json' }
import editionTable from './data/editions.json' with { type: 'json' }
import organizations from './data/organizations.json' with { type: 'json' }
import visits from './data/visits.json' with { type: 'json' }
import type { Edition } from './types.ts'

export interface Illness {
  readonly key: string
  readonly icd: string
  readonly snomed: string
  readonly text: string
  readonly weight: number
  readonly minAge: number
  readonly chronic: boolean
  readonly medications: readonly string[]
  readonly panels: readonly string[]
  readonly goal?: string
}

export interface EditionRules {
  /** Said behind the facility's name; nothing for a general office. */
  readonly name?: string
  readonly suffix: string
  readonly specialties: readonly { readonly code: string; readonly text: string }[]
  readonly reasons: readonly {
    readonly text: string
    readonly weight: number
    readonly minutes: number
  }[]
  /** A procedure without a code has words only. */
  readonly procedures: readonly {
    readonly cpt?: string
    readonly text: string
    readonly weight: number
  }[]
  readonly procedureShare: number
  readonly levels: readonly string[]
  readonly illnesses: readonly Illness[]
  readonly vitals: boolean
  readonly vaccines: boolean
  readonly isPsychiatric: boolean
  readonly note: {
    readonly text: string
    readonly loinc: string
    /** With `{reason}`, `{reason-lower}`, `{given}`, `{problems}` and `{provider}`. */
    readonly lines: readonly string[]
  }
}

const GENERAL: EditionRules = {
  suffix: 'MD',
  specialties: organizations.specialties,
  reasons: visits.reasons,
  procedures: visits.procedures,
  procedureShare: 0.3,
  levels: visits.levels,
  illnesses: conditions,
  vitals: true,
  vaccines: true,
  isPsychiatric: false,
  note: {
    text: 'Progress note',
    loinc: '11506-3',
    lines: [
      'Chief Complaint: {reason}',
      'HPI: {given} is here for {reason-lower}. No new complaints.',
      'Medical History: {problems}',
      'ROS: negative except as above.',
      'Examination: alert, no distress. Lungs clear.',
      'Assessment and treatment: see plan. Return as needed.',
      'Provider: {provider}',
    ],
  },
}

const ILLNESSES: ReadonlyMap<string, Illness> = new Map(
  [...conditions, ...editionTable.illnesses].map((each) => [each.key, each]),
)

const { editions } = editionTable
const RULES: Readonly<Record<Edition, EditionRules>> = {
  general: GENERAL,
  'behavioral-health': rules(editions['behavioral-health'], true),
  dental: rules(editions.dental),
  vision: rules(editions.vision),
  asc: rules(editions.asc),
  'urgent-care': rules(editions['urgent-care']),
}

function rules(
  row: Omit<EditionRules, 'illnesses' | 'isPsychiatric'> & {
    readonly illnesses: readonly string[]
  },
  isPsychiatric = false,
): EditionRules {
  return { ...row, isPsychiatric, illnesses: row.illnesses.flatMap((key) => illness(key) ?? []) }
}

export function rulesOf(edition: Edition): EditionRules {
  return RULES[edition]
}

export function illness(key: string): Illness | undefined {
  return ILLNESSES.get(key)
}

/** Problems whose records fall under 42 CFR Part 2. */
export const SUBSTANCE_USE: ReadonlySet<string> = new Set(['alcohol', 'opioid'])
