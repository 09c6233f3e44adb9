// The change feed as it is pushed: server-sent events, connected again wherever they broke off, each
// change once and in order. It keeps no position beyond the caller's loop: the sequence number of the
// last change is the position, and it is the caller's to remember.

import { failed } from './call.ts'
import { ApiError, clientError, errorOfCode } from './errors.ts'
import { EventReader } from './events.ts'
import { CHANGES_STREAM, type Operations } from './generated.ts'
import { systemFetch, systemWait, Watch } from './network.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import { askingOf } from './request.ts'
import { RETRIES_MAX, waitBefore } from './retries.ts'

/** The server says every 15 s that it is alive; three times that is silence. Wall ms. */
const SILENCE_MS = 45_000
/** Ends of a stream that only mean: connect again. */
const PASSING: readonly string[] = ['SERVICE_STOPPING', 'DATABASE_UNREACHABLE', 'RATE_LIMITED']

/** One place in the change feed; `withheld` when the caller may not see what stands there. */
export type ShownChange = Operations['changes.list']['output']['items'][number]

export interface StreamQuery {
  readonly practice?: string | undefined
  readonly after: number
}

/**
 * Every change after a sequence number, as it is learnt. Throws ApiError when the key is refused, when
 * the position is no position, or when nothing answers `retriesMax` times in a row.
 */
export async function* streamOf(
  options: ClientOptions,
  query: StreamQuery,
  call: CallOptions,
): AsyncGenerator<ShownChange, void, undefined> {
  const retriesMax = call.retriesMax ?? options.retriesMax ?? RETRIES_MAX
  const place = { after: query.after, retryMs: 0 }
  for (let retries = 0; ; retries++) {
    try {
      for await (const change of connected(options, { ...query, place }, call)) {
        retries = -1
        yield change
      }
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason
      if (!(error instanceof ApiError) || !isPassing(error) || retries >= retriesMax) throw error
      place.retryMs = Math.max(place.retryMs, error.retryAfterMs ?? 0)
    }
    const waitMs = waitBefore(Math.max(0, retries), place.retryMs, options)
    if (waitMs === undefined) throw clientError('API_UNREACHABLE', 0, { url: options.url })
    await (options.wait ?? systemWait)(waitMs, call.signal)
  }
}

function isPassing({ code, status }: ApiError): boolean {
  return status === 0 ? code !== 'ID_UNUSABLE' : PASSING.includes(code) || status >= 500
}

/** One connection: ends quietly when the other side closes it. Moves `place` with each change. */
async function* connected(
  options: ClientOptions,
  at: StreamQuery & { readonly place: { after: number; retryMs: number } },
  { signal }: CallOptions,
): AsyncGenerator<ShownChange, void, undefined> {
  const { practice, place } = at
  const watch = new Watch(options.silenceMs ?? SILENCE_MS)
  const stop = new AbortController()
  const signals = [watch.signal, stop.signal, ...(signal ? [signal] : [])]
  const asking = askingOf(options, CHANGES_STREAM, { practice, after: place.after })
  const headers = { ...asking.request.headers, accept: 'text/event-stream' }
  const reader = new EventReader()
  try {
    const send = options.fetch ?? systemFetch
    const request = { ...asking.request, headers, signal: AbortSignal.any(signals) }
    const response = await send(asking.url, request)
    for await (const text of textOf(response)) {
      watch.wind()
      for (const { event, data } of reader.read(text)) {
        const value = parsed(data)
        if (event === 'end') throw errorOfCode(codeIn(value))
        if (event !== 'change' || !isChange(value)) continue
        // What was sent twice is shown once.
        if (value.sequence <= place.after) continue
        place.after = value.sequence
        yield value
      }
      place.retryMs = reader.retryMs ?? place.retryMs
    }
  } catch (cause) {
    if (cause instanceof ApiError || cause instanceof RangeError) throw cause
    const code = watch.signal.aborted ? 'API_TIMEOUT' : 'API_UNREACHABLE'
    throw clientError(code, 0, { cause, url: options.url })
  } finally {
    watch.stop()
    stop.abort(new Error('The reader is gone'))
  }
}

/** The body as text, chunk by chunk. Throws the problem that the answer is, when it is one. */
async function* textOf(response: Response): AsyncGenerator<string, void, undefined> {
  if (!response.ok) throw failed(response, await response.text()).error
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (!isEvents || response.body === null)
    throw clientError('API_ANSWER_UNREADABLE', response.status)
  const decoder = new TextDecoder()
  const body = response.body.getReader()
  for (;;) {
    const { done, value } = await body.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw clientError('API_ANSWER_UNREADABLE', 200)
  }
}

function codeIn(value: unknown): string {
  const { code = 'INTERNAL' }: { code?: unknown } =
    typeof value === 'object' && value !== null ? value : {}
  return String(code)
}

/** The API's own description says what a change has beside its number. */
function isChange(value: unknown): value is ShownChange {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sequence' in value &&
    typeof value.sequence === 'number'
  )
}
