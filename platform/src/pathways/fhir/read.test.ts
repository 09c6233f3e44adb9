// Reading pages from a vendor that is played by hand: what makes a listing whole, what makes it
// incomplete, and which answers are an error and which.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import type { CallRequest } from '../../kernel/call.ts'
import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { HttpReply } from '../../kernel/network.ts'
import { seededRandom } from '../../kernel/random.ts'
import { NOT_SERVED_CODES, type OpenPathway } from '../contract.ts'
import { openFhir } from './index.ts'
import { PAGES_MAX } from './read.ts'

const BASE = 'https://our.test/fhir/r4/JAFJCD'
const THEIRS = 'http://fhir4.eclinicalworks.com/fhir/r4/JAFJCD'
const LANE = { lane: 'sweep' } as const

interface Played {
  readonly status?: number
  readonly body?: unknown
  readonly text?: string
  readonly type?: string
  readonly cookie?: string
}

interface Vendor {
  readonly pathway: OpenPathway
  readonly asked: CallRequest[]
  tokens: number
  advance(ms: number): void
}

/** Plays discovery and tokens; `answer` plays everything below the practice's base. */
function vendor(
  answer: (path: string, request: CallRequest) => Played,
  overrides: JsonObject = { provenance: false },
): Vendor {
  let now = Date.parse('2026-03-02T13:30:00Z')
  const clock: Clock = {
    factor: 1,
    now: () => now,
    sleep: async () => {},
    during: (work) => work,
  }
  const asked: CallRequest[] = []
  const play = (request: CallRequest): Played => {
    if (request.url.endsWith('/smart-configuration'))
      return { body: { token_endpoint: 'https://login.test/token' } }
    if (request.url === 'https://login.test/token') {
      played.tokens++
      return { body: { access_token: `t${played.tokens}`, token_type: 'Bearer', expires_in: 300 } }
    }
    return answer(request.url.slice(BASE.length), request)
  }
  const call = async (request: CallRequest): Promise<HttpReply> => {
    asked.push(request)
    const { status = 200, body, text, type = 'application/json+fhir', cookie } = play(request)
    return {
      status,
      headers: [
        ['content-type', type],
        ['date', new Date(now).toUTCString()],
        ...(cookie === undefined ? [] : [['set-cookie', cookie] as const]),
      ],
      body: new TextEncoder().encode(text ?? JSON.stringify(body)),
    }
  }
  const settings = { baseUrl: BASE, clientId: 'c', dialect: 'eclinicalworks', timeZone: 'UTC' }
  const played: Vendor = {
    pathway: openFhir(
      { ...settings, overrides },
      { call, clock, random: seededRandom('x'), sign: async () => 'signed' },
    ),
    asked,
    tokens: 0,
    advance: (ms) => {
      now += ms
    },
  }
  return played
}

const resource = (id: string, more: JsonObject = {}): Resource => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/p' },
  ...more,
})

function bundle(
  resources: readonly unknown[],
  more: { readonly total?: number; readonly next?: string; readonly mode?: string } = {},
) {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(more.total === undefined ? {} : { total: more.total }),
    link: more.next === undefined ? [] : [{ relation: 'next', url: more.next }],
    entry: resources.map((one) => ({ resource: one, search: { mode: more.mode ?? 'match' } })),
  }
}

const conditions = (pathway: OpenPathway) =>
  pathway.list({ search: 'Condition', subject: 'p' }, LANE)

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  return error instanceof ChartwayError ? error.code : String(error)
}

/** Two pages of one listing. */
const twoPages =
  (first: object, second: object): ((path: string) => Played) =>
  (path) => ({ body: path.includes('page=2') ? second : first })

