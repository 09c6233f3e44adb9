// A vendor's client of the proofs' own: real keys, real tokens, plain fetch. It knows the sandbox's
// address and, through the operator, ids to ask for; it shares no code with the platform.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSandbox, scaledClock, startListeners } from 'chartway-sandbox'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { freePort } from '../free-port.ts'
import { type Item, isItem } from './judge/compare.ts'

const CODE = 'JAFJCD'
const SCALE = 60
const MINUTE_MS = 60_000
/** Stay below the vendor's 250 with what is counted elsewhere. */
const CALLS_A_MINUTE = 240
const TOKEN_USE_MS = 200_000
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  readonly body: unknown
}

export interface VendorClient extends AsyncDisposable {
  /** GET below the practice's base URL, within the vendor's budget. */
  get(path: string, options?: { token?: boolean }): Promise<Answer>
  /** The same at once, whatever the budget says. */
  raw(path: string): Promise<Answer>
  nextMinute(): Promise<void>
  /** The template with ids of the world put in. */
  filled(template: string): string
  query(
    type: string,
    parameters: readonly string[],
    fixed: Readonly<Record<string, readonly string[]>>,
  ): string
  declared(): readonly { type: string; parameters: readonly string[] }[]
  /** Status of token requests that must be refused, by what is wrong with them. */
  tokenRefusals(): Promise<Readonly<Record<string, number>>>
  calls(): number
}

export async function vendorClient(options: {
  readonly seed: number
  readonly startsAt: number
  readonly switches: Readonly<Record<string, string>>
}): Promise<VendorClient> {
  const clock = scaledClock({
    epochMs: options.startsAt,
    wallEpochMs: Date.now(),
    factor: SCALE,
  })
  const keys = await keyServer()
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const sandbox = createSandbox({
    clock,
    seed: options.seed,
    publicUrl: origin,
    switches: options.switches,
    practices: [
      {
        kind: 'living',
        code: CODE,
        name: 'Proof practice',
        timeZone: 'America/New_York',
        patients: 40,
        facilities: 2,
        providers: 12,
        lives: false,
      },
    ],
    fetchJwks: async (url) => {
      const reply = await fetch(url)
      return { status: reply.status, body: await reply.text() }
    },
  })
  const listeners = await startListeners({
    sandbox,
    clock,
    host: '127.0.0.1',
    port,
    operatorPort: 0,
    operatorSecret: 'not-used',
  })
  const base = `${origin}/fhir/r4/${CODE}`
  const scopes = 'system/*.r system/Group.read'
  sandbox.operator.registerApp({
    clientId: 'proof',
    name: 'Proof',
    jwksUrl: keys.url,
    jwksAllowed: true,
    scopes: scopes.split(' '),
    activatedFor: [CODE],
  })
  let calls = 0
  let minute = 0
  let inMinute = 0
  let token: { text: string; until: number } | undefined
  const tokenUrl = `${origin}/oauth/oauth2/token`
  const tokenRequest = async (
    changes: { alg?: string; aud?: string; lifetime?: number; jti?: string; scope?: string } = {},
  ) => {
    const now = Math.floor(clock.now() / 1000)
    const assertion = await new SignJWT({ jti: changes.jti ?? `${now}-${calls}-${Math.random()}` })
      .setProtectedHeader({ alg: changes.alg ?? 'RS384', typ: 'JWT', kid: 'k1' })
      .setIssuer('proof')
      .setSubject('proof')
      .setAudience(changes.aud ?? tokenUrl)
      .setIssuedAt(now)
      .setExpirationTime(now + (changes.lifetime ?? 240))
      .sign(changes.alg === 'RS256' ? keys.privateRs256 : keys.private)
    calls++
    inMinute++
    return fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION,
        client_assertion: assertion,
        scope: changes.scope ?? scopes,
      }),
    })
  }
  const pace = async () => {
    const current = Math.floor(clock.now() / MINUTE_MS)
    if (current !== minute) {
      minute = current
      inMinute = 0
    }
    if (inMinute >= CALLS_A_MINUTE) await client.nextMinute()
  }
  const bearer = async () => {
    if (token === undefined || token.until < clock.now()) {
      const reply = await tokenRequest()
      const body: { access_token?: string } = JSON.parse(await reply.text())
      if (body.access_token === undefined) throw new Error(`No token: ${JSON.stringify(body)}`)
      token = { text: body.access_token, until: clock.now() + TOKEN_USE_MS }
    }
    return { authorization: `Bearer ${token.text}`, accept: 'application/fhir+json' }
  }
  const ask = async (path: string, headers: Record<string, string>): Promise<Answer> => {
    calls++
    inMinute++
    const reply = await fetch(`${base}/${path}`, { headers })
    const text = await reply.text()
    return { status: reply.status, text, headers: reply.headers, body: jsonOr(text) }
  }
  const world = sandbox.operator.world.practice(CODE)
  if (world === undefined) throw new Error('The practice is not there')
  const pick = (type: string): Item[] =>
    [...world.list(type, clock.now())].map((resource) => JSON.parse(JSON.stringify(resource)))
  const samples = samplesFrom(pick)
  const client: VendorClient = {
    async get(path, { token: withToken = true } = {}) {
      await pace()
      const discovery = path === 'metadata' || path.startsWith('.well-known')
      return ask(path, withToken && !discovery ? await bearer() : {})
    },
    async raw(path) {
      return ask(path, await bearer())
    },
    async nextMinute() {
      await bearer()
      const now = clock.now()
      await clock.sleep(MINUTE_MS - (now % MINUTE_MS) + 500)
      minute = Math.floor(clock.now() / MINUTE_MS)
      inMinute = 0
    },
    filled: (template) =>
      template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(samples.named(name)),
      ),
    query: (type, parameters, fixed) =>
      parameters
        .map(
          (name) => `${name}=${encodeURIComponent(fixed[name]?.[0] ?? samples.value(type, name))}`,
        )
        .join('&'),
    declared: () => declaredIn(statement),
    async tokenRefusals() {
      const status = async (request: Promise<Response>) => (await request).status
      const jti = 'used-twice'
      await tokenRequest({ jti })
      return {
        'a replayed jti': await status(tokenRequest({ jti })),
        RS256: await status(tokenRequest({ alg: 'RS256' })),
        'another audience': await status(tokenRequest({ aud: base })),
        'an hour to live': await status(tokenRequest({ lifetime: 3600 })),
        'one unknown scope': await status(
          tokenRequest({ scope: `${scopes} system/Coverage.read` }),
        ),
      }
    },
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      await listeners.close()
      await keys.close()
    },
  }
  const statement = (await client.get('metadata')).body
  return client
}

