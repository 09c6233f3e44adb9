// Answers that go wrong by what they say: refusals and pages in place of an answer, and answers whose
// headers or content are damaged. Which of them comes is decided elsewhere.

import type { Json, JsonObject } from '@chartway/codecs/fhir'
import { type Draft, outcome, plain } from '../reply.ts'
import type { Drawn } from './faults.ts'
import type { AnswerFault, BodyFault, RetryAfter } from './kinds.ts'

/** A body larger than any reader should take, bytes; a rule may say another size. */
const HUGE_BYTES = 64 * 1024 * 1024
const DEEP_LEVELS = 100_000
const GIANT_HEADER_LENGTH = 96 * 1024
const HTML = 'text/html;charset=UTF-8'
const ELSEWHERE = 'https://fhir4.eclinicalworks.com.collector.example'

/** The answer that comes in place of the surface's. `tooMany` is the surface's own 429. */
export function answerInstead(
  fault: AnswerFault,
  drawn: Drawn,
  context: { readonly path: string; readonly now: number; readonly tooMany: () => Draft },
): Draft {
  const later = retryAfterOf(drawn, context.now)
  const draft = refusal(fault, drawn, context)
  return { ...draft, headers: [...draft.headers, ...later] }
}

function refusal(
  fault: AnswerFault,
  drawn: Drawn,
  { path, tooMany }: { readonly path: string; readonly tooMany: () => Draft },
): Draft {
  switch (fault) {
    case 'status-429':
      return tooMany()
    case 'status-401':
      return outcome(401, 'Invalid access token', 'login')
    case 'status-403':
      return outcome(403, 'FHIR app authentication is not enabled', 'forbidden')
    case 'status-500':
      return outcome(500, 'Internal server error', 'exception')
    case 'status-502':
      return html(502, '<html><body><h1>502 Bad Gateway</h1></body></html>')
    case 'status-503':
      return plain(503, 'Service Unavailable')
    case 'status-504':
      return html(504, '<html><body><h1>504 Gateway Time-out</h1></body></html>')
    case 'maintenance-page':
      return html(503, page('Scheduled maintenance', 'We will be back soon.'))
    case 'login-page':
      return html(200, page('Sign in', '<form><input name="user"><input name="pwd"></form>'))
    case 'redirect':
      return { status: 302, headers: [['Location', `${ELSEWHERE}/login`]], body: '' }
    case 'redirect-loop':
      return { status: 307, headers: [['Location', path]], body: '' }
    case 'no-content':
      return { status: 204, headers: [], body: '' }
    case 'error-envelope':
      return outcome(200, 'The operation could not be completed', 'exception')
    case 'huge-body':
      return bundleWith(JSON.stringify('x'.repeat(drawn.bytes ?? HUGE_BYTES)))
    case 'deep-json':
      return bundleWith('['.repeat(DEEP_LEVELS) + ']'.repeat(DEEP_LEVELS))
  }
}

function html(status: number, body: string): Draft {
  return { status, headers: [['Content-Type', HTML]], body }
}

function page(title: string, content: string): string {
  return `<!DOCTYPE html><html><head><title>${title}</title></head><body>${content}</body></html>`
}

function bundleWith(filler: string): Draft {
  const headers = [['Content-Type', 'application/fhir+json;charset=UTF-8']] as const
  const body = `{"resourceType":"Bundle","type":"searchset","total":0,"note":${filler}}`
  return { status: 200, headers, body }
}

/** The header that says when to come back, true or not; none when the rule says nothing of it. */
export function retryAfterOf(
  { retryAfter = 'none', cut }: Drawn,
  now: number,
): readonly (readonly [string, string])[] {
  const kind = retryAfter === 'any' ? (ANY[Math.floor(cut * ANY.length)] ?? 'none') : retryAfter
  const value = RETRY_AFTER[kind](now)
  return value === undefined ? [] : [['Retry-After', value]]
}

const ANY = ['none', 'seconds', 'zero', 'negative', 'huge', 'date', 'past-date', 'words'] as const

const RETRY_AFTER: Readonly<
  Record<Exclude<RetryAfter, 'any'>, (now: number) => string | undefined>
