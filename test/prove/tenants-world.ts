// Two organizations whose practices have the same name and whose records have ids of the same length, so
// that nothing but the tenant boundary keeps them apart; and everybody who may ask in one of them.

import {
  composePlatform,
  type OrganizationId,
  openDatabase,
  organizationId,
  type Platform,
  practiceId,
  silentLog,
  systemRandom,
  wallClock,
} from '@chartway/platform'
import { NetworkFailure } from '../../platform/src/kernel/network.ts'
import { signedIn } from '../signed-in.ts'

export const PUBLIC_URL = 'https://chartway.test'
/** The practice that both organizations have under the same name. */
export const SHARED = 'clinic'
const ROLES = ['admin', 'integrator', 'clinician', 'biller', 'front-desk', 'auditor'] as const

/** Roles about the organization as a whole, which cannot be held at some practices only. */
const WHOLE: readonly string[] = ['admin', 'integrator', 'auditor']

/** The app of each practice to which people sign in at the vendor. */
const APP = {
  clientId: 'app-for-people',
  kind: 'public',
  scopes: ['patient/Patient.read'],
}

/** Whoever asks: a name for reports, and what goes with each request. */
export interface Asker {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Sees only the practice `clinic`. */
  readonly limited: boolean
}

/** Ids of things that belong to an organization, under the names of the fields that take them. */
export type Ids = Readonly<Record<string, string>>

export interface World {
  readonly platform: Platform
  /** Whose `askers` and `own` are, and its practice that another organization has by name too. */
  readonly organization: OrganizationId
  readonly askers: readonly Asker[]
  readonly own: Ids
  readonly foreign: Ids
  readonly absent: Ids
  /** In another practice of the same organization. */
  readonly elsewhere: Ids
  close(): Promise<void>
}

export async function tenantsWorld(databaseUrl: string): Promise<World> {
  const clock = wallClock()
  const database = openDatabase({ url: databaseUrl, clock })
  const platform = composePlatform({
    ...{ database, clock, random: systemRandom(), log: silentLog, instance: 'prove' },
    masterKey: systemRandom().bytes(32),
    network: { send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')) },
    publicUrl: PUBLIC_URL,
  })
  await platform.face.ready()
  const north = await organization(platform, 'north', [SHARED, 'north-other'])
  const south = await organization(platform, 'south', [SHARED, 'south-annex'])
  return {
    platform,
    organization: south.id,
    askers: south.askers,
    own: idsOf('south', SHARED, { ...south.named, ...south.launches[0] }),
    foreign: idsOf('north', 'north-other', { ...north.named, ...north.launches[1] }),
    absent: idsOf('ghost', 'ghost-other', changed({ ...south.named, ...south.launches[0] })),
    elsewhere: idsOf('annex', 'south-annex', { ...south.launches[1] }),
    close: async () => {
      await platform.face.close()
      await database.close()
    },
  }
}

/** Every record of a practice has the same id: ids are by type. */
function idsOf(who: string, practice: string, named: Ids): Ids {
  const id = `${who}-1`
  const fields = ['id', 'patient', 'encounter', 'provider', 'facility']
  return { practice, ...Object.fromEntries(fields.map((field) => [field, id])), ...named }
}

/** Ids of the same shape that belong to nobody: other digits and letters. */
function changed(ids: Ids): Ids {
  return Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [
      name,
      [...id]
        .map((one) => (/[0-8a-e]/.test(one) ? String.fromCharCode(one.charCodeAt(0) + 1) : one))
        .join(''),
    ]),
  )
}

