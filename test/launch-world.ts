// A practice with an app for people, in one process on a virtual clock: what the vendor is told in its
// portal, what we are told in our settings, a browser between them, and everything that passes or is
// written down on the way. For the scenarios of launches.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { HttpReply, HttpRequest, Network } from '@chartway/platform'
import type { AppRegistration } from 'chartway-sandbox'
import { PLATFORM, VENDOR } from './in-process.ts'
import { type Got, LaunchVisitor, type Page, type Person, type Sent } from './launch-visitor.ts'
import { type Rig, virtualRig } from './rig.ts'

export const CODE = 'JAFJCD'
export const BASE = `${VENDOR}/fhir/r4/${CODE}`
export const APP_ID = 'chartway-people'
export const SECRET = 'a secret+with/odd=signs & canary-of-the-secret'
export const SCOPES = [
  ...['openid', 'fhirUser', 'offline_access', 'patient/Patient.read', 'patient/Encounter.read'],
  'patient/Condition.read',
]
export type AppKind = 'public' | 'confidential-symmetric' | 'confidential-asymmetric'

export interface LaunchWorld extends AsyncDisposable {
  readonly rig: Awaited<ReturnType<typeof virtualRig>>
  /** Lines of our log. */
  readonly logged: string[]
  /** What we sent to the vendor's token endpoint, and what it answered. */
  readonly tokenCalls: { readonly form: URLSearchParams; readonly answer: JsonObject }[]
  /** Stands before the next token calls; undefined lets them pass. */
  between:
    | ((request: HttpRequest, pass: () => Promise<HttpReply>) => Promise<HttpReply>)
    | undefined
  readonly patients: readonly string[]
  browser(): LaunchVisitor
  /** Runs what needs time to pass. */
  act<T>(work: Promise<T>): Promise<T>
  api(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>
  /** Registers the app at the vendor and in the settings, with its secret. */
  setUp(kind: AppKind, change?: Partial<AppRegistration>, settings?: JsonObject): Promise<Answer>
  /** What the vendor's program opens. */
  ehr(patient: string, more?: { readonly encounter?: string }): string
  /** Signs in by an EHR launch; gives where the browser ended and the launch as it is listed. */
  launched(person?: Person): Promise<Launched>
  latest(): Promise<Answer['body']>
  read(launch: string, type: string, id: string): Promise<Answer>
  standalone(): Promise<{ readonly launch: string; readonly url: string }>
}

export interface Launched {
  readonly browser: LaunchVisitor
  readonly page: Page
  readonly launch: Answer['body']
}

export interface Answer {
  readonly status: number
  readonly body: ReturnType<typeof JSON.parse>
}

const STEP_MS = 250

export async function launchWorld(
  switches: Readonly<Record<string, string>> = {},
): Promise<LaunchWorld> {
  const logged: string[] = []
  const tokenCalls: LaunchWorld['tokenCalls'] = []
  const log = { write: (...line: unknown[]) => void logged.push(JSON.stringify(line)) }
  const watched = (network: Network): Network => ({
    send: async (request, options) => {
      const pass = () => network.send(request, options)
      if (!request.url.endsWith('/token') || request.body?.includes('client_credentials'))
        return pass()
      const reply = await (world.between?.(request, pass) ?? pass())
      const form = new URLSearchParams(request.body)
      tokenCalls.push({ form, answer: JSON.parse(Buffer.from(reply.body).toString()) })
      return reply
    },
  })
  const living = { kind: 'living', patients: 4, facilities: 1, providers: 1, lives: false } as const
  const rig = await virtualRig({
    ...{ seed: 11, preset: 'calm', log, switches, between: watched },
    asleep: true,
    practices: [{ code: CODE, practice: 'main', sandbox: living }],
  })
  const { clock, sandbox, platform } = rig
  const act: LaunchWorld['act'] = async (work) => {
    let isDone = false
    const finished = work.finally(() => {
      isDone = true
    })
    finished.catch(() => {})
    while (!isDone) await clock.advance(STEP_MS)
    return finished
  }
  const api: LaunchWorld['api'] = async (method, url, body) => {
    const headers = { authorization: `Bearer ${rig.key}` }
    const payload = body === undefined ? {} : { payload: body }
    const reply = await act(
      Promise.resolve(platform.face.inject({ method, url, headers, ...payload })),
    )
    return { status: reply.statusCode, body: JSON.parse(reply.body) }
  }
  const world: LaunchWorld = {
    ...{ rig, logged, tokenCalls, act, api, between: undefined },
    patients: [
      ...(sandbox.operator.world.practice(CODE)?.list('Patient', clock.now()) ?? []),
    ].flatMap(({ id }) => id ?? []),
    browser: () =>
      new LaunchVisitor(
        (sent) => act(answered(rig, sent)),
        (url) => url.startsWith(`${PLATFORM}/console`),
      ),
    async setUp(kind, change = {}, settings = {}) {
      sandbox.operator.registerApp({
        ...{ clientId: APP_ID, name: 'Chartway for people', client: kind },
        jwksUrl: kind === 'confidential-asymmetric' ? `${PLATFORM}/jwks/home.json` : '',
        jwksAllowed: true,
        ...(kind === 'confidential-symmetric' ? { secret: SECRET } : {}),
        ...{ scopes: ['launch', 'launch/patient', ...SCOPES], activatedFor: [CODE] },
        redirectUris: [`${PLATFORM}/launch/callback`],
        launchUrl: `${PLATFORM}/launch/home`,
        ...change,
      })
      const app = { clientId: APP_ID, kind, scopes: SCOPES, ...settings }
      const connected = await api('POST', '/v1/practices', {
        ...{ practice: 'main', name: 'main', timeZone: 'America/New_York', baseUrl: BASE },
        ...{ clientId: 'chartway-backend', overrides: { app } },
      })
      if (kind === 'confidential-symmetric')
        await api('POST', '/v1/practices/main/app-secret', { secret: SECRET })
      return connected
    },
    ehr: (patient, more = {}) =>
      sandbox.operator.startLaunch({ clientId: APP_ID, practice: CODE, patient, ...more }).url,
    async launched(person = {}) {
      const browser = world.browser()
      const page = await browser.signIn(
        await browser.open(world.ehr(world.patients[0] ?? '')),
        person,
      )
      return { browser, page, launch: await world.latest() }
    },
    async latest() {
      return (await api('GET', '/v1/launches?practice=main&limit=1')).body.items[0]
    },
    read: (launch, type, id) =>
      api('GET', `/v1/launches/${launch}/resources/${type}/${id}?practice=main`),
    async standalone() {
      const { body } = await api('POST', '/v1/launches', { practice: 'main' })
      return body
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  }
  return world
}

/** One request of a browser, to whichever of the two its address names. */
async function answered(rig: Rig, { method, url, headers, body }: Sent): Promise<Got> {
  const { origin, pathname, search } = new URL(url)
  const path = pathname + search
  if (origin === VENDOR) {
    const bytes = new TextEncoder().encode(body ?? '')
    const reply = await rig.sandbox.handle({ method, path, headers, body: bytes })
    const named = reply.headers.map(([name, value]) => [name.toLowerCase(), value] as const)
    return { status: reply.status, headers: named, text: new TextDecoder().decode(reply.body) }
  }
  if (origin !== PLATFORM) throw new Error(`A browser was sent to ${origin}`)
  // As node's own listener tells the host; the cookie's name follows from it.
  const sent = { ...headers, host: new URL(PLATFORM).host }
  const reply = await rig.platform.face.inject({ method, url: path, headers: sent })
  const texts = Object.entries(reply.headers).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, String(each)] as const),
  )
  return { status: reply.statusCode, headers: texts, text: reply.body }
}
