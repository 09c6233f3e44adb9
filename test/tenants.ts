// Two organizations on one real platform, each with a practice, patients and keys: for tests of faces
// and of what one tenant must not see of the other. Nothing is listening and nothing can be reached.

import { composePlatform, type Platform } from '../platform/src/compose.ts'
import { type Clock, wallClock } from '../platform/src/kernel/clock.ts'
import { type OrganizationId, organizationId, practiceId } from '../platform/src/kernel/ids.ts'
import { type Log, silentLog } from '../platform/src/kernel/log.ts'
import { type Network, NetworkFailure } from '../platform/src/kernel/network.ts'
import { systemRandom } from '../platform/src/kernel/random.ts'
import { createLedger, type ListedEvent } from '../platform/src/ledger/index.ts'
import { testDatabase } from './database.ts'
import { type Person, signedIn } from './signed-in.ts'

export interface Tenant {
  readonly organization: OrganizationId
  /** Its one practice. */
  readonly practice: string
  readonly readKey: string
  readonly adminKey: string
  /** A patient of it, of version 2, with one repair. */
  readonly patient: string
  /** A clinician who signed in. */
  readonly person: Person
  /** The token of somebody else's invitation. */
  readonly invitation: string
  /** The id of a public client for persons. */
  readonly client: string
}

export interface Tenants {
  readonly platform: Platform
  readonly north: Tenant
  readonly south: Tenant
  /** When the practices answered, epoch ms. */
  readonly askedAt: number
  /** The newest accesses of an organization. */
  accesses(organization: OrganizationId): Promise<readonly ListedEvent[]>
  close(): Promise<void>
}

export const PATIENTS_EACH = 5

const nowhere: Network = {
  send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')),
}

export async function tenants(
  options: {
    readonly clock?: Clock
    readonly log?: Log
    readonly network?: Network
    readonly publicUrl?: string
  } = {},
): Promise<Tenants> {
  const { clock = wallClock(), log = silentLog, network = nowhere } = options
  const { publicUrl = 'https://chartway.test' } = options
  const { database, close } = await testDatabase({ clock })
  const platform = composePlatform({
    database,
    network,
    clock,
    random: systemRandom(),
    log,
    masterKey: systemRandom().bytes(32),
    instance: 'test',
    publicUrl,
  })
  const askedAt = Math.round(clock.now()) - 90_000
  const people = { platform, publicUrl, at: clock.now() }
  const north = await tenant(people, 'north', askedAt)
  const south = await tenant(people, 'south', askedAt)
  return {
    platform,
    north,
    south,
    askedAt,
    accesses: (organization) => createLedger(database).list(organization, { limit: 100 }),
    close: async () => {
      await platform.face.close()
      await close()
    },
  }
}

async function tenant(
  around: Parameters<typeof signedIn>[0],
  name: string,
  askedAt: number,
): Promise<Tenant> {
  const { platform } = around
  const { practices, people } = platform
  const organization = organizationId(name)
  const practice = practiceId(`${name}-clinic`)
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  await practices.createOrganization(organization, name)
  await practices.rotateSigningKey(organization, 'test')
  await practices.connect(
    organization,
    {
      practice,
      name: `The ${name} clinic`,
      timeZone: 'America/New_York',
      dialect: 'eclinicalworks',
      baseUrl: `https://${name}.test/fhir/r4/FEIGCD`,
      clientId: `client-of-${name}`,
      overrides: {},
    },
    'test',
  )
  await mirrorPatients(platform, { organization, practice }, askedAt)
  const { invitation } = await people.createUser(
    organization,
    {
      ...{ name: `new@${name}`, displayName: 'Somebody new', roles: ['biller'] },
      ...{ practices: undefined, sensitive: false },
    },
    'test',
  )
  const { client } = await people.oauth.createClient(
    organization,
    {
      ...{ name: 'An application', kind: 'public', practices: undefined, sensitive: false },
      ...{ redirectUris: ['https://app.test/back'], scopes: ['patient/*.rs', 'user/*.rs'] },
      ...{ jwks: undefined, jwksUri: undefined },
    },
    'test',
  )
  const keyOf = async (scopes: readonly ('read' | 'admin')[]) =>
    (await practices.createApiKey(organization, { name: scopes.join(), scopes }, 'test')).text
  return {
    organization,
    practice,
    readKey: await keyOf(['read']),
    adminKey: await keyOf(['admin']),
    patient: `${name}-1`,
    person: await signedIn(around, organization, { name: `clin@${name}`, roles: ['clinician'] }),
    invitation: invitation.token,
    client: client.clientId,
  }
}

async function mirrorPatients(
  { mirror }: Platform,
  ref: Parameters<Platform['mirror']['apply']>[0],
  askedAt: number,
): Promise<void> {
  const listing = (at: number, family: string) => ({
    pathway: 'fhir',
    search: 'Patient.roster',
    subject: family.slice(0, 1),
    covers: [],
    askedAt: at,
    complete: true,
    sightings: Array.from({ length: PATIENTS_EACH }, (_, index) =>
      patient(ref.organization, index + 1, family),
    ),
  })
  await mirror.apply(ref, [listing(askedAt - 60_000, 'Before')])
  await mirror.apply(ref, [listing(askedAt, 'Blake')])
}

function patient(organization: string, number: number, family: string) {
  const id = `${organization}-${number}`
  const repair = { path: '/birthDate', rule: 'sentinel-removed', original: '1900-01-01' }
  return {
    resource: {
      resourceType: 'Patient',
      id,
      gender: 'female',
      // The first alone changes between the two answers.
      name: [{ family: number === 1 ? family : 'Stone', given: [`Canary-${organization}`] }],
    },
    repairs: [repair],
    patientId: id,
  }
}
