// The authorization endpoint as a person goes through it: sign in, see what is asked, choose a patient
// where one is needed, agree or not. The request travels along in the forms; nothing is kept here.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'
import { type Context, operations, scopeInWords } from '../../operations/index.ts'
import { cookieFor, isSameOrigin, sessionIn } from '../http/session-cookie.ts'
import { type Form, formIn, queryOf } from './form.ts'
import type { OauthFaceOptions } from './options.ts'
import {
  comingBackPage,
  consentPage,
  policyOf,
  problemPage,
  type ShownPatient,
  signInPage,
} from './pages.ts'

const HIDDEN = { schema: { hide: true } }
const PATIENTS_SHOWN = 20
const QUERY_LENGTH_MAX = 8_000

type Read = Awaited<ReturnType<Context['people']['oauth']['readAuthorization']>>
type AuthorizationRequest = Extract<Read, { kind: 'good' }>['request']

/** One visit of a person: what was asked for, and the way to answer. */
interface Visit {
  readonly options: OauthFaceOptions
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly query: string
  readonly asked: AuthorizationRequest
}

export function registerAuthorize(app: FastifyInstance, options: OauthFaceOptions): void {
  app.get('/oauth/authorize', HIDDEN, (request, reply) =>
    visited(options, { request, reply, query: queryOf(request.url) }, async (visit) => {
      const caller = await signedIn(visit)
      if (caller !== undefined) return await consent(visit, caller)
      // A session is not sent along when another site leads here: our own page has to.
      if (request.headers['sec-fetch-site'] === 'cross-site')
        return show(reply, 200, comingBackPage(`/oauth/authorize?${visit.query}`))
      return signInForm(visit, 200)
    }),
  )
  app.post('/oauth/sign-in', HIDDEN, (request, reply) => {
    const form = ownForm(request, options.publicUrl)
    if (form === undefined) return refuse(reply)
    return visited(options, { request, reply, query: form.get('query') }, (visit) =>
      signIn(visit, form),
    )
  })
  app.post('/oauth/authorize', HIDDEN, (request, reply) => {
    const form = ownForm(request, options.publicUrl)
    if (form === undefined) return refuse(reply)
    return visited(options, { request, reply, query: form.get('query') }, async (visit) => {
      const caller = await signedIn(visit)
      return caller === undefined ? signInForm(visit, 401) : decided(visit, caller, form)
    })
  })
}

/** The form of one of our own pages, whose session the browser sends to nobody else. */
function ownForm(request: FastifyRequest, publicUrl: string): Form | undefined {
  return isSameOrigin(request, publicUrl) ? formIn(request.body) : undefined
}

function refuse(reply: FastifyReply): FastifyReply {
  return show(reply, 403, problemPage('This form was not sent from our own page.'))
}

/** Reads the authorization request first: whoever is wrongly asked needs not sign in. */
async function visited(
  options: OauthFaceOptions,
  of: Pick<Visit, 'request' | 'reply'> & { readonly query: string | undefined },
  go: (visit: Visit) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const { request, reply, query = '' } = of
  const parameters = query.length > QUERY_LENGTH_MAX ? undefined : formIn(query)
  if (parameters === undefined)
    return show(reply, 400, problemPage('The application sent a request that cannot be read.'))
  const read = await options.people.oauth.readAuthorization(parameters)
  if (read.kind === 'page') return show(reply, 400, problemPage(read.says))
  if (read.kind === 'redirect') return reply.redirect(read.url, 303)
  return go({ options, request, reply, query, asked: read.request })
}

async function signedIn({ options, request }: Visit) {
  const text = sessionIn(request, options.publicUrl)
  return text === undefined ? undefined : options.people.sessionCaller(text, true)
}

function signInForm(visit: Visit, status: number, problem?: string): FastifyReply {
  const { reply, query, asked } = visit
  return show(reply, status, signInPage({ query, client: asked.client.name, problem }))
}

