// The operator's routes of apps, people and launches. The port and its secret are the operator desk's.

import type { AppRegistration, ClientKind, LaunchRequest, Operator, TestUser } from '../contract.ts'
import { oneOf, record, text, texts } from '../table.ts'

type Cells = Readonly<Record<string, unknown>>

interface Asked {
  readonly parts: readonly string[]
  readonly body: () => unknown
}

export interface OperatorAnswer {
  /** 200 when absent. */
  readonly status?: number
  readonly value: unknown
}

const CLIENT_KINDS: readonly ClientKind[] = [
  ...(['backend', 'public', 'confidential-symmetric', 'confidential-asymmetric'] as const),
]
const WITH_KEYS = new Set<ClientKind>(['backend', 'confidential-asymmetric'])

/** `METHOD first-part` and what it gives. They throw a TypeError or RangeError for bad input. */
export function appRoutes(
  operator: Operator,
): readonly (readonly [name: string, run: (asked: Asked) => OperatorAnswer])[] {
  const known = (clientId: string): AppRegistration => {
    const app = operator.app(clientId)
    if (app === undefined) throw new RangeError('no app with this client id')
    return app
  }
  return [
    [
      'GET apps',
      ({ parts: [, clientId] }) => ({
        value: clientId === undefined ? operator.apps().map(withoutSecret) : known(clientId),
      }),
    ],
    [
      'POST apps',
      ({ parts: [, clientId, act], body }) => {
        if (clientId === undefined) {
          const app = appFrom(record(body(), 'body'))
          operator.registerApp(app)
          return { status: 201, value: app }
        }
        const app = known(clientId)
        if (act === 'revoke') operator.revokeTokens(clientId)
        else operator.registerApp(changed(app, act, record(body(), 'body')))
        return { value: known(clientId) }
      },
    ],
    ['GET users', () => ({ value: operator.users() })],
    [
      'POST users',
      ({ body }) => {
        const user = userFrom(record(body(), 'body'))
        operator.registerUser(user)
        return { status: 201, value: user }
      },
    ],
    [
      'POST launches',
      ({ body }) => {
        const started = operator.startLaunch(launchFrom(record(body(), 'body')))
        return { status: 201, value: started }
      },
    ],
  ]
}

function withoutSecret({ secret, ...app }: AppRegistration): object {
  return secret === undefined ? app : { ...app, secret: '(kept)' }
}

function appFrom(cells: Cells): AppRegistration {
  const client =
    cells.client === undefined ? undefined : oneOf(cells.client, CLIENT_KINDS, 'client')
  const needsKeys = WITH_KEYS.has(client ?? 'backend')
  const app: AppRegistration = {
    clientId: text(cells.clientId, 'clientId'),
    name: text(cells.name ?? cells.clientId, 'name'),
    jwksUrl: text(needsKeys ? cells.jwksUrl : (cells.jwksUrl ?? ''), 'jwksUrl'),
    jwksAllowed: cells.jwksAllowed !== false,
    scopes: texts(cells.scopes, 'scopes'),
    activatedFor: texts(cells.activatedFor ?? [], 'activatedFor'),
  }
  if (client === undefined) return app
  const isSecret = client === 'confidential-symmetric'
  return {
    ...app,
    client,
    ...(isSecret ? { secret: text(cells.secret, 'secret') } : {}),
    redirectUris: texts(cells.redirectUris ?? [], 'redirectUris').map(asRedirectUri),
    ...(cells.launchUrl === undefined ? {} : { launchUrl: text(cells.launchUrl, 'launchUrl') }),
  }
}

/** RFC 6749 section 3.1.2: absolute, without a fragment; never one that a browser would run. */
function asRedirectUri(uri: string): string {
  const url = URL.parse(uri)
  if (
    url === null ||
    !/^[!-~]+$/.test(uri) ||
    uri.includes('#') ||
    /^(javascript|data|vbscript):/.test(url.protocol)
  ) {
    throw new RangeError('redirectUris: an absolute URL without a fragment is needed')
  }
  return uri
}

function userFrom(cells: Cells): TestUser {
  const user = {
    practice: text(cells.practice, 'practice'),
    username: text(cells.username, 'username'),
    password: text(cells.password, 'password'),
    fhirUser: text(cells.fhirUser, 'fhirUser'),
  }
  if (cells.patients === undefined) return user
  return { ...user, patients: texts(cells.patients, 'patients') }
}

function launchFrom(cells: Cells): LaunchRequest {
  const { encounter, username, needsBanner } = cells
  return {
    clientId: text(cells.clientId, 'clientId'),
    practice: text(cells.practice, 'practice'),
    patient: text(cells.patient, 'patient'),
    ...(encounter === undefined ? {} : { encounter: text(encounter, 'encounter') }),
    ...(username === undefined ? {} : { username: text(username, 'username') }),
    ...(needsBanner === undefined ? {} : { needsBanner: needsBanner === true }),
  }
}

function changed(app: AppRegistration, act: string | undefined, cells: Cells): AppRegistration {
  const practice = text(cells.practice, 'practice')
  const others = app.activatedFor.filter((code) => code !== practice)
  const acts = ['activate', 'deactivate'] as const
  return oneOf(act, acts, 'act') === 'activate'
    ? { ...app, activatedFor: [...others, practice] }
    : { ...app, activatedFor: others }
}