describe('a listing', () => {
  test('follows links of the vendor’s own host at ours and is whole', async () => {
    const { pathway, asked } = vendor(
      twoPages(
        bundle([resource('a')], { total: 2, next: `${THEIRS}/Condition?patient=p&amp;page=2` }),
        bundle([resource('b', { encounter: { reference: 'Encounter/e' } })], { total: 2 }),
      ),
    )
    const listing = await conditions(pathway)
    expect(listing.complete).toBe(true)
    expect(listing.sightings.map((one) => one.resource.id)).toEqual(['a', 'b'])
    expect(listing.sightings.map((one) => one.patientId)).toEqual(['p', 'p'])
    expect(listing.references.toSorted()).toEqual(['Encounter/e', 'Patient/p'])
    expect(listing.calls).toBe(2)
    expect(asked.at(-1)?.url).toBe(`${BASE}/Condition?patient=p&page=2`)
    expect(asked.map((one) => one.purpose).join()).not.toContain('=p')
  })

  const next = `${THEIRS}/Condition?patient=p&page=2`
  test.each<[string, object, object]>([
    [
      'an id that comes twice',
      bundle([resource('a')], { total: 2, next }),
      bundle([resource('a')], { total: 2 }),
    ],
    [
      'a total that moves',
      bundle([resource('a')], { total: 2, next }),
      bundle([resource('b')], { total: 3 }),
    ],
    [
      'fewer ids than announced',
      bundle([resource('a')], { total: 3, next }),
      bundle([resource('b')], { total: 3 }),
    ],
  ])('is not complete after %s', async (_, first, second) => {
    const listing = await conditions(vendor(twoPages(first, second)).pathway)
    expect(listing.complete).toBe(false)
    expect(listing.sightings.length).toBeGreaterThan(0)
  })

  test.each<[string, unknown, string]>([
    ['no resource', undefined, 'PATHWAY_ENTRY_NO_RESOURCE'],
    ['no id', { resourceType: 'Condition' }, 'PATHWAY_ENTRY_NO_ID'],
    ['an id that is none', resource('a/b'), 'PATHWAY_ENTRY_NO_ID'],
    ['another type', { resourceType: 'Goal', id: 'g' }, 'PATHWAY_ENTRY_WRONG_TYPE'],
    [
      'an outcome that tells of a failure',
      { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] },
      'PATHWAY_OUTCOME',
    ],
  ])('uses the rest and says where when an entry holds %s', async (_, bad, code) => {
    const { pathway } = vendor(() => ({ body: bundle([resource('a'), bad], { total: 2 }) }))
    const listing = await conditions(pathway)
    expect(listing.problems).toEqual([{ code, position: 'page 1 /entry/1/resource' }])
    expect(listing.complete).toBe(false)
    expect(listing.sightings.map((one) => one.resource.id)).toEqual(['a'])
  })

  test('takes the wrong total of goals for what it is', async () => {
    const { pathway } = vendor(() => ({ body: { resourceType: 'Bundle', total: 50 } }))
    const listing = await pathway.list({ search: 'Goal', subject: 'p' }, LANE)
    expect(listing.complete).toBe(true)
  })

  test('asks with the provenance, and without once the vendor has refused the pair', async () => {
    const refusal = {
      severity: 'error',
      code: 'processing',
      diagnostics:
        'Invalid request: Does not know how to handle get operation with parameter [patient,_revinclude]',
    }
    const { asked, pathway } = vendor(
      (path) =>
        path.includes('_revinclude')
          ? { status: 400, body: { resourceType: 'OperationOutcome', issue: [refusal] } }
          : { body: bundle([resource('a')], { total: 1 }) },
      {},
    )
    expect((await conditions(pathway)).calls).toBe(2)
    expect((await conditions(pathway)).calls).toBe(1)
    expect(asked.filter((one) => one.url.includes('_revinclude'))).toHaveLength(1)
  })

  test('counts matches alone: what is included belongs to nobody’s total', async () => {
    const included = { resourceType: 'Provenance', id: 'x', target: [{ reference: 'Condition/a' }] }
    const body = bundle([resource('a')], { total: 1 })
    const { pathway } = vendor(() => ({
      body: {
        ...body,
        entry: [...body.entry, { resource: included, search: { mode: 'include' } }],
      },
    }))
    const listing = await conditions(pathway)
    expect(listing.complete).toBe(true)
    expect(listing.sightings.map((one) => [one.resource.id, one.patientId])).toEqual([
      ['a', 'p'],
      ['x', 'p'],
    ])
  })
})

