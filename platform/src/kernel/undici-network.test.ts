// The network port against servers that misbehave: what was proven unsent, what may have been received,
// and what an answer looks like.

import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type HttpRequest, header, NetworkFailure } from './network.ts'
import { type SocketNetwork, undiciNetwork } from './undici-network.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function network(): SocketNetwork {
  const made = undiciNetwork({ connectionsMax: 1 })
  closing.unshift(() => made.close())
  return made
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return isInfo(address) ? address.port : 0
}

function isInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

/** A server that says `answer` to whatever comes, and perhaps hangs up. */
function raw(answer: (socket: Socket) => void): Promise<number> {
  return listen(
    createServer((socket) => socket.on('error', () => {}).once('data', () => answer(socket))),
  )
}

function request(port: number, rest: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url: `http://127.0.0.1:${port}/path?a=b%20c`,
    headers: { accept: 'application/json' },
    timeoutMs: 2_000,
    bodyBytesMax: 1_000,
    ...rest,
  }
}

async function failure(promise: Promise<unknown>): Promise<readonly [string, string]> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof NetworkFailure))
    throw new Error(`not a NetworkFailure: ${String(thrown)}`)
  return [thrown.phase, thrown.code]
}

test('an answer comes whole: status, header lines in order and repeated, bytes', async () => {
  let seen: IncomingMessage | undefined
  const server = createHttpServer((incoming, reply) => {
    seen = incoming
    reply.setHeader('Set-Cookie', ['a=1', 'b=2'])
    reply.writeHead(429).end('späť')
  })
  const reply = await network().send(
    request(await listen(server), { method: 'POST', body: 'x=1', headers: { 'x-own': 'yes' } }),
  )
  expect(reply.status).toBe(429)
  expect(reply.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual(
    ['a=1', 'b=2'],
  )
  expect(header(reply, 'date')).toMatch(/GMT$/)
  expect(Buffer.from(reply.body).toString()).toBe('späť')
  expect([
    seen?.method,
    seen?.url,
    seen?.headers['x-own'],
    seen?.headers['content-length'],
  ]).toEqual(['POST', '/path?a=b%20c', 'yes', '3'])
})

test('a redirect is an answer, not followed', async () => {
  const port = await raw((socket) =>
    socket.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
  )
  expect((await network().send(request(port))).status).toBe(302)
})

test('a refused connection and an unknown name are proven unsent', async () => {
  const closed = createServer()
  const port = await listen(closed)
  await new Promise((resolve) => closed.close(resolve))
  expect(await failure(network().send(request(port)))).toEqual(['unsent', 'NETWORK_UNREACHABLE'])
  const nameless = request(1, { url: 'http://no-such-host.invalid/' })
  expect(await failure(network().send(nameless))).toEqual(['unsent', 'NETWORK_UNREACHABLE'])
})

test('a TLS handshake that fails is proven unsent', async () => {
  const port = await raw((socket) => socket.end('this is not TLS'))
  const secure = request(port, { url: `https://127.0.0.1:${port}/` })
  expect(await failure(network().send(secure))).toEqual(['unsent', 'NETWORK_UNREACHABLE'])
})

test('a reset after the request may have been received', async () => {
  const port = await raw((socket) => socket.resetAndDestroy())
  expect(await failure(network().send(request(port)))).toEqual(['unknown', 'NETWORK_RESET'])
})

test('silence ends at the time-out, which covers the body too', async () => {
  const silent = await raw(() => {})
  expect(await failure(network().send(request(silent, { timeoutMs: 100 })))).toEqual([
    'unknown',
    'NETWORK_TIMEOUT',
  ])
  const dripping = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n')
    const drip = setInterval(() => socket.write('.'), 20)
    socket.on('close', () => clearInterval(drip))
  })
  expect(await failure(network().send(request(dripping, { timeoutMs: 150 })))).toEqual([
    'unknown',
    'NETWORK_TIMEOUT',
  ])
})

