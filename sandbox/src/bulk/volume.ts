// Patients and observations made one at a time from their number, so that an export of a million of
// them holds none. They are for volume and nothing else: no other surface shows them.

import type { Resource } from '@chartway/codecs/fhir'
import type { BulkVolume } from './types.ts'

export const NO_VOLUME: BulkVolume = { patients: 0, observationsEach: 0 }

/** How many there are of a type. */
export function volumeOf(volume: BulkVolume, type: string): number {
  if (type === 'Patient') return volume.patients
  return type === 'Observation' ? volume.patients * volume.observationsEach : 0
}

/** Those with the numbers from `from` to before `until`, in order. */
export function* volumeResources(
  volume: BulkVolume,
  type: string,
  from: number,
  until: number,
): Iterable<Resource> {
  for (let number = from; number < until; number++) {
    yield type === 'Patient' ? patient(number) : observation(number, volume)
  }
}

/** 43 characters as the vendor's patient ids [P]. */
function patientId(number: number): string {
  return `volume.patient.${String(number).padStart(28, '0')}`
}

function patient(number: number): Resource {
  return {
    resourceType: 'Patient',
    id: patientId(number),
    meta: { lastUpdated: '2026-10-01T08:00:00.000-04:00' },
    active: true,
    name: [{ use: 'usual', family: `Volume${number}`, given: ['Test'] }],
    gender: number % 2 === 0 ? 'female' : 'male',
    birthDate: `19${String(30 + (number % 70))}-0${1 + (number % 9)}-1${number % 10}`,
  }
}

function observation(number: number, { observationsEach }: BulkVolume): Resource {
  const owner = Math.floor(number / observationsEach)
  const day = String(1 + (number % 28)).padStart(2, '0')
  return {
    resourceType: 'Observation',
    id: `volume.observation.${String(number).padStart(45, '0')}`,
    meta: { lastUpdated: '2026-10-01T08:00:00.000-04:00' },
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'vital-signs',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
    subject: { reference: `Patient/${patientId(owner)}` },
    effectiveDateTime: `2026-0${1 + (number % 9)}-${day}T10:00:00-05:00`,
    valueQuantity: {
      value: 50 + (number % 60),
      unit: '/min',
      system: 'http://unitsofmeasure.org',
      code: '/min',
    },
  }
}
