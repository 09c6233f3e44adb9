// A platform in this process whose mirror was shown given records, and its FHIR facade as a client asks
// it: through the face, without a socket. Nothing can be reached from it.

import { isStoredResource, type JsonObject, type Resource } from '@chartway/codecs/fhir'
import {
  composePlatform,
  type Network,
  NetworkFailure,
  openDatabase,
  organizationId,
  type Platform,
  practiceId,
  silentLog,
  systemRandom,
  wallClock,
} from '@chartway/platform'
import { ownDatabase } from '../own-database.ts'
import type { Reply, Server } from './judge/checklist.ts'

const PUBLIC_URL = 'https://door.example'
const PRACTICE = 'samples'
/** Records applied to the mirror together. */
const APPLIED_MAX = 500

/** Not mirrored: types of the samples that no practice serves. */
const LEFT_OUT: ReadonlySet<string> = new Set(['Bundle', 'ExplanationOfBenefit', 'ImagingStudy'])

const nowhere: Network = {
  send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')),
}

/** Of the records, those whose types are mirrored. */
export async function startFacade(records: readonly Resource[]) {
  const clock = wallClock()
  const own = await ownDatabase()
  const database = openDatabase({ url: own.url, clock })
  const platform = composePlatform({
    ...{ database, network: nowhere, clock, random: systemRandom(), log: silentLog },
    masterKey: systemRandom().bytes(32),
    instance: 'proof',
    publicUrl: PUBLIC_URL,
  })
  const key = await fill(platform, records, Math.round(clock.now()))
  await platform.face.ready()
  return {
    server: serverOf(platform, key),
    platform,
    key,
    async [Symbol.asyncDispose]() {
      await platform.face.close()
      await database.close()
      await own[Symbol.asyncDispose]()
    },
  }
}

async function fill(
  { practices, mirror }: Platform,
  records: readonly Resource[],
  askedAt: number,
): Promise<string> {
  const organization = organizationId('proof')
  const practice = practiceId(PRACTICE)
  if (organization === undefined || practice === undefined) throw new Error('These are ids')
  await practices.createOrganization(organization, 'Proof')
  await practices.connect(
    organization,
    {
      practice,
      name: 'Samples',
      // The judge reads dates without a zone in UTC, and says so.
      timeZone: 'UTC',
      dialect: 'us-core',
      baseUrl: 'https://practice.example/fhir',
      clientId: 'proof',
      overrides: {},
    },
    'proof',
  )
  const sightings = records
    .filter(isStoredResource)
    .filter(({ resourceType }) => !LEFT_OUT.has(resourceType))
    .map((resource) => ({ resource, repairs: [], patientId: patientOf(resource) }))
  for (let start = 0; start < sightings.length; start += APPLIED_MAX)
    await mirror.apply({ organization, practice }, [
      {
        pathway: 'fhir',
        search: `Samples.${start}`,
        subject: '',
        covers: [],
        askedAt,
        complete: true,
        sightings: sightings.slice(start, start + APPLIED_MAX),
      },
    ])
  const scopes = ['read', 'sensitive'] as const
  return (await practices.createApiKey(organization, { name: 'proof', scopes }, 'proof')).text
}

/** Whose record it is, as a pathway finds it. */
function patientOf(resource: Resource & { readonly id: string }): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id
  for (const name of ['patient', 'subject', 'beneficiary']) {
    const reference: JsonObject | undefined = isJson(resource[name]) ? resource[name] : undefined
    const [, id] = /^Patient\/([A-Za-z0-9.-]+)$/.exec(String(reference?.reference ?? '')) ?? []
    if (id !== undefined) return id
  }
  return undefined
}

function isJson(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function serverOf({ face }: Platform, key: string): Server {
  const authorization = `Bearer ${key}`
  const pathOf = (path: string) =>
    path.startsWith(PUBLIC_URL) ? path.slice(PUBLIC_URL.length) : `/fhir/r4/${PRACTICE}/${path}`
  const parsed = ({ statusCode, body }: { statusCode: number; body: string }): Reply => ({
    status: statusCode,
    body: JSON.parse(body),
  })
  return {
    get: async (path) =>
      parsed(await face.inject({ method: 'GET', url: pathOf(path), headers: { authorization } })),
    post: async (path, form) =>
      parsed(
        await face.inject({
          method: 'POST',
          url: pathOf(path),
          headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
          payload: form,
        }),
      ),
  }
}
