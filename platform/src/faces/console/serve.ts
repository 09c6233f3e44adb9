// Serves the console's built files and nothing else: its pages ask the API as everybody does. Files with
// a hash in their name may be kept for ever; the page itself is never kept, and carries the policy that
// lets nothing run or load that is not from here.

import statics from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Files } from '../../kernel/files.ts'
import type { Random } from '../../kernel/random.ts'

export interface ConsoleFiles {
  /** Absolute: where the build of the console stands. It may be built while Chartway runs. */
  readonly folder: string
  readonly files: Pick<Files, 'readText'>
  readonly random: Random
}

const PLACE = '/console/'
const ASSETS = 'assets'
/** Seconds: a year. RFC 8246. */
const FOR_EVER = 'public, max-age=31536000, immutable'
/** Seconds for which the mark may be kept. */
const FOR_A_WHILE = 'public, max-age=3600'
/** Stands in the built page where the request's nonce belongs. */
const NONCE_MARK = '__CSP_NONCE__'
const NONCE_BYTES = 16

/** Puts the console below `/console/`; `/` leads there. Throws CONSOLE_NOT_BUILT in an answer. */
export function registerConsole(app: FastifyInstance, { folder, files, random }: ConsoleFiles) {
  app.register((scope, _options, done) => {
    scope.register(statics, {
      root: `${folder}/${ASSETS}`,
      prefix: `${PLACE}${ASSETS}/`,
      index: false,
      cacheControl: false,
      dotfiles: 'deny',
      setHeaders: (reply: FastifyReply) => reply.header('cache-control', FOR_EVER),
    })
    const page = async (_request: unknown, reply: FastifyReply) => {
      const built = await files.readText(`${folder}/index.html`)
      if (built === undefined) throw new ChartwayError('CONSOLE_NOT_BUILT')
      const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('base64')
      guard(reply, nonce)
      return reply.type('text/html; charset=utf-8').send(built.replace(NONCE_MARK, nonce))
    }
    const hidden = { schema: { hide: true } }
    scope.get(`${PLACE}mark.svg`, hidden, async (_request, reply) => {
      const mark = await files.readText(`${folder}/mark.svg`)
      if (mark === undefined) throw new ChartwayError('CONSOLE_NOT_BUILT')
      return reply.header('cache-control', FOR_A_WHILE).type('image/svg+xml').send(mark)
    })
    // Whatever stands behind it is the page's to find.
    scope.get(PLACE, hidden, page)
    scope.get(`${PLACE}*`, hidden, page)
    for (const from of ['/', PLACE.slice(0, -1)])
      scope.get(from, hidden, async (_request, reply) => reply.redirect(PLACE, 302))
    done()
  })
}

/** Content Security Policy Level 3, without any inline script; styles of the page carry the nonce. */
function guard(reply: FastifyReply, nonce: string): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]
  reply.header('content-security-policy', policy.join('; '))
  reply.header('referrer-policy', 'no-referrer')
  reply.header('cross-origin-opener-policy', 'same-origin')
  reply.header('cross-origin-resource-policy', 'same-origin')
  reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  reply.header('x-frame-options', 'DENY')
}
