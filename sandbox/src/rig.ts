// For the sandbox's own tests: a sandbox with a clock one moves by hand, a registered app and its
// key, and requests as a client sends them. Not part of the package's door.

import type { Resource } from '@chartway/codecs/fhir'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Clock } from './clock.ts'
import type { Sandbox, SandboxOptions } from './contract.ts'
import { createSandbox } from './sandbox.ts'
import type { WireReply } from './wire.ts'
import type { LoadedPractice } from './world/index.ts'

export const PUBLIC_URL = 'http://vendor.test'
export const CODE = 'JAFJCD'
export const JWKS_URL = 'http://client.test/jwks'
export const TOKEN_URL = `${PUBLIC_URL}/oauth/oauth2/token`
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** 2026-11-20 10:00 in New York, at the start of a minute. */
export const START = Date.UTC(2026, 10, 20, 15)

export const TYPES_ASKED = [
  ...['AllergyIntolerance', 'CarePlan', 'CareTeam', 'Condition', 'Device', 'DiagnosticReport'],
  ...['DocumentReference', 'Encounter', 'Goal', 'Immunization', 'Location', 'Medication'],
  ...['MedicationAdministration', 'MedicationRequest', 'Observation', 'Organization', 'Patient'],
  ...['Practitioner', 'PractitionerRole', 'Procedure', 'Provenance', 'ChargeItem'],
]
const R_ONLY = [
  ...['Binary', 'Claim', 'Coverage', 'Media', 'MedicationDispense', 'QuestionnaireResponse'],
  ...['RelatedPerson', 'ServiceRequest', 'Specimen', 'Questionnaire'],
]
export const SCOPES = [
  ...TYPES_ASKED.map((type) => `system/${type}.read`),
  ...R_ONLY.map((type) => `system/${type}.r`),
  'system/Basic.read',
]

export interface ManualClock extends Clock {
  set(instant: number): void
  add(ms: number): void
}

export function manualClock(instant: number): ManualClock {
  let at = instant
  return {
    now: () => at,
    sleep: async (ms) => {
      at += ms
    },
    during: (work) => work,
    set: (to) => {
      at = to
    },
    add: (ms) => {
      at += ms
    },
  }
}

export function loaded(resources: readonly Resource[], code = CODE): LoadedPractice {
  const text = resources.map((each) => JSON.stringify(each)).join('\n')
  return {
    kind: 'loaded',
    code,
    name: 'Test practice',
    timeZone: 'America/New_York',
    files: [{ name: 'all.ndjson', text }],
  }
}

/** RSA keys are slow to make: one pair serves a whole test file. */
export async function makeKeys(kid = 'k1') {
  const pair = await generateKeyPair('RS384', { modulusLength: 2048, extractable: true })
  const jwk: JWK = { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS384', use: 'sig' }
  return { ...pair, jwk, kid }
}

export type Keys = Awaited<ReturnType<typeof makeKeys>>

export interface Rig {
  readonly sandbox: Sandbox
  readonly clock: ManualClock
  /** How often the app's JWKS was fetched, and what it answers. */
  readonly jwks: { fetched: number; status: number; body: string }
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>
  post(path: string, form: Readonly<Record<string, string>>): Promise<Answered>
  /** A token for the scopes, asked for as a backend app does. */
  token(scopes?: readonly string[]): Promise<string>
  assertion(change?: AssertionChange): Promise<string>
  /** A search or read at the practice with a fresh token. */
  fhir(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>
}

export interface AssertionChange {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

export interface Answered extends WireReply {
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly value: ReturnType<typeof JSON.parse>
  header(name: string): string | undefined
}

export const CLIENT_ID = 'client-1'

export function rig(options: {
  readonly keys: Keys
  readonly resources?: readonly Resource[]
  readonly more?: Partial<SandboxOptions>
}): Rig {
  const clock = manualClock(START)
  const jwks = { fetched: 0, status: 200, body: JSON.stringify({ keys: [options.keys.jwk] }) }
  const sandbox = createSandbox({
    clock,
    seed: 1,
    publicUrl: PUBLIC_URL,
    practices: [loaded(options.resources ?? [])],
    fetchJwks: async () => {
      jwks.fetched++
      return { status: jwks.status, body: jwks.body }
    },
    ...options.more,
  })
  sandbox.operator.registerApp({
    clientId: CLIENT_ID,
    name: 'Test app',
    jwksUrl: JWKS_URL,
    jwksAllowed: true,
    scopes: SCOPES,
    activatedFor: [CODE],
  })
  let serial = 0
  let held: { token: string; until: number } | undefined
  const get: Rig['get'] = async (path, headers = {}) =>
    answered(await sandbox.handle({ method: 'GET', path, headers, body: new Uint8Array() }))
  const assertion: Rig['assertion'] = ({ header, claims } = {}) => {
    const iat = Math.floor(clock.now() / 1000)
    const standard = { iss: CLIENT_ID, sub: CLIENT_ID, aud: TOKEN_URL, iat, exp: iat + 300 }
    return new SignJWT({ ...standard, jti: `jti-${++serial}`, ...claims })
      .setProtectedHeader({ alg: 'RS384', typ: 'JWT', kid: options.keys.kid, ...header })
      .sign(options.keys.privateKey)
  }
  const post: Rig['post'] = async (path, form) =>
    answered(
      await sandbox.handle({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new TextEncoder().encode(new URLSearchParams(form).toString()),
      }),
    )
  const token: Rig['token'] = async (scopes = SCOPES) => {
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await assertion(),
      scope: scopes.join(' '),
    }
    const reply = await post('/oauth/oauth2/token', form)
    if (reply.status !== 200) throw new Error(`token refused: ${reply.text}`)
    return reply.value.access_token
  }
  const fhir: Rig['fhir'] = async (path, headers = {}) => {
    if (held === undefined || held.until <= clock.now()) {
      held = { token: await token(), until: clock.now() + 300_000 }
    }
    return await get(`/fhir/r4/${CODE}/${path}`, {
      authorization: `Bearer ${held.token}`,
      ...headers,
    })
  }
  return { sandbox, clock, jwks, get, post, token, assertion, fhir }
}

function answered(reply: WireReply): Answered {
  const text = new TextDecoder().decode(reply.body)
  return {
    ...reply,
    text,
    value: /^[[{]/.test(text) ? JSON.parse(text) : undefined,
    header: (name) =>
      reply.headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1],
  }
}
