// One asking as HTTP has it: fields of the input go to the path, the query or the body, as the route
// says. It sends nothing.

import { clientError } from './errors.ts'
import type { Route } from './generated.ts'
import type { ClientOptions } from './options.ts'

export interface Asking {
  readonly url: string
  readonly request: {
    readonly method: string
    readonly headers: Record<string, string>
    readonly body?: string
  }
}

/** Throws ID_UNUSABLE for an id that would change the path. */
export function askingOf(options: ClientOptions, route: Route, input: object): Asking {
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
  // A list is the field once for each of its values.
  for (const [field, value] of left)
    for (const one of Array.isArray(value) ? value : [value])
      url.searchParams.append(field, String(one))
  return { url: url.href, request: { method: route.method, headers } }
}
