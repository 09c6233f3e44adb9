// Takes a request apart once: which surface, which practice, what kind of call. It decides no answer.

import type { FaultFacts } from './faults/index.ts'
import type { WireRequest } from './wire.ts'

/** A request taken apart once, before anything is decided. */
export interface Parsed {
  readonly request: WireRequest
  readonly segments: readonly string[]
  readonly rawQuery: string
  readonly surface: 'fhir' | 'token' | 'authorize' | 'jwks' | 'sign-in' | 'other'
}

export function parse(request: WireRequest): Parsed {
  const mark = request.path.indexOf('?')
  const path = mark < 0 ? request.path : request.path.slice(0, mark)
  const rawQuery = mark < 0 ? '' : request.path.slice(mark + 1)
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').map(unescaped)
  const [first, second, third] = segments
  const isAuth = first === 'oauth' && second === 'oauth2' && segments.length === 3
  const endpoint = (['token', 'authorize', 'jwks'] as const).find((each) => each === third)
  const isFhir = first === 'fhir' && second === 'r4' && third !== undefined
  const isPage = first === 'oauth' && second === 'sign-in' && segments.length <= 3
  const rest = isPage ? 'sign-in' : 'other'
  const surface = isAuth ? (endpoint ?? 'other') : isFhir ? 'fhir' : rest
  return { request, segments, rawQuery, surface }
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // A stray percent sign stays as it is and matches nothing.
  }
}

/** The practice an authorize request names: in `aud`, or in `practice_code`. */
export function practiceAsked(fields: string): string | undefined {
  const query = new URLSearchParams(fields)
  return query.get('practice_code') ?? /\/fhir\/r4\/([^/]+)\/?$/.exec(query.get('aud') ?? '')?.[1]
}

/** What the faults may know of the request. */
export function factsOf({ request, segments, rawQuery, surface }: Parsed): FaultFacts {
  const isSearch = surface === 'fhir' && segments.length === 4
  const page = /(?:^|&)page=([^&]*)/.exec(rawQuery)?.[1]
  return {
    line: `${request.method} ${request.path}`,
    isDocumentSearch: isSearch && segments[3] === 'DocumentReference',
    isLaterPage: isSearch && page !== undefined && page !== '1',
    hasBearer: surface === 'fhir' && /^Bearer /i.test(request.headers.authorization ?? ''),
  }
}

/** `METHOD Type?param,param` without values; other surfaces by their name. */
export function callKind({ request, segments, rawQuery, surface }: Parsed): string {
  if (surface !== 'fhir') return `${request.method} ${surface}`
  const [, , , type = '', id] = segments
  const isKnown = /^[A-Za-z]{1,40}$/.test(type) || type === '.well-known'
  const names = [...new Set(new URLSearchParams(rawQuery).keys())].toSorted()
  const query = names.length === 0 ? '' : `?${names.join(',').slice(0, 200)}`
  return `${request.method} ${isKnown ? type : '?'}${id === undefined ? '' : '/id'}${query}`
}