function declaredIn(statement: unknown): { type: string; parameters: string[] }[] {
  const root = JSON.parse(JSON.stringify(statement))
  const resources: { type: string; searchParam?: { name: string }[] }[] = root.rest[0].resource
  return resources.map(({ type, searchParam = [] }) => ({
    type,
    parameters: searchParam.map(({ name }) => name),
  }))
}

/** Values to ask with: real ids where a parameter names something, plausible words elsewhere. */
function samplesFrom(pick: (type: string) => Item[]) {
  const patient = pick('Patient').find((one) => one.birthDate !== undefined) ?? {}
  const practitioners = pick('Practitioner')
  const name = Array.isArray(patient.name) ? patient.name[0] : undefined
  const given = isItem(name) && Array.isArray(name.given) ? String(name.given[0]) : ''
  const named: Record<string, string> = {
    patient: String(patient.id),
    family: isItem(name) ? String(name.family) : '',
    given,
    birthdate: String(patient.birthDate),
    practitioner: String(practitioners[0]?.id),
    dotted: String(practitioners.find((one) => String(one.id).includes('.'))?.id),
  }
  const byParameter: Record<string, string> = {
    patient: named.patient ?? '',
    subject: named.patient ?? '',
    practitioner: named.practitioner ?? '',
    encounter: String(pick('Encounter')[0]?.id),
    context: String(pick('Encounter')[0]?.id),
    location: String(pick('Location')[0]?.id),
    birthdate: named.birthdate ?? '',
    family: named.family ?? '',
    given,
    name: 'a',
    gender: 'female',
    phone: '555',
    category: 'laboratory',
    status: 'active',
    _since: '2026-01-01T00:00:00Z',
  }
  for (const date of ['date', 'onset-date', 'authoredon', 'authored', 'occurrence'])
    byParameter[date] = 'ge2020-01-01'
  return {
    named: (key: string) => named[key] ?? '',
    value: (type: string, parameter: string) =>
      parameter === '_id' ? String(pick(type)[0]?.id ?? 'none') : (byParameter[parameter] ?? 'x'),
  }
}

async function keyServer() {
  const pair = await generateKeyPair('RS384', { extractable: true })
  const rs256 = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS384', use: 'sig' }
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    private: pair.privateKey,
    privateRs256: rs256.privateKey,
    url: `http://127.0.0.1:${isAddress(address) ? address.port : 0}/jwks`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not every answer is JSON; the text is there as it was.
  }
}