async function organization(platform: Platform, name: string, practiceNames: readonly string[]) {
  const { practices, people, rooms } = platform
  const id = organizationId(name)
  if (id === undefined) throw new Error('not an id')
  await practices.createOrganization(id, name)
  await practices.rotateSigningKey(id, 'prove')
  const launches: Ids[] = []
  for (const [index, practiceName] of practiceNames.entries()) {
    const practice = practiceId(practiceName)
    if (practice === undefined) throw new Error('not an id')
    const who = index === 0 ? name : practiceName === 'south-annex' ? 'annex' : name
    await practices.connect(
      id,
      {
        ...{ practice, name: `Canary-${who} clinic`, timeZone: 'America/New_York' },
        ...{ dialect: 'eclinicalworks', clientId: `client-of-${who}`, overrides: { app: APP } },
        baseUrl: `https://${who}.test/fhir/r4/FEIGCD`,
      },
      'prove',
    )
    await mirrored(platform, { organization: id, practice }, who)
    const begun = await rooms.launches.start({ organization: id, practice }, `key:Canary-${who}`)
    if (begun === undefined) throw new Error(`No launch of ${practiceName}`)
    launches.push({ launch: begun.launchId })
  }
  const around = { platform, publicUrl: PUBLIC_URL, at: Date.now() }
  const askers: Asker[] = [{ name: 'nobody', headers: {}, limited: false }]
  const bearer = async (scopes: readonly ('read' | 'sensitive' | 'admin')[]) => {
    const { text, keyId } = await practices.createApiKey(
      id,
      { name: scopes.join(), scopes },
      'prove',
    )
    const headers = { authorization: `Bearer ${text}` }
    askers.push({ name: `key ${scopes.join('+')}`, headers, limited: false })
    return keyId
  }
  const keyId = await bearer(['read'])
  await bearer(['read', 'sensitive'])
  await bearer(['admin'])
  await bearer(['read', 'sensitive', 'admin'])
  let user = ''
  let userName = ''
  let sessionId = ''
  for (const role of ROLES)
    for (const limited of WHOLE.includes(role) ? [false] : [false, true]) {
      const only = practiceId(SHARED)
      const person = await signedIn(around, id, {
        name: `canary-${role}-${limited}@${name}`,
        ...{ roles: [role], sensitive: role === 'clinician' },
        practices: limited && only !== undefined ? [only] : undefined,
      })
      askers.push({
        name: `${role}${limited ? ' of one practice' : ''}`,
        headers: person.headers,
        limited,
      })
      user = person.userId
      userName = person.name
      sessionId = person.sessionId
    }
  const { client } = await people.oauth.createClient(
    id,
    {
      ...{ name: `Canary-${name}`, kind: 'public', practices: undefined, sensitive: false },
      ...{ redirectUris: ['https://app.test/back'], scopes: ['patient/*.rs'] },
      ...{ jwks: undefined, jwksUri: undefined },
    },
    'prove',
  )
  const named = { user, userName, sessionId, keyId, clientId: client.clientId }
  return { id, askers, named, launches }
}

const TYPES = [
  ...['Patient', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Encounter'],
  ...['Condition', 'AllergyIntolerance', 'MedicationRequest', 'Medication', 'Immunization'],
  ...['Observation', 'DiagnosticReport', 'Procedure', 'DocumentReference', 'Coverage', 'Binary'],
  ...['ServiceRequest', 'CarePlan', 'CareTeam', 'Goal', 'Device', 'ChargeItem', 'Claim', 'Basic'],
  ...['FamilyMemberHistory', 'Provenance', 'RelatedPerson', 'Specimen', 'Media', 'Group'],
  ...['MedicationDispense', 'MedicationAdministration', 'Questionnaire', 'QuestionnaireResponse'],
]
/** Of nobody in particular. */
const WITHOUT_PATIENT: ReadonlySet<string> = new Set([
  ...['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication', 'Group'],
  ...['Questionnaire', 'Binary'],
])

/** Of the second record of each type: a vital sign, an order, a referral, a document with content. */
const SECOND = {
  category: [
    { coding: [{ code: 'vital-signs' }] },
    { coding: [{ system: 'http://snomed.info/sct', code: '3457005' }] },
  ],
  intent: 'order',
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }],
  content: [{ attachment: { contentType: 'text/plain', data: 'Q2FuYXJ5' } }],
}

/** Two records of each type in two states, each with the canary of whose it is. */
async function mirrored(
  { mirror }: Platform,
  ref: Parameters<Platform['mirror']['apply']>[0],
  who: string,
): Promise<void> {
  const id = `${who}-1`
  const sightings = (state: string) =>
    [1, 2].flatMap((number) =>
      TYPES.map((type) => ({
        resource: {
          ...{ resourceType: type, id: `${who}-${number}`, status: 'active' },
          name: [{ family: `Canary-${who}`, given: [state] }],
          code: { text: `Canary-${who} ${state}` },
          ...(number === 1 ? { category: [{ coding: [{ code: 'laboratory' }] }] } : SECOND),
          ...(WITHOUT_PATIENT.has(type) ? {} : { subject: { reference: `Patient/${id}` } }),
        },
        repairs: [],
        patientId: WITHOUT_PATIENT.has(type) ? undefined : id,
      })),
    )
  const now = Date.now()
  for (const [age, state] of [
    [120_000, 'before'],
    [60_000, 'after'],
  ] as const)
    await mirror.apply(ref, [
      {
        ...{ pathway: 'fhir', search: 'Everything', subject: id, covers: ['Condition'] },
        ...{ askedAt: now - age, complete: true, sightings: sightings(state) },
      },
    ])
}
