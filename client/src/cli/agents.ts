// chartway mcp: the installation's tools for an agent client that starts programs instead of calling
// addresses. It carries messages between standard input and the MCP face, line by line, and knows no
// tool; every check is made where they are made for callers over HTTP.

import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Run } from './terminal.ts'

/** Messages under way at once; more wait on standard input. */
const TOGETHER_MAX = 8
/** Wall ms for one answer. */
const ANSWER_MS_MAX = 60_000
/** Characters of one message, as the API bounds its bodies. */
const LINE_CHARACTERS_MAX = 65_536
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion'
/** JSON-RPC 2.0, section 5.1. */
const PARSE_ERROR = -32700
const INTERNAL_ERROR = -32603

/** Goes on until standard input ends or the command is stopped. */
export async function serveAgents(run: Run): Promise<ExitCode> {
  const under = new Set<Promise<void>>()
  for await (const line of run.terminal.input()) {
    if (run.terminal.signal.aborted) break
    if (line.trim() === '') continue
    const carried = carry(run, line).finally(() => under.delete(carried))
    under.add(carried)
    if (under.size >= TOGETHER_MAX) await Promise.race(under)
  }
  await Promise.all(under)
  return EXIT.done
}

async function carry(run: Run, line: string): Promise<void> {
  const message = line.length > LINE_CHARACTERS_MAX ? undefined : parsed(line)
  if (message === undefined) return say(run, failure(null, PARSE_ERROR, 'not a JSON-RPC message'))
  try {
    const { url, key, terminal } = run
    const reply = await terminal.fetch(`${url.replace(/\/+$/, '')}/mcp`, {
      method: 'POST',
      headers: {
        ...headersOf(message),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: line,
      signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    })
    for (const answer of answersIn(await reply.text(), reply)) say(run, answer)
    if (!reply.ok && isProblem(reply) && message.id !== undefined)
      say(run, failure(message.id, INTERNAL_ERROR, `the installation answered ${reply.status}`))
  } catch {
    // What failed may name an address; the agent needs only to know that there is no answer.
    if (message.id !== undefined)
      say(run, failure(message.id, INTERNAL_ERROR, 'the installation did not answer'))
  }
}

interface Message {
  readonly id?: string | number
  readonly method?: unknown
  readonly params?: unknown
}

function parsed(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (!isRecord(value)) return undefined
    const { id, method, params } = value
    return typeof id === 'string' || typeof id === 'number'
      ? { id, method, params }
      : { method, params }
  } catch {
    return undefined
  }
}

/** The headers that the newer revision of the protocol puts beside a message over HTTP. */
function headersOf({ method, params }: Message): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const meta = isRecord(params) && isRecord(params._meta) ? params._meta : {}
  const version = meta[VERSION_KEY]
  if (typeof version !== 'string' || typeof method !== 'string') return headers
  headers['mcp-protocol-version'] = version
  headers['mcp-method'] = method
  if (isRecord(params) && typeof params.name === 'string') headers['mcp-name'] = params.name
  return headers
}

/** The messages of an answer: one, or the data lines of an event stream. */
function answersIn(text: string, reply: Response): readonly string[] {
  if (isProblem(reply) || text === '') return []
  const type = reply.headers.get('content-type') ?? ''
  if (!type.includes('text/event-stream')) return [text]
  return text
    .split('\n')
    .filter((part) => part.startsWith('data: '))
    .map((part) => part.slice('data: '.length).trim())
    .filter((part) => part !== '')
}

function isProblem(reply: Response): boolean {
  return (reply.headers.get('content-type') ?? '').includes('problem+json')
}

function failure(id: string | number | null, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })
}

/** One message is one line: the transport's only rule (MCP, stdio). */
function say(run: Run, message: string): void {
  run.terminal.out(`${message.replaceAll('\n', ' ')}\n`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
