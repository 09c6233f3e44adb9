// The typed client: one call per operation of the API, and iterators over what comes in pages. It
// retries only what is safe to ask twice, and caches nothing.

import { type ApiError, clientError, errorIn } from './errors.ts'
import { type Mirrored, type Operations, ROUTES } from './generated.ts'
import { type Fetch, systemFetch, systemWait, type Wait } from './network.ts'

/** Wall ms until a whole answer must be there. */
const TIMEOUT_MS = 60_000
/** How often a read is asked again after 429, 503 or no answer at all. */
const RETRIES_MAX = 4
/** Wall ms before the first retry; doubles each time. */
const RETRY_FIRST_MS = 250
/** The longest wait that is believed from a Retry-After header, wall ms. */
const RETRY_WAIT_MS_MAX = 10_000
/** Items asked for in one page. */
const PAGE = 200
/** Wall ms between two askings for new changes. */
const FOLLOW_MS = 1_000

export interface ClientOptions {
  /** Where Chartway answers, such as `http://127.0.0.1:7400`; a slash at the end does no harm. */
  readonly url: string
  /** An API key; operations that need none work without. */
  readonly key?: string | undefined
  /** Sent with every call; a page that signs in by cookie proves with one that the call is its own. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: Fetch
  readonly wait?: Wait
  readonly retriesMax?: number
  readonly timeoutMs?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

type Name = keyof Operations
/** One place in the change feed; `withheld` when the caller may not see what stands there. */
export type ShownChange = Operations['changes.list']['output']['items'][number]

export type Collection = Operations['resources.list']['input']['collection']

export interface Client {
  /** Calls one operation by its name. Throws ApiError. */
  call<N extends Name>(
    name: N,
    input: Operations[N]['input'],
    options?: CallOptions,
  ): Promise<Operations[N]['output']>
  /** Every resource of a type, page after page. */
  resources(
    collection: Collection,
    query?: { readonly practice?: string | undefined; readonly patient?: string | undefined },
    options?: CallOptions,
  ): AsyncIterable<Mirrored>
  /** Every change after a sequence number; with `follow` it goes on until the signal is aborted. */
  changes(
    query: {
      readonly practice?: string | undefined
      readonly after?: number | undefined
      readonly follow?: boolean | undefined
    },
    options?: CallOptions,
  ): AsyncIterable<ShownChange>
}

export function createClient(options: ClientOptions): Client {
  const { wait = systemWait } = options
  const call: Client['call'] = (name, input, { signal } = {}) => send(options, name, input, signal)
  return {
    call,
    async *resources(collection, query = {}, callOptions) {
      let cursor: string | undefined
      do {
        const page = await call(
          'resources.list',
          { ...query, collection, cursor, limit: PAGE },
          callOptions,
        )
        yield* page.items
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
    },
    async *changes({ practice, after = 0, follow = false }, callOptions) {
      for (let next = after; ; ) {
        const page = await call('changes.list', { practice, after: next, limit: PAGE }, callOptions)
        yield* page.items
        next = page.next
        if (page.items.length > 0) continue
        if (!follow) return
        await wait(FOLLOW_MS, callOptions?.signal)
      }
    },
  }
}

async function send<N extends Name>(
  options: ClientOptions,
  name: N,
  input: Operations[N]['input'],
  signal: AbortSignal | undefined,
): Promise<Operations[N]['output']> {
  const { method } = ROUTES[name]
  const retriesMax = method === 'GET' ? (options.retriesMax ?? RETRIES_MAX) : 0
  for (let retries = 0; ; retries++) {
    const answer = await once(options, name, input, signal)
    if (answer.ok) return answered<N>(answer.value)
    if (retries >= retriesMax || !answer.again) throw answer.error
    const doubled = RETRY_FIRST_MS * 2 ** retries
    await (options.wait ?? systemWait)(Math.max(doubled, answer.waitMs), signal)
  }
}

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      readonly error: ApiError
      readonly again: boolean
      readonly waitMs: number
    }

async function once(
  options: ClientOptions,
  name: Name,
  input: object,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const { url, request } = requestOf(options, name, input)
  try {
    const response = await (options.fetch ?? systemFetch)(url, {
      ...request,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    const text = await response.text()
    if (response.ok) return { ok: true, value: JSON.parse(text) }
    const again = response.status === 429 || response.status === 503
    const waitMs = waitOf(response.headers.get('retry-after'))
    return { ok: false, error: errorIn(response.status, text), again, waitMs }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    if (cause instanceof SyntaxError)
      return {
        ok: false,
        error: clientError('API_ANSWER_UNREADABLE', 0, { cause }),
        again: false,
        waitMs: 0,
      }
    const code = timeout.aborted ? 'API_TIMEOUT' : 'API_UNREACHABLE'
    const error = clientError(code, 0, { cause, url: options.url })
    return { ok: false, error, again: true, waitMs: 0 }
  }
}

function requestOf(options: ClientOptions, name: Name, input: object) {
  const route = ROUTES[name]
  const left = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const path = route.path.replace(/\{(\w+)\}/g, (_whole, field: string) => {
    const value = String(left.get(field) ?? '')
    left.delete(field)
    // A URL would swallow these as steps in the path.
    if (/^\.{0,2}$/.test(value)) throw clientError('ID_UNUSABLE', 0)
    return encodeURIComponent(value)
  })
  const url = new URL(options.url.replace(/\/+$/, '') + path)
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
  if (options.key !== undefined) headers.authorization = `Bearer ${options.key}`
  if (route.method === 'POST' && left.size > 0) {
    headers['content-type'] = 'application/json'
    const body = JSON.stringify(Object.fromEntries(left))
    return { url: url.href, request: { method: route.method, headers, body } }
  }
  for (const [field, value] of left) url.searchParams.set(field, String(value))
  return { url: url.href, request: { method: route.method, headers } }
}

/** Milliseconds from a Retry-After in seconds; the date form is not used by the API. */
function waitOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? 0)
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds * 1000), RETRY_WAIT_MS_MAX) : 0
}

/** The API's own description says that a good answer has this type. */
function answered<N extends Name>(value: unknown): Operations[N]['output'] {
  return value as Operations[N]['output']
}
