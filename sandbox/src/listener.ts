// Puts a sandbox on sockets: the vendor's surfaces on one port, the operator's on another with a
// secret of its own. It carries out delays and troubles; it decides none.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from './clock.ts'
import type { Sandbox } from './contract.ts'
import { createOperatorDesk, type OperatorReply } from './operator.ts'
import type { WireReply, WireStream } from './wire.ts'

/** Largest request body, bytes. */
const BODY_MAX = 10_000_000
/** A hung request is let go after this long, ms of wall time, so that sockets are not kept for ever. */
const HANG_MS_MAX = 600_000
const CLOSE_MS_MAX = 2000

export interface ListenerOptions {
  readonly sandbox: Sandbox
  /** Delays are slept on this clock. */
  readonly clock: Clock
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly operatorPort: number
  /** Bearer secret of the operator's port. */
  readonly operatorSecret: string
  /** Told of an error that is a defect of the sandbox, not of a request. */
  readonly onDefect?: (error: unknown) => void
}

export interface Listeners {
  readonly port: number
  readonly operatorPort: number
  /** Stops listening and ends all connections, also hung ones. */
  close(): Promise<void>
}

/** Starts both listeners. Rejects with the system's error when a port is taken. */
export async function startListeners(options: ListenerOptions): Promise<Listeners> {
  const { sandbox, clock, host } = options
  const closing = new AbortController()
  const { signal } = closing
  const onDefect = (error: unknown) => {
    if (!signal.aborted) options.onDefect?.(error)
  }
  const vendor = serve(onDefect, (request, response) =>
    answerVendor({ sandbox, clock, signal }, request, response),
  )
  const desk = createOperatorDesk(sandbox, options.operatorSecret)
  const operator = serve(onDefect, async (request, response) => {
    const body = await readBody(request)
    if (body === undefined) return void response.writeHead(413).end()
    const { method = 'GET', url = '/', headers } = request
    const authorization = headers.authorization ?? ''
    await writeOperator(response, desk({ method, path: url, authorization, body }))
  })
  const port = await listen(vendor, options.port, host)
  try {
    const operatorPort = await listen(operator, options.operatorPort, host)
    const close = async () => {
      closing.abort(new Error('the sandbox is closing'))
      await Promise.all([vendor, operator].map(closeServer))
    }
    return { port, operatorPort, close }
  } catch (cause) {
    await closeServer(vendor)
    throw cause
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function serve(onDefect: (error: unknown) => void, answer: Answer): Server {
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!request.destroyed || request.complete) onDefect(error) // Otherwise the client left early.
      request.socket.destroy()
    })
  })
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(isAddress(address) ? address.port : port)
    })
  })
}

function isAddress(value: AddressInfo | string | null): value is AddressInfo {
  return typeof value === 'object' && value !== null
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, CLOSE_MS_MAX)
    server.close(() => {
      clearTimeout(late)
      resolve()
    })
    server.closeAllConnections()
  })
}

interface Serving {
  readonly sandbox: Sandbox
  readonly clock: Clock
  readonly signal: AbortSignal
}

async function answerVendor(
  { sandbox, clock, signal }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  if (body === undefined) return void response.writeHead(413).end()
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const { method = 'GET', url = '/' } = request
  const reply = await sandbox.handle({ method, path: url, headers, body })
  if (reply.delayMs > 0) await clock.sleep(reply.delayMs, { signal })
  if (reply.trouble?.kind === 'reset') return void request.socket.resetAndDestroy()
  if (reply.trouble?.kind === 'hang') return void hang(request.socket)
  await writeReply(response, reply, request.socket)
}

function hang(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), HANG_MS_MAX)
  socket.once('close', () => clearTimeout(timer))
}

/** Writes status and headers as they are: no reason phrase, vendor time in `Date` [P]. */
function writeReply(
  response: ServerResponse,
  reply: WireReply,
  socket: Socket,
): void | Promise<void> {
  response.sendDate = false
  const headers = new Map<string, string[]>()
  for (const [name, value] of reply.headers) {
    headers.set(name, [...(headers.get(name) ?? []), value])
  }
  for (const [name, [first = '', ...more]] of headers) {
    response.setHeader(name, more.length === 0 ? first : [first, ...more])
  }
  if (reply.stream !== undefined) return writeStream(response, reply, reply.stream, socket)
  response.setHeader('Content-Length', reply.body.length)
  response.writeHead(reply.status, '')
  if (reply.trouble?.kind !== 'truncate') return void response.end(reply.body)
  response.write(reply.body.subarray(0, reply.trouble.bytes), () => socket.destroySoon())
}

/** Writes a body as it is made, no faster than the client reads. */
async function writeStream(
  response: ServerResponse,
  reply: WireReply,
  { chunks, framing, length }: WireStream,
  socket: Socket,
): Promise<void> {
  if (framing === 'length' && length !== undefined) response.setHeader('Content-Length', length)
  if (framing === 'close') {
    response.setHeader('Connection', 'close')
    response.removeHeader('Transfer-Encoding') // Node then marks the end by nothing but the close.
  }
  response.writeHead(reply.status, '')
  const truncation = reply.trouble?.kind === 'truncate' ? reply.trouble.bytes : undefined
  let left = truncation ?? Number.POSITIVE_INFINITY
  for (const chunk of chunks()) {
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk
    left -= part.length
    if (!response.write(part)) await drained(response)
    if (response.destroyed) return
    if (left === 0) break
  }
  if (truncation === undefined) response.end()
  else response.write('', () => socket.destroySoon())
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}

/** The body, or undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes: Uint8Array = chunk
    length += bytes.length
    if (length > BODY_MAX) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

async function writeOperator(response: ServerResponse, reply: OperatorReply): Promise<void> {
  response.writeHead(reply.status, { 'Content-Type': reply.contentType, ...reply.headers })
  if (typeof reply.body === 'string') return void response.end(reply.body)
  for (const line of reply.body) {
    if (!response.write(line)) {
      await drained(response)
      if (response.destroyed) return
    }
  }
  response.end()
}