describe('an answer that cannot be used', () => {
  const outcome = (diagnostics: string) => ({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'processing', diagnostics }],
  })
  test.each<[string, Played, string]>([
    ['a page of HTML', { text: '<html>', type: 'text/html' }, 'PATHWAY_NOT_JSON'],
    ['JSON that was cut', { text: '{"resourceType":"Bundle","entry":[' }, 'PATHWAY_BODY_BROKEN'],
    ['nothing at all', { text: '' }, 'PATHWAY_UNEXPECTED'],
    ['another resource', { body: resource('a') }, 'PATHWAY_NOT_A_BUNDLE'],
    ['an outcome with status 200', { body: outcome('?') }, 'PATHWAY_OUTCOME'],
    ['403', { status: 403, body: outcome('scope') }, 'PATHWAY_SCOPE_MISSING'],
    [
      '403 of a practice that has not activated the app',
      { status: 403, body: outcome('FHIR app authentication is not enabled') },
      'PATHWAY_NOT_ACTIVATED',
    ],
    [
      '400 for a combination',
      {
        status: 400,
        body: outcome(
          'Invalid request: Does not know how to handle get operation with parameter [patient]',
        ),
      },
      'PATHWAY_COMBINATION_UNKNOWN',
    ],
    [
      '400 for a parameter',
      {
        status: 400,
        body: outcome('Unsupported query parameter(s): _count. These parameters are not allowed.'),
      },
      'PATHWAY_PARAMETER_REFUSED',
    ],
    [
      '400 of a build that lacks the type',
      { status: 400, body: outcome('The search operation for scope Coverage is not supported') },
      'PATHWAY_BUILD_LACKS_TYPE',
    ],
    ['400 for another reason', { status: 400, body: outcome('?') }, 'PATHWAY_REQUEST_REFUSED'],
    ['500', { status: 500, text: 'oops', type: 'text/plain' }, 'PATHWAY_VENDOR_FAILED'],
    ['a redirect to a sign-in page', { status: 302, text: '' }, 'PATHWAY_REDIRECTED'],
  ])('%s', async (_, played, code) => {
    expect(await codeOf(conditions(vendor(() => played).pathway))).toBe(code)
  })

  test('pages that go round, or never end, or lead elsewhere', async () => {
    const leading = (next: string) => bundle([resource('a')], { next })
    const round = vendor(() => ({ body: leading(`${THEIRS}/Condition?patient=p`) }))
    expect(await codeOf(conditions(round.pathway))).toBe('PATHWAY_PAGES_CIRCLE')
    const away = vendor(() => ({ body: leading('https://our.test/fhir/r4/OTHERS/Condition') }))
    expect(await codeOf(conditions(away.pathway))).toBe('PATHWAY_LINK_ELSEWHERE')
    let page = 1
    const endless = vendor(() => ({ body: leading(`${THEIRS}/Condition?page=${++page}`) }))
    expect(await codeOf(conditions(endless.pathway))).toBe('PATHWAY_PAGES_TOO_MANY')
    expect(page).toBe(PAGES_MAX + 1)
  })

  test('a refusal that would meet every patient alike costs one call an hour', async () => {
    const played = vendor(() => ({
      status: 400,
      body: outcome('The search operation for scope Condition is not supported'),
    }))
    for (const subject of ['p', 'q', 'r'])
      expect(await codeOf(played.pathway.list({ search: 'Condition', subject }, LANE))).toBe(
        'PATHWAY_BUILD_LACKS_TYPE',
      )
    const calls = () => played.asked.filter((one) => one.url.includes('/Condition?')).length
    expect(calls()).toBe(1)
    played.advance(3_600_000)
    await codeOf(conditions(played.pathway))
    expect(calls()).toBe(2)
  })

  test.each<[string, number, string]>([
    ['a scope', 403, 'scope'],
    ['a combination', 400, 'Does not know how to handle get operation with parameter [patient]'],
    ['a parameter', 400, 'Unsupported query parameter(s): _count'],
    ['a type', 400, 'The search operation for scope Condition is not supported'],
    ['a request', 400, '?'],
    ['a vendor that fails', 500, '?'],
  ])('is repeated from memory for the next patient only when it says so: %s', async (...row) => {
    const [, status, text] = row
    const played = vendor(() => ({ status, body: outcome(text) }))
    const code = await codeOf(conditions(played.pathway))
    const before = played.asked.length
    const next = played.pathway.list({ search: 'Condition', subject: 'q' }, LANE)
    expect(await codeOf(next)).toBe(code)
    const remembered = [...NOT_SERVED_CODES].some((one) => one === code)
    expect(remembered).toBe(status < 500 && text !== '?')
    expect(played.asked.length === before).toBe(remembered)
  })

  test('no error carries what the vendor said', async () => {
    const { pathway } = vendor(() => ({ status: 400, body: outcome('Jane Roe, born 1950-01-01') }))
    const error: unknown = await conditions(pathway).catch((reason: unknown) => reason)
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/Roe|1950/)
  })
})

