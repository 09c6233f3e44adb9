// The cookie that holds a session, and the check that a request comes from a page of this installation.
// Over TLS the cookie is `__Host-chartway` with Secure (RFC 6265bis, 4.1.3.2). Over plain HTTP it is
// given on loopback alone, as `chartway-loopback` without Secure, since not every browser keeps a
// Secure cookie there; elsewhere plain HTTP gets the Secure one, which browsers refuse.

import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  // What the cookie plugin adds; it cannot be seen from its own declarations when packages are linked.
  interface FastifyRequest {
    readonly cookies: Readonly<Record<string, string | undefined>>
  }
  interface FastifyReply {
    setCookie(name: string, value: string, attributes: CookieAttributes): FastifyReply
    clearCookie(name: string, attributes: CookieAttributes): FastifyReply
  }
}

interface CookieAttributes {
  readonly path: string
  readonly httpOnly: boolean
  readonly sameSite: 'strict'
  readonly secure: boolean
}

const SECURE_NAME = '__Host-chartway'
const LOOPBACK_NAME = 'chartway-loopback'
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/** What of a request says where it was sent. */
export type Asked = Pick<FastifyRequest, 'headers' | 'protocol' | 'host' | 'cookies'>

/** The text of the session that a request carries. */
export function sessionIn(request: Asked, publicUrl: string | undefined): string | undefined {
  return request.cookies[isLoopback(request, publicUrl) ? LOOPBACK_NAME : SECURE_NAME]
}

/** Name and attributes of the cookie that keeps a session. Without an age: gone with the browser. */
export function cookieFor(
  request: Asked,
  publicUrl: string | undefined,
): { readonly name: string; readonly attributes: CookieAttributes } {
  const loopback = isLoopback(request, publicUrl)
  return {
    name: loopback ? LOOPBACK_NAME : SECURE_NAME,
    attributes: { path: '/', httpOnly: true, sameSite: 'strict', secure: !loopback },
  }
}

/** Plain HTTP to this machine, as far as the request and the configured address say. */
function isLoopback({ protocol, host }: Asked, publicUrl: string | undefined): boolean {
  if (publicUrl?.startsWith('https:')) return false
  return protocol === 'http' && LOOPBACK.test(host)
}

/** Whether the page that sent the request is of this installation: RFC 6454, 7. */
export function isSameOrigin(request: Asked, publicUrl: string | undefined): boolean {
  const { origin } = request.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  const own = [`${request.protocol}://${request.host}`, publicUrl ?? '']
  return own.some((url) => URL.canParse(url) && new URL(url).origin === new URL(origin).origin)
}
