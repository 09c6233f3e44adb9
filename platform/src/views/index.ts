// The views' door: every unified object, by the name under which it is served.

import { allergies } from './allergies.ts'
import { appointments } from './appointments.ts'
import { carePlans, careTeams, goals } from './care.ts'
import { chargeItems } from './charge-items.ts'
import { coverages } from './coverages.ts'
import { devices } from './devices.ts'
import { documents } from './documents.ts'
import { encounters } from './encounters.ts'
import { facilities } from './facilities.ts'
import { immunizations } from './immunizations.ts'
import { medications, prescriptions } from './medications.ts'
import { labResults, vitals } from './observations.ts'
import { labOrders, referrals } from './orders.ts'
import { patients } from './patients.ts'
import { problems } from './problems.ts'
import { procedures } from './procedures.ts'
import { clinicalStaff, providers } from './providers.ts'
import { diagnosticReports } from './reports.ts'
import type { View } from './view.ts'

export { localDay } from './local-day.ts'
export { type Moment, type Note, RULES, type Source, Spot } from './spot.ts'
export { type Beside, type FacilityOf, facilityField, type View } from './view.ts'

export const VIEWS: readonly View[] = [
  patients,
  providers,
  clinicalStaff,
  facilities,
  appointments,
  encounters,
  problems,
  allergies,
  medications,
  prescriptions,
  immunizations,
  vitals,
  labOrders,
  labResults,
  diagnosticReports,
  procedures,
  documents,
  coverages,
  referrals,
  carePlans,
  careTeams,
  goals,
  devices,
  chargeItems,
]
