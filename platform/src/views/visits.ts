// What appointments and encounters have in common: both are read from the vendor's Encounter.

import { conceptAt, hasCode, refAt } from './parts.ts'
import type { Spot } from './spot.ts'

/** The primary provider when one is marked, else the only practitioner, else nobody. */
export function providerOf(encounter: Spot): ReturnType<typeof refAt> {
  const people = encounter.items('participant').flatMap((participant) => {
    const person = refAt(participant.at('individual'))
    if (person === null || (person.type !== null && person.type !== 'Practitioner')) return []
    const types = participant.items('type').flatMap((type) => conceptAt(type) ?? [])
    return [{ person, primary: types.some((type) => hasCode(type, 'PPRF')) }]
  })
  const primary = people.filter((one) => one.primary)
  if (primary.length > 0) return primary[0]?.person ?? null
  return people.length === 1 ? (people[0]?.person ?? null) : null
}

/** HL7 ActCode: `VR` is virtual; what else is not AMB stays unsaid. */
export function modeOf(code: string | null): 'in-person' | 'virtual' | null {
  if (code === 'AMB') return 'in-person'
  return code === 'VR' ? 'virtual' : null
}

export function reasonsOf(encounter: Spot) {
  return encounter.each('reasonCode', conceptAt)
}
