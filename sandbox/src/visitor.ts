// For the sandbox's own tests: a browser without a screen that keeps cookies and fills in forms, and
// apps that people sign in to. Not part of the package's door.

import type { AppRegistration, Sandbox } from './contract.ts'
import { CODE, PUBLIC_URL } from './rig.ts'

export const BASE = `${PUBLIC_URL}/fhir/r4/${CODE}`
export const REDIRECT = 'http://app.test/callback'
/** RFC 7636 appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export const APP: AppRegistration = {
  clientId: 'app-1',
  name: 'Chart <Viewer>',
  jwksUrl: '',
  jwksAllowed: false,
  client: 'public',
  redirectUris: [REDIRECT],
  launchUrl: 'https://app.test/launch',
  activatedFor: [CODE],
  scopes: [
    ...['openid', 'fhirUser', 'profile', 'offline_access', 'launch', 'launch/patient'],
    ...['patient/Patient.read', 'patient/Condition.read', 'patient/Provenance.read'],
    ...['patient/Encounter.read', 'patient/Observation.read', 'patient/Binary.r'],
    ...['patient/Practitioner.read', 'user/Patient.read', 'user/Encounter.read'],
  ],
}

export const STANDALONE = 'launch/patient openid fhirUser offline_access patient/Patient.read'

/** Parameters of a right authorize request, with the change; undefined leaves one out. */
export function asking(change: Readonly<Record<string, string | undefined>> = {}): string {
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: APP.clientId,
    redirect_uri: REDIRECT,
    scope: STANDALONE,
    state: 'a state & more',
    aud: BASE,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...change,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value)
  return query.toString()
}

export interface Seen {
  readonly status: number
  readonly html: string
  /** Where the answer redirects to. */
  readonly location: URL | undefined
  header(name: string): string | undefined
}

export interface Visitor {
  readonly cookies: Map<string, string>
  get(path: string): Promise<Seen>
  send(path: string, fields: Readonly<Record<string, string>>): Promise<Seen>
  /** Presses a button of the page seen last, with what was typed. */
  press(seen: Seen, fields: Readonly<Record<string, string>>): Promise<Seen>
  authorize(change?: Readonly<Record<string, string | undefined>>): Promise<Seen>
  /** Signs in and allows; for who has to choose, the chart. */
  allow(seen: Seen, who?: { readonly username?: string; readonly patient?: string }): Promise<Seen>
}

export function visitor(sandbox: Sandbox): Visitor {
  const cookies = new Map<string, string>()
  const ask = async (method: string, path: string, form?: Readonly<Record<string, string>>) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const body = new TextEncoder().encode(new URLSearchParams(form).toString())
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const reply = await sandbox.handle({ method, path, headers: { cookie, ...type }, body })
    for (const [name, value] of reply.headers) {
      const [, key, kept] = name === 'Set-Cookie' ? (/^([^=]+)=([^;]*)/.exec(value) ?? []) : []
      if (key !== undefined && kept !== undefined) cookies.set(key, kept)
    }
    const header = (wanted: string) =>
      reply.headers.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1]
    const location = header('location')
    return {
      status: reply.status,
      html: new TextDecoder().decode(reply.body),
      location: location === undefined ? undefined : new URL(location),
      header,
    }
  }
  const one: Visitor = {
    cookies,
    get: (path) => ask('GET', path),
    send: (path, fields) => ask('POST', path, fields),
    press: (seen, fields) => ask('POST', '/oauth/sign-in', { ...hiddenOf(seen), ...fields }),
    authorize: (change) => ask('GET', `/oauth/oauth2/authorize?${asking(change)}`),
    async allow(seen, { username = 'provider', patient = 'p1' } = {}) {
      let at = seen
      if (at.html.includes('id="pwd"')) {
        at = await one.press(at, { username, pwd: 'sandbox', act: 'sign-in' })
      }
      if (at.html.includes('name="wanted"')) at = await one.press(at, { patient })
      at = await one.press(at, { act: 'continue' })
      return await one.press(at, { act: 'approve' })
    },
  }
  return one
}

/** Hidden fields of a page's form. */
export function hiddenOf({ html }: Seen): Readonly<Record<string, string>> {
  const fields = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name, value]) => [name, value]))
}

export interface Exchanged {
  readonly status: number
  readonly value: ReturnType<typeof JSON.parse>
  header(name: string): string | undefined
}

/** A form at the token endpoint, with headers. */
export async function exchanged(
  sandbox: Sandbox,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Exchanged> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await sandbox.handle({
    method: 'POST',
    path: '/oauth/oauth2/token',
    headers: { ...type, ...headers },
    body: new TextEncoder().encode(new URLSearchParams(form).toString()),
  })
  const header = (wanted: string) =>
    reply.headers.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1]
  return { status: reply.status, value: JSON.parse(new TextDecoder().decode(reply.body)), header }
}

/** The form that exchanges a code, with the change. */
export function redeeming(code: string, change: Readonly<Record<string, string>> = {}) {
  const standard = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }
  return { ...standard, code_verifier: VERIFIER, client_id: APP.clientId, ...change }
}
