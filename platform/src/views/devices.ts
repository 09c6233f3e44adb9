// Devices that patients have, with what is known of their identification.

import { z } from 'zod'
import { NONE_STATED } from './facility.ts'
import { conceptAt, conceptField, momentField, refAt, refField } from './parts.ts'
import { type View, view } from './view.ts'

const udiField = z.object({
  deviceIdentifier: z.string().nullable(),
  carrier: z.string().nullable().describe('The whole text on the label'),
  issuer: z.string().nullable(),
})

export const devices: View = view({
  object: 'devices',
  component: 'Device',
  summary: 'Devices of patients',
  type: 'Device',
  fields: {
    patient: refField.nullable(),
    type: conceptField.nullable(),
    names: z.array(z.string()).nullable(),
    status: z.string().nullable(),
    udis: z.array(udiField).nullable(),
    distinctIdentifier: z.string().nullable(),
    manufacturer: z.string().nullable(),
    modelNumber: z.string().nullable(),
    serialNumber: z.string().nullable(),
    lotNumber: z.string().nullable(),
    manufactureDate: momentField.nullable(),
    expirationDate: momentField.nullable(),
  },
  project: (record) => ({
    facility: NONE_STATED,
    patient: refAt(record.at('patient')),
    type: conceptAt(record.at('type')),
    names: record.each('deviceName', (one) => one.text('name')),
    status: record.text('status'),
    udis: record.each('udiCarrier', (one) => {
      const deviceIdentifier = one.text('deviceIdentifier')
      const carrier = one.text('carrierHRF')
      const issuer = one.text('issuer')
      const said = deviceIdentifier !== null || carrier !== null || issuer !== null
      return said ? { deviceIdentifier, carrier, issuer } : null
    }),
    distinctIdentifier: record.text('distinctIdentifier'),
    manufacturer: record.text('manufacturer'),
    modelNumber: record.text('modelNumber'),
    serialNumber: record.text('serialNumber'),
    lotNumber: record.text('lotNumber'),
    manufactureDate: record.moment('manufactureDate'),
    expirationDate: record.moment('expirationDate'),
  }),
})