async function signIn(visit: Visit, form: Form): Promise<FastifyReply> {
  const { options, request, reply, query, asked } = visit
  const [name = '', password = '', code = ''] = ['name', 'password', 'code'].map((field) =>
    (form.get(field) ?? '').slice(0, 1_024),
  )
  try {
    const proof = { password, code, source: request.ip }
    const named = { organization: asked.organization, name: name.trim() }
    const session = await options.people.signIn(named, proof)
    const cookie = cookieFor(request, options.publicUrl)
    reply.setCookie(cookie.name, session.text, cookie.attributes)
    return reply.redirect(`/oauth/authorize?${query}`, 303)
  } catch (error) {
    if (!(error instanceof ChartwayError)) throw error
    if (error.code === 'SIGN_IN_REFUSED')
      return signInForm(visit, 401, 'Name, password or code is wrong, or the code was used.')
    if (error.code !== 'SIGN_IN_SLOWED') throw error
    reply.header('retry-after', String(error.details.seconds ?? 1))
    return signInForm(visit, 429, 'There were too many attempts. Wait a little, then try again.')
  }
}

interface SignedIn {
  readonly principal: Principal
}

async function decided(visit: Visit, caller: SignedIn, form: Form): Promise<FastifyReply> {
  const { options, reply, asked } = visit
  const action = form.get('action')
  if (action === 'find') {
    const patients = await found(visit, caller, form.get('find') ?? '')
    return consent(visit, caller, { patients })
  }
  const allowed = action === 'allow'
  const patientId = asked.needsPatient ? (form.get('patient') ?? '') : undefined
  if (allowed && patientId !== undefined && !(await isTheirs(visit, caller, patientId)))
    return consent(visit, caller, { problem: 'Find and choose a patient first.' })
  const { principal } = caller
  const url = await options.people.oauth.decide(asked, {
    ...{ principal, allowed, patientId },
    userId: userIdOf(principal),
  })
  return reply.redirect(url, 303)
}

async function consent(
  { options, reply, query, asked }: Visit,
  { principal }: SignedIn,
  more: { readonly patients?: readonly ShownPatient[]; readonly problem?: string } = {},
): Promise<FastifyReply> {
  const { client, scopes, practice, needsPatient, redirectUri } = asked
  const user = await options.people.user(principal.organization, userIdOf(principal))
  const text = consentPage({
    ...{ query, needsPatient, client: client.name, person: user?.displayName ?? '' },
    scopes: scopes.map(scopeInWords),
    at: practice ?? 'this installation',
    patients: more.patients,
    problem: more.problem,
  })
  return show(reply, 200, text, redirectUri)
}

/** Sessions are of people alone. */
function userIdOf({ actor }: Principal): string {
  return actor.replace(/^user:/, '')
}

/** Patients as the person may see them, by the operation that everybody uses. */
async function found(
  visit: Visit,
  caller: SignedIn,
  name: string,
): Promise<readonly ShownPatient[]> {
  if (name.trim() === '') return []
  const { practice } = visit.asked
  const input = { ...(practice !== undefined && { practice }), name: name.trim() }
  const answer = await invoke(visit, caller, 'patients.list', { ...input, limit: PATIENTS_SHOWN })
  const items = isRecord(answer) && Array.isArray(answer.items) ? answer.items : []
  return items.flatMap((item: unknown) => shownPatient(item) ?? [])
}

async function isTheirs(visit: Visit, caller: SignedIn, id: string): Promise<boolean> {
  const { practice } = visit.asked
  try {
    await invoke(visit, caller, 'patients.read', {
      ...(practice !== undefined && { practice }),
      id,
    })
    return true
  } catch (error) {
    if (error instanceof ChartwayError && error.code !== 'INTERNAL') return false
    throw error
  }
}

async function invoke(
  { options, request, asked }: Visit,
  { principal }: SignedIn,
  name: string,
  input: object,
): Promise<unknown> {
  const operation = operations.find((candidate) => candidate.name === name)
  if (operation === undefined || principal.organization !== asked.organization)
    throw new ChartwayError('NOT_FOUND')
  const answer = await operation.invoke(options.contextOf(principal, request.id), input)
  return isRecord(answer) && typeof answer.text === 'string' ? JSON.parse(answer.text) : answer
}

function shownPatient(item: unknown): ShownPatient | undefined {
  if (!isRecord(item) || typeof item.id !== 'string') return undefined
  const name = isRecord(item.name) ? item.name : {}
  const given = Array.isArray(name.given) ? name.given.join(' ') : ''
  const family = typeof name.family === 'string' ? name.family : ''
  const born = typeof item.birthDate === 'string' ? `, born ${item.birthDate}` : ''
  return { id: item.id, says: `${family} ${given}`.trim() + born }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(
  reply: FastifyReply,
  status: number,
  text: string,
  redirectUri?: string,
): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', policyOf(redirectUri))
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .send(text)
}
