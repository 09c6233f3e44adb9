// The places of the console that have a name in the rail and a key. Which of them somebody is offered
// depends on what they may see.

import type { Access, Right } from '../api/session.tsx'

export interface Place {
  readonly name: string
  readonly key: string
  readonly to: string
  readonly needs: Right | undefined
  /** The FHIR type whose records it shows. */
  readonly of?: string
  /** Whether it is about one practice; its address is then below that practice's. */
  readonly practice: boolean
}

const PRACTICE: readonly Place[] = [
  { name: 'Patients', key: 'p', to: 'patients', needs: 'charts', of: 'Patient', practice: true },
  { name: 'Schedule', key: 's', to: 'schedule', needs: 'charts', of: 'Encounter', practice: true },
  { name: 'Changes', key: 'c', to: 'changes', needs: 'charts', practice: true },
  { name: 'Calls and errors', key: 'e', to: 'calls', needs: 'monitor', practice: true },
]

const SETTINGS: readonly Place[] = [
  { name: 'Access ledger', key: 'l', to: '/ledger', needs: 'audit', practice: false },
  { name: 'Practices', key: 't', to: '/settings/practices', needs: 'settings', practice: false },
  { name: 'API keys', key: 'k', to: '/settings/keys', needs: 'settings', practice: false },
  { name: 'People', key: 'u', to: '/settings/people', needs: 'people', practice: false },
]

const OVERVIEW: Place = { name: 'Overview', key: 'o', to: '/', needs: 'monitor', practice: false }
const ACCOUNT: Place = {
  name: 'Your account',
  key: 'a',
  to: '/account',
  needs: undefined,
  practice: false,
}

/** What is offered, in groups. */
export function placesFor({ has, sees }: Access): {
  readonly overview: readonly Place[]
  readonly practice: readonly Place[]
  readonly settings: readonly Place[]
} {
  const offered = ({ needs, of }: Place) =>
    (needs === undefined || has(needs)) && (of === undefined || sees(of) !== 'none')
  return {
    overview: [OVERVIEW].filter(offered),
    practice: PRACTICE.filter(offered),
    settings: [...SETTINGS, ACCOUNT].filter(offered),
  }
}

/** The address of a place; undefined when it needs a practice and there is none. */
export function addressOf(place: Place, practice: string | undefined): string | undefined {
  if (!place.practice) return place.to
  return practice === undefined ? undefined : `/p/${practice}/${place.to}`
}
