// The OAuth face: authorization, token, revocation and introspection endpoints and the documents that
// name them, for programs that use our other faces. It carries forms in and answers out; who may have
// what is decided below.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../../operations/index.ts'
import { registerAuthorize } from './authorize.ts'
import { type Form, formIn } from './form.ts'
import { serverMetadata, smartConfiguration } from './metadata.ts'
import type { OauthFaceOptions } from './options.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json; charset=utf-8'
/** Seconds for which anybody may keep a description. */
const METADATA_SECONDS = 300
const HIDDEN = { schema: { hide: true } }

type Oauth = Context['people']['oauth']
type TokenRequest = Parameters<Oauth['token']>[0]
type OauthError = Exclude<Awaited<ReturnType<Oauth['revoke']>>, undefined>

export function registerOauth(app: FastifyInstance, options: OauthFaceOptions): void {
  app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      FORM,
      { parseAs: 'string' },
      async (_request: unknown, body: unknown) => body,
    )
    addDocuments(scope, options)
    addTokenEndpoints(scope, options)
    registerAuthorize(scope, options)
    done()
  })
}

function addDocuments(app: FastifyInstance, { publicUrl }: OauthFaceOptions): void {
  app.get('/.well-known/oauth-authorization-server', HIDDEN, async (_request, reply) =>
    describe(reply, serverMetadata(publicUrl)),
  )
  app.get('/fhir/r4/:practice/.well-known/smart-configuration', HIDDEN, async (_request, reply) =>
    describe(reply, smartConfiguration(publicUrl)),
  )
}

function describe(reply: FastifyReply, document: object): FastifyReply {
  reply.header('cache-control', `public, max-age=${METADATA_SECONDS}`)
  // Applications in browsers look here first; nothing in it is secret.
  reply.header('access-control-allow-origin', '*')
  return reply.type(JSON_TYPE).send(JSON.stringify(document))
}

function addTokenEndpoints(app: FastifyInstance, { people }: OauthFaceOptions): void {
  const { oauth } = people
  const endpoint = (url: string, act: (request: TokenRequest) => Promise<Reply>) =>
    app.post(url, HIDDEN, async (request, reply) => {
      const form = formIn(request.body)
      const answer = form === undefined ? TWICE : await act(tokenRequest(request, form))
      // No cookie counts here, so a page of another origin gets nothing that it was not given.
      reply.header('access-control-allow-origin', '*')
      if (answer.status === 401) reply.header('www-authenticate', 'Basic realm="token endpoint"')
      return reply.code(answer.status).type(JSON_TYPE).send(answer.text)
    })
  endpoint('/oauth/token', async (request) => {
    const answer = await oauth.token(request)
    return answer.ok ? good(answer.body) : bad(answer)
  })
  endpoint('/oauth/revoke', async (request) => {
    const refused = await oauth.revoke(request)
    return refused === undefined ? good({}) : bad(refused)
  })
  endpoint('/oauth/introspect', async (request) => {
    const answer = await oauth.introspect(request)
    return answer.ok ? good(answer.body) : bad(answer)
  })
}

interface Reply {
  readonly status: number
  readonly text: string
}

function tokenRequest({ headers }: FastifyRequest, form: Form): TokenRequest {
  return { parameters: form, authorization: headers.authorization }
}

function good(body: object): Reply {
  return { status: 200, text: JSON.stringify(body) }
}

/** RFC 6749, section 5.2. */
function bad({ error, description }: Pick<OauthError, 'error' | 'description'>): Reply {
  const status = error === 'invalid_client' ? 401 : 400
  return { status, text: JSON.stringify({ error, error_description: description }) }
}

const TWICE = bad({ error: 'invalid_request', description: 'A form, each parameter once' })
