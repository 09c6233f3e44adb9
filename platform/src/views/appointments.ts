// Appointments as the vendor lets them be seen: it has no Appointment resource, its schedule is the
// Encounters of a practitioner and day. What healow knows of a booking is not in them.

import { z } from 'zod'
import { facilityOfEncounter } from './facility.ts'
import { conceptAt, conceptField, momentField, periodAt, refAt, refField } from './parts.ts'
import { type View, view } from './view.ts'
import { modeOf, providerOf, reasonsOf } from './visits.ts'

/** Evidence [I]: production schedules read as Encounters of a practitioner and day. */
const STATUS: Readonly<Record<string, (typeof STATES)[number]>> = {
  planned: 'booked',
  arrived: 'arrived',
  triaged: 'triaged',
  'in-progress': 'in-progress',
  finished: 'finished',
  cancelled: 'cancelled',
}
const STATES = [
  'booked',
  'arrived',
  'triaged',
  'in-progress',
  'finished',
  'cancelled',
  'unknown',
] as const

export const appointments: View = view({
  object: 'appointments',
  component: 'Appointment',
  summary: "Appointments, read from the practice's schedule of encounters",
  type: 'Encounter',
  fields: {
    source: z.literal('encounter').describe('What it was read from'),
    status: z.enum(STATES).describe('`unknown` when the record has none of the known ones'),
    vendorStatus: z.string().nullable().describe('As the record says it'),
    start: momentField.nullable(),
    end: momentField.nullable(),
    day: z.string().nullable().describe("YYYY-MM-DD of the start in the practice's time zone"),
    patient: refField.nullable(),
    provider: refField.nullable().describe('The primary provider, or the only practitioner'),
    visitType: conceptField.nullable(),
    mode: z.enum(['in-person', 'virtual']).nullable(),
    reasons: z.array(conceptField).nullable(),
  },
  project: (record) => {
    const vendorStatus = record.text('status')
    const period = periodAt(record.at('period'))
    const types = record.each('type', conceptAt)
    return {
      facility: facilityOfEncounter(record),
      source: 'encounter' as const,
      status: STATUS[vendorStatus ?? ''] ?? 'unknown',
      vendorStatus,
      start: period?.start ?? null,
      end: period?.end ?? null,
      day: period?.start?.localDay ?? null,
      patient: refAt(record.at('subject')),
      provider: providerOf(record),
      visitType: types?.[0] ?? null,
      mode: modeOf(record.at('class').text('code')),
      reasons: reasonsOf(record),
    }
  },
})
