// Sandbox and platform in one process without sockets: the network port carries a request straight
// to the sandbox, and what goes wrong on its wire becomes the failure a socket would have shown.

import {
  type Clock,
  type HttpReply,
  type HttpRequest,
  type Network,
  NetworkFailure,
} from '@chartway/platform'
import type { FetchJwks, Sandbox, WireReply } from 'chartway-sandbox'

/** The vendor's origin in-process; nothing listens there. */
export const VENDOR = 'http://vendor.test'
/** Our own origin in-process, from which the vendor fetches our keys. */
export const PLATFORM = 'http://platform.test'

export function inProcessNetwork(clock: Clock, sandbox: () => Sandbox): Network {
  return {
    async send(request, { signal } = {}) {
      const url = new URL(request.url)
      if (url.origin !== VENDOR) throw new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')
      const reply = await clock.during(
        sandbox().handle({
          method: request.method,
          path: url.pathname + url.search,
          headers: request.headers,
          body: new TextEncoder().encode(request.body ?? ''),
        }),
      )
      return deliver(clock, request, reply, signal)
    },
  }
}

async function deliver(
  clock: Clock,
  request: HttpRequest,
  reply: WireReply,
  signal: AbortSignal | undefined,
): Promise<HttpReply> {
  const hangs = reply.trouble?.kind === 'hang' || reply.delayMs > request.timeoutMs
  await clock.sleep(hangs ? request.timeoutMs : reply.delayMs, { signal })
  if (hangs) throw new NetworkFailure('unknown', 'NETWORK_TIMEOUT')
  if (reply.trouble?.kind === 'reset') throw new NetworkFailure('unknown', 'NETWORK_RESET')
  if (reply.trouble?.kind === 'truncate') throw new NetworkFailure('unknown', 'NETWORK_BODY_CUT')
  return {
    status: reply.status,
    headers: reply.headers.map(([name, value]) => [name.toLowerCase(), value] as const),
    body: reply.body,
  }
}

/** Lets the sandbox fetch a JWKS from the platform's face without a socket. */
export function inProcessJwks(
  clock: Clock,
  face: () => {
    inject(request: {
      method: 'GET'
      url: string
    }): PromiseLike<{ statusCode: number; body: string }>
  },
): FetchJwks {
  return async (url) => {
    const { origin, pathname } = new URL(url)
    if (origin !== PLATFORM) return { status: 0, body: '' }
    const reply = await clock.during(
      Promise.resolve(face().inject({ method: 'GET', url: pathname })),
    )
    return { status: reply.statusCode, body: reply.body }
  }
}