test('a request that waits for a connection until its time-out is never sent', async () => {
  let received = 0
  const port = await raw(() => received++)
  const busy = network()
  const first = failure(busy.send(request(port, { timeoutMs: 400 })))
  expect(await failure(busy.send(request(port, { timeoutMs: 100 })))).toEqual([
    'unsent',
    'NETWORK_TIMEOUT',
  ])
  await first
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(received).toBe(1)
})

test.each([
  ['short of its Content-Length', 'Content-Length: 50\r\n\r\n{"a":1}'],
  ['cut within a chunk', 'Transfer-Encoding: chunked\r\n\r\n20\r\n{"a":1'],
  ['cut before the last chunk', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n'],
])('a body %s is never an answer', async (_, rest) => {
  const port = await raw((socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`))
  expect(await failure(network().send(request(port)))).toEqual(['unknown', 'NETWORK_BODY_CUT'])
})

test('a body above the limit is dropped at the limit', async () => {
  const port = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n')
    socket.write('x'.repeat(5_000))
  })
  expect(await failure(network().send(request(port)))).toEqual([
    'unknown',
    'NETWORK_BODY_TOO_LARGE',
  ])
})

test('nonsense instead of HTTP may have followed a received request', async () => {
  const port = await raw((socket) => socket.end('nonsense\r\n\r\n'))
  expect(await failure(network().send(request(port)))).toEqual(['unknown', 'NETWORK_RESET'])
})

test('a caller that gives up before sending proves it unsent, afterwards not', async () => {
  const port = await raw(() => {})
  const before = AbortSignal.abort(new Error('stop'))
  expect(await failure(network().send(request(port), { signal: before }))).toEqual([
    'unsent',
    'NETWORK_RESET',
  ])
  const stop = new AbortController()
  const sent = failure(network().send(request(port), { signal: stop.signal }))
  setTimeout(() => stop.abort(new Error('stop')), 100)
  expect(await sent).toEqual(['unknown', 'NETWORK_RESET'])
})

test('a sink gets the body piece by piece and is waited for; silence is limited, not the whole', async () => {
  const pieces = ['one ', 'two ', 'three']
  const port = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n')
    pieces.forEach((piece, index) => {
      setTimeout(() => socket.write(piece), 150 * (index + 1))
    })
  })
  const taken: string[] = []
  const reply = await network().send(
    request(port, {
      timeoutMs: 300,
      sink: ({ status }) => {
        taken.push(String(status))
        return async (piece) => {
          taken.push(new TextDecoder().decode(piece))
          await new Promise((resolve) => setTimeout(resolve, 350))
        }
      },
    }),
  )
  expect(reply.body).toHaveLength(0)
  expect(taken[0]).toBe('200')
  expect(taken.slice(1).join('')).toBe('one two three')
})

test('a sink that fails ends the exchange with its own error, and one that declines gets a body', async () => {
  const port = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc'))
  const own = new Error('no more')
  const failing = network().send(
    request(port, {
      sink: () => () => {
        throw own
      },
    }),
  )
  await expect(failing).rejects.toBe(own)
  const reply = await network().send(request(port, { sink: () => undefined }))
  expect(new TextDecoder().decode(reply.body)).toBe('abc')
})

test('a body that breaks off is told apart although a sink took what came', async () => {
  const port = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'))
  let taken = 0
  const sink = () => (piece: Uint8Array) => {
    taken += piece.length
  }
  const cut = network().send(request(port, { sink }))
  await expect(cut).rejects.toMatchObject({ code: 'NETWORK_BODY_CUT' })
  expect(taken).toBe(3)
})

test('a server that falls silent while a sink takes is given up', async () => {
  const port = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')
  })
  const silent = network().send(request(port, { timeoutMs: 200, sink: () => () => {} }))
  await expect(silent).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' })
})
