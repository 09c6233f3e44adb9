// One call of an operation, retried only where asking twice is safe. It caches nothing and knows no
// pages.

import { type ApiError, clientError, errorIn } from './errors.ts'
import { type Operations, ROUTES, type Route } from './generated.ts'
import { systemFetch, systemWait } from './network.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import { askingOf } from './request.ts'
import { mayAskAgain, RETRIES_MAX, toldIn, waitBefore } from './retries.ts'

/** Wall ms until a whole answer must be there. */
const TIMEOUT_MS = 60_000

export type Name = keyof Operations

export async function callOnce<N extends Name>(
  options: ClientOptions,
  name: N,
  input: Operations[N]['input'],
  call: CallOptions,
): Promise<Operations[N]['output']> {
  const route = ROUTES[name]
  const retriesMax =
    route.method === 'GET' ? (call.retriesMax ?? options.retriesMax ?? RETRIES_MAX) : 0
  for (let retries = 0; ; retries++) {
    const answer = await once(options, route, input, call)
    if (answer.ok) return answered<N>(answer.value)
    if (retries >= retriesMax || !answer.again) throw answer.error
    const waitMs = waitBefore(retries, answer.error.retryAfterMs, options)
    if (waitMs === undefined) throw answer.error
    await (options.wait ?? systemWait)(waitMs, call.signal)
  }
}

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ApiError; readonly again: boolean }

async function once(
  options: ClientOptions,
  route: Route,
  input: object,
  { signal, timeoutMs = options.timeoutMs ?? TIMEOUT_MS }: CallOptions,
): Promise<Answer> {
  const { url, request } = askingOf(options, route, input)
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await (options.fetch ?? systemFetch)(url, {
      ...request,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    const text = await response.text()
    if (response.ok) return { ok: true, value: JSON.parse(text) }
    return failed(response, text)
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    if (cause instanceof SyntaxError)
      return { ok: false, error: clientError('API_ANSWER_UNREADABLE', 0, { cause }), again: false }
    const code = timeout.aborted ? 'API_TIMEOUT' : 'API_UNREACHABLE'
    return { ok: false, error: clientError(code, 0, { cause, url: options.url }), again: true }
  }
}

/** What an answer that is no success says. */
export function failed(response: Response, text: string): Answer & { readonly ok: false } {
  const error = errorIn(response.status, text, toldIn(response.headers))
  return { ok: false, error, again: mayAskAgain(response.status) }
}

/** The API's own description says that a good answer has this type. */
function answered<N extends Name>(value: unknown): Operations[N]['output'] {
  return value as Operations[N]['output']
}
