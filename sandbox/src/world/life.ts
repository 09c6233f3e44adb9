// What a living practice holds while it lives: its office, its patients and its export group.

import type { Random } from '../random.ts'
import type { Agenda } from './agenda.ts'
import type { Player } from './player.ts'
import type { Practice } from './practice.ts'
import type { Roster } from './roster.ts'
import type { Setting } from './setting.ts'

export interface Life {
  readonly setting: Setting
  readonly practice: Practice
  readonly agenda: Agenda
  readonly player: Player
  readonly random: Random
  readonly roster: Roster
  readonly groupId: string
  /** Nothing happens before this, epoch ms. */
  readonly startsAt: number
  readonly mixups: 'duplicates' | 'all'
}

/** All patients that were not merged away, as the practice's one export group lists them. */
export function membersOf(roster: Roster) {
  const member = roster.charts
    .filter(({ mergedAway }) => !mergedAway)
    .map(({ patientId }) => ({ entity: { reference: `Patient/${patientId}` } }))
  return { quantity: member.length, member }
}