describe('a token', () => {
  test('is shared, kept until a minute before its end, and then renewed', async () => {
    const played = vendor(() => ({ body: bundle([], { total: 0 }) }))
    await Promise.all([conditions(played.pathway), conditions(played.pathway)])
    played.advance(239_000)
    await conditions(played.pathway)
    expect(played.tokens).toBe(1)
    played.advance(2_000)
    await conditions(played.pathway)
    expect(played.tokens).toBe(2)
  })

  test('that is refused is replaced once by all who were refused together', async () => {
    const played = vendor((_, { headers }) =>
      headers.authorization === 'Bearer t1'
        ? { status: 401, body: { resourceType: 'OperationOutcome', issue: [] } }
        : { body: bundle([], { total: 0 }) },
    )
    await Promise.all([conditions(played.pathway), conditions(played.pathway)])
    expect(played.tokens).toBe(2)
    const dead = vendor(() => ({ status: 401, text: '' }))
    expect(await codeOf(conditions(dead.pathway))).toBe('PATHWAY_UNAUTHORIZED')
    expect(dead.tokens).toBe(2)
  })

  test('is asked for with a fresh assertion of at most 300 s and no scope twice', async () => {
    const { pathway, asked } = vendor(() => ({ body: bundle([], { total: 0 }) }))
    await conditions(pathway)
    const form = new URLSearchParams(asked.find((one) => one.purpose === 'token')?.body)
    expect(form.get('grant_type')).toBe('client_credentials')
    expect(form.get('client_assertion')).toBe('signed')
    const scopes = form.get('scope')?.split(' ') ?? []
    expect(new Set(scopes).size).toBe(scopes.length)
    expect(scopes).toContain('system/Coverage.r')
    expect(scopes).not.toContain('system/Group.read')
  })

  test('the cookies of the practice are sent back to it', async () => {
    const { pathway, asked } = vendor(() => ({
      body: bundle([], { total: 0 }),
      cookie: 'ApplicationGatewayAffinity=abc; Path=/; Secure',
    }))
    await conditions(pathway)
    await conditions(pathway)
    expect(asked.at(-1)?.headers.cookie).toBe('ApplicationGatewayAffinity=abc')
    expect(asked.find((one) => one.purpose === 'token')?.headers.cookie).toBeUndefined()
  })
})

describe('a read by id', () => {
  const missing = {
    status: 404,
    body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] },
  }
  test('says absent only when the vendor itself does', async () => {
    const gone = vendor(() => missing)
    expect((await gone.pathway.read('Condition', 'x', LANE)).kind).toBe('absent')
    const proxy = vendor(() => ({ status: 404, text: '<html>', type: 'text/html' }))
    expect(await codeOf(proxy.pathway.read('Condition', 'x', LANE))).toBe('PATHWAY_NOT_THERE')
    const empty = vendor(() => ({ body: bundle([], { total: 0 }) }))
    expect((await empty.pathway.read('Practitioner', 'a.b', LANE)).kind).toBe('absent')
    const lying = vendor(() => ({ body: bundle([], { total: 1 }) }))
    expect(await codeOf(lying.pathway.read('Practitioner', 'a.b', LANE))).toBe(
      'PATHWAY_ANSWER_OTHER',
    )
  })

  test('falls back to a search when the vendor stumbles over a dot', async () => {
    const stumble = {
      severity: 'error',
      code: 'processing',
      diagnostics: 'String index out of range: -1',
    }
    const { pathway } = vendor((path) =>
      path.includes('_id=')
        ? { body: bundle([resource('a.b')], { total: 1 }) }
        : { status: 500, body: { resourceType: 'OperationOutcome', issue: [stumble] } },
    )
    const answer = await pathway.read('Condition', 'a.b', LANE)
    expect(answer).toMatchObject({ kind: 'found', sighting: { resource: { id: 'a.b' } } })
  })

  test('believes no answer about another id', async () => {
    const { pathway } = vendor(() => ({ body: resource('other') }))
    expect(await codeOf(pathway.read('Condition', 'x', LANE))).toBe('PATHWAY_ANSWER_OTHER')
  })
})
