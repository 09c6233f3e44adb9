// What the patient takes: orders, what was handed out, what was given in the office. The medication
// list itself belongs to the practice.

import type { Random } from '../../random.ts'
import medications from '../data/medications.json' with { type: 'json' }
import visits from '../data/visits.json' with { type: 'json' }
import { concept, optional, refer } from '../shapes.ts'
import type { Identified } from '../steps.ts'
import {
  type ChartContext,
  encounterRef,
  type Prescription,
  patientRef,
  practitionerRef,
  type Visit,
} from './chart.ts'

function listed(key: string) {
  return medications.find((medication) => medication.key === key)
}

/** Throws a RangeError for a key that `data/medications.json` does not know. */
export function medicationRequest(
  { setting, chart }: ChartContext,
  key: string,
  options: { random: Random; at: number; visit: Visit | undefined },
): Identified {
  const { random, at, visit } = options
  const medication = listed(key)
  const medicationId = setting.medications.get(key)
  if (medication === undefined || medicationId === undefined) {
    throw new RangeError('a medication that is not on the list')
  }
  return {
    resourceType: 'MedicationRequest',
    id: setting.ids.next('MedicationRequest'),
    status: random.chance(0.85) ? 'active' : 'unknown',
    intent: random.chance(0.8) ? 'order' : 'plan',
    reportedBoolean: true,
    medicationReference: refer('Medication', medicationId, medication.text),
    subject: patientRef(chart),
    ...optional('encounter', visit === undefined ? undefined : encounterRef(visit)),
    authoredOn: setting.calendar.dateTime(at),
    requester: practitionerRef(visit?.provider ?? chart.provider),
    dosageInstruction: [
      {
        text: medication.sig,
        additionalInstruction: [concept(medication.sig.split(' Orally')[0] ?? medication.sig)],
        doseAndRate: [{ doseQuantity: { value: Number.parseInt(medication.sig, 10) || 1 } }],
      },
    ],
    dispenseRequest: {
      numberOfRepeatsAllowed: medication.refills,
      quantity: { value: medication.quantity },
    },
  }
}

export function medicationDispense(
  { setting, chart }: ChartContext,
  prescription: Prescription,
  options: { random: Random; at: number },
): Identified {
  const medication = listed(prescription.key)
  const medicationId = setting.medications.get(prescription.key)
  const pharmacy = options.random.pick(setting.pharmacies)
  return {
    resourceType: 'MedicationDispense',
    id: setting.ids.next('MedicationDispense'),
    status: 'completed',
    ...(medicationId === undefined
      ? { medicationCodeableConcept: concept('unknown') }
      : { medicationReference: refer('Medication', medicationId, medication?.text) }),
    subject: patientRef(chart),
    performer: [{ actor: refer('Organization', pharmacy.id, pharmacy.name) }],
    authorizingPrescription: [refer('MedicationRequest', prescription.id)],
    quantity: { value: medication?.quantity ?? 30 },
    whenHandedOver: setting.calendar.dateTime(options.at),
  }
}

/** An injection given in the office during the visit. */
export function medicationAdministration(
  { setting, chart }: ChartContext,
  visit: Visit,
  options: { random: Random; at: number },
): Identified {
  return {
    resourceType: 'MedicationAdministration',
    id: setting.ids.next('MedicationAdministration'),
    status: 'completed',
    medicationCodeableConcept: concept(options.random.pick(visits.injections)),
    subject: patientRef(chart),
    context: encounterRef(visit),
    effectiveDateTime: setting.calendar.dateTime(options.at),
    performer: [{ actor: practitionerRef(visit.provider) }],
  }
}
