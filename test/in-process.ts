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
  const head = { status: reply.status, headers: headersOf(reply) }
  const take = request.sink?.(head)
  if (take !== undefined) return await pour(clock, head, reply, take)
  if (reply.trouble?.kind === 'truncate') throw new NetworkFailure('unknown', 'NETWORK_BODY_CUT')
  return { ...head, body: bodyOf(reply) }
}

/** The headers as they arrive: with the mark of the body's end. */
function headersOf({ headers, body, stream }: WireReply): HttpReply['headers'] {
  const { framing, length = body.length } = stream ?? { framing: 'length' }
  const mark =
    framing === 'length'
      ? [['content-length', String(length)] as const]
      : framing === 'chunked'
        ? [['transfer-encoding', 'chunked'] as const]
        : []
  return [...headers.map(([name, value]) => [name.toLowerCase(), value] as const), ...mark]
}

function bodyOf({ body, stream }: WireReply): Uint8Array {
  return stream === undefined ? body : Buffer.concat([...stream.chunks()])
}

/** Hands the body over piece by piece, as far as it comes. */
async function pour(
  clock: Clock,
  head: Omit<HttpReply, 'body'>,
  reply: WireReply,
  take: (piece: Uint8Array) => void | Promise<void>,
): Promise<HttpReply> {
  const { trouble } = reply
  let left = trouble?.kind === 'truncate' ? trouble.bytes : Number.POSITIVE_INFINITY
  for (const piece of reply.stream?.chunks() ?? [reply.body]) {
    const part = piece.length > left ? piece.subarray(0, left) : piece
    left -= part.length
    if (part.length > 0) await clock.during(Promise.resolve(take(part)))
    if (left === 0) throw new NetworkFailure('unknown', 'NETWORK_BODY_CUT')
  }
  return { ...head, body: new Uint8Array() }
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
