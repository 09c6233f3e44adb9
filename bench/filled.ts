// The practice that the reading benchmarks read: some hundred patients, mirrored without a vendor.

import { join } from 'node:path'
import {
  composePlatform,
  openDatabase,
  organizationId,
  practiceId,
  silentLog,
  systemRandom,
  wallClock,
} from '@chartway/platform'
import type { OwnDatabase } from '../test/own-database.ts'
import type { ServerSettings } from './api-server.ts'

export const PATIENTS = 300

/** A practice whose patients were listed twice, so that they have a freshness like any others. */
export async function filled({ url: databaseUrl, folder }: OwnDatabase): Promise<{
  readonly key: string
  readonly settings: Omit<ServerSettings, 'kind'>
}> {
  const clock = wallClock()
  const random = systemRandom()
  const masterKey = random.bytes(32)
  const database = openDatabase({ url: databaseUrl, clock })
  const platform = composePlatform({
    ...{ database, clock, random, masterKey, log: silentLog, instance: 'bench' },
    publicUrl: 'http://127.0.0.1:7400',
    network: { send: () => Promise.reject(new Error('Nothing is sent in this benchmark')) },
  })
  const organization = organizationId('bench')
  const practice = practiceId('main')
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  const { practices, mirror } = platform
  await practices.createOrganization(organization, 'Bench')
  await practices.connect(organization, { practice, ...CONNECTION }, 'bench')
  for (const askedAt of [clock.now() - 2_000, clock.now() - 1_000])
    await mirror.apply(
      { organization, practice },
      Array.from({ length: PATIENTS }, (_, index) => listing(index, Math.round(askedAt))),
    )
  const { text: key } = await practices.createApiKey(
    organization,
    { name: 'bench', scopes: ['read'] },
    'bench',
  )
  await platform.face.close()
  await database.close()
  const masterKeyHex = Buffer.from(masterKey).toString('hex')
  const logPath = join(folder, 'access.log')
  return { key, settings: { databaseUrl, organization, practice, masterKeyHex, logPath } }
}

const CONNECTION = {
  name: 'Main',
  timeZone: 'America/New_York',
  dialect: 'eclinicalworks',
  baseUrl: 'https://example.test/fhir/r4/FEIGCD',
  clientId: 'bench',
  overrides: {},
}

function listing(index: number, askedAt: number) {
  const id = patientId(index)
  const line = [`${index} Main Street`]
  const resource = {
    resourceType: 'Patient',
    id,
    active: true,
    name: [{ use: 'official', family: `Family${index}`, given: ['Ada', 'B'] }],
    telecom: [{ system: 'phone', value: `555-01${String(index).padStart(3, '0')}`, use: 'home' }],
    gender: 'female',
    birthDate: '1970-01-01',
    address: [{ use: 'home', line, city: 'Westborough', state: 'MA', postalCode: '01581' }],
    identifier: [{ use: 'usual', system: 'urn:oid:2.16.840.1.113883.4.391.1', value: id }],
  }
  const sightings = [{ resource, repairs: [], patientId: id }]
  const question = { pathway: 'fhir', search: 'Patient.one', subject: id, covers: ['Patient'] }
  return { ...question, askedAt, complete: true, sightings }
}

/** As the vendor's: 43 characters. */
export function patientId(index: number): string {
  return `bench-${String(index).padStart(37, '0')}`
}