> = {
  none: () => undefined,
  seconds: () => '30',
  zero: () => '0',
  negative: () => '-60',
  huge: () => '1000000000',
  date: (now) => new Date(now + 90_000).toUTCString(),
  'past-date': (now) => new Date(now - 86_400_000).toUTCString(),
  words: () => 'soon',
}

/** The answer with the damage in it, or undefined when it has nothing that could be damaged so. */
export function spoiled(fault: BodyFault, draft: Draft, cut: number): Draft | undefined {
  if (draft.status !== 200 || draft.body === '') return undefined
  switch (fault) {
    case 'content-type':
      return withType(draft, HTML)
    case 'charset':
      return withType(draft, 'application/fhir+json;charset=ISO-8859-1')
    case 'giant-header':
      return { ...draft, headers: [...draft.headers, ['X-Trace', 'a'.repeat(GIANT_HEADER_LENGTH)]] }
    case 'byte-order-mark':
      return { ...draft, body: `\ufeff${draft.body}` }
    case 'half-body':
      return { ...draft, body: draft.body.slice(0, Math.floor(cut * (draft.body.length - 1))) }
    case 'duplicate-keys':
      return withDuplicates(draft)
    case 'next-loop':
      return withNext(draft, (self) => self)
    case 'next-elsewhere':
      return withNext(draft, (self) => self.replace(/^https?:\/\/[^/]+/, ELSEWHERE))
    case 'contained-loop':
      return withFirst(draft, (first) => ({ ...first, contained: LOOP }))
    case 'foreign-reference':
      return withFirst(draft, (first) =>
        first.subject === undefined ? undefined : { ...first, subject: FOREIGN },
      )
  }
}

/** Two contained records, each part of the other. */
const LOOP = [
  { resourceType: 'Observation', id: 'a', hasMember: [{ reference: '#b' }, { reference: '#a' }] },
  { resourceType: 'Observation', id: 'b', hasMember: [{ reference: '#a' }] },
]

const FOREIGN = { reference: `${ELSEWHERE}/fhir/r4/AAAAAA/Patient/another` }

function withType(draft: Draft, type: string): Draft {
  const others = draft.headers.filter(([name]) => name.toLowerCase() !== 'content-type')
  return { ...draft, headers: [...others, ['Content-Type', type]] }
}

/** The first member comes a second time, at the end, with another value. */
function withDuplicates(draft: Draft): Draft | undefined {
  const end = draft.body.lastIndexOf('}')
  if (!draft.body.startsWith('{"resourceType":') || end < 0) return undefined
  return { ...draft, body: `${draft.body.slice(0, end)},"resourceType":"Basic","id":"twice"}` }
}

function parsedObject(body: string): JsonObject | undefined {
  if (!body.startsWith('{')) return undefined
  const value: Json = JSON.parse(body)
  return isObject(value) ? value : undefined
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withNext(draft: Draft, next: (self: string) => string): Draft | undefined {
  const bundle = parsedObject(draft.body)
  if (bundle?.resourceType !== 'Bundle' || !Array.isArray(bundle.link)) return undefined
  const self = bundle.link.find((each) => isObject(each) && each.relation === 'self')
  if (!isObject(self) || typeof self.url !== 'string') return undefined
  const others = bundle.link.filter((each) => !isObject(each) || each.relation !== 'next')
  const link = [...others, { relation: 'next', url: next(self.url) }]
  return { ...draft, body: JSON.stringify({ ...bundle, link }) }
}

/** Changes the record that was read, or the first one that was found. */
function withFirst(
  draft: Draft,
  change: (record: JsonObject) => JsonObject | undefined,
): Draft | undefined {
  const body = parsedObject(draft.body)
  if (body === undefined || typeof body.resourceType !== 'string') return undefined
  if (body.resourceType !== 'Bundle') {
    const changed = change(body)
    return changed === undefined ? undefined : { ...draft, body: JSON.stringify(changed) }
  }
  const [entry, ...rest] = Array.isArray(body.entry) ? body.entry : []
  const first = isObject(entry) && isObject(entry.resource) ? change(entry.resource) : undefined
  if (first === undefined || !isObject(entry)) return undefined
  const changed = { ...body, entry: [{ ...entry, resource: first }, ...rest] }
  return { ...draft, body: JSON.stringify(changed) }
}
