// The connection with a vendor that refuses, played by hand: how often it is asked for a token, and
// what becomes of calls whose callers give up.

import { describe, expect, test } from 'vitest'
import type { Call } from '../../kernel/call.ts'
import type { Clock } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import { type HttpReply, NetworkFailure } from '../../kernel/network.ts'
import { seededRandom } from '../../kernel/random.ts'
import type { Finding, OpenPathway } from '../contract.ts'
import { openFhir } from './index.ts'
import { SIGN_IN_PAUSE_MS, SIGN_IN_PAUSE_MS_MAX } from './token-keeper.ts'

const BASE = 'https://our.test/fhir/r4/JAFJCD'
const TOKEN = 'https://login.test/token'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Answer {
  readonly status: number
  readonly body: unknown
}

const GRANTED = { status: 200, body: { access_token: 't', expires_in: 300 } }
const NO_CLIENT = { status: 400, body: { error: 'invalid_client' } }
const EMPTY = { status: 200, body: { resourceType: 'Bundle', type: 'searchset', total: 0 } }
const UNAUTHORIZED = { status: 401, body: { resourceType: 'OperationOutcome', issue: [] } }

/** Everything the vendor is asked, and what it says; a test changes `token` and `answer` as it goes. */
function vendor() {
  const played = {
    now: Date.parse('2026-03-02T13:30:00Z'),
    tokens: 0,
    asked: 0,
    signals: new Map<string, AbortSignal | undefined>(),
    token: (): Answer | Promise<Answer> => GRANTED,
    answer: (_path: string): Answer | Promise<Answer> => EMPTY,
    metadata: (): Answer | Promise<Answer> => ({
      status: 200,
      body: { resourceType: 'CapabilityStatement', rest: [] },
    }),
  }
  const say = (url: string): Answer | Promise<Answer> => {
    if (url.endsWith('/smart-configuration'))
      return { status: 200, body: { token_endpoint: TOKEN } }
    if (url.endsWith('/metadata')) return played.metadata()
    if (url === TOKEN) {
      played.tokens++
      return played.token()
    }
    played.asked++
    return played.answer(url.slice(BASE.length))
  }
  const call: Call = async ({ url, purpose }, { signal }): Promise<HttpReply> => {
    played.signals.set(purpose, signal)
    const { status, body } = await say(url)
    const headers = [['content-type', 'application/json+fhir'] as const]
    return { status, headers, body: new TextEncoder().encode(JSON.stringify(body)) }
  }
  const clock: Clock = {
    factor: 1,
    now: () => played.now,
    sleep: async () => {},
    during: (work) => work,
  }
  const settings = { baseUrl: BASE, clientId: 'c', dialect: 'eclinicalworks', timeZone: 'UTC' }
  const pathway = openFhir(
    { ...settings, overrides: { provenance: false } },
    { call, clock, random: seededRandom('x'), sign: async () => 'signed' },
  )
  return { played, pathway }
}

function ask(pathway: OpenPathway, search = 'Condition', signal?: AbortSignal): Promise<string> {
  return pathway.list({ search, subject: 'p' }, { lane: 'sweep', signal }).then(
    () => 'answered',
    (error: unknown) => (error instanceof ChartwayError ? error.code : String(error)),
  )
}

/** Lets everything run that waits for nobody. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function tokenFinding(pathway: OpenPathway): Promise<Finding | undefined> {
  const findings: Finding[] = []
  for await (const finding of pathway.check({})) findings.push(finding)
  return findings.find((one) => one.check === 'token')
}

describe('an application that the vendor refuses', () => {
  test('asks for a token after pauses that double, whoever asks how often', async () => {
    const { played, pathway } = vendor()
    played.token = () => NO_CLIENT
    const start = played.now
    const times: number[] = []
    for (; played.now < start + 2 * HOUR; played.now += 10_000)
      for (let patient = 0; patient < 12; patient++) {
        const before = played.tokens
        expect(await ask(pathway)).toBe('PATHWAY_CLIENT_REFUSED')
        if (played.tokens > before) times.push(played.now - start)
      }
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    const doubled = [1, 2, 4, 8, 16].map((times) => times * SIGN_IN_PAUSE_MS)
    expect(pauses.slice(0, 5)).toEqual(doubled)
    expect(new Set(pauses.slice(5))).toEqual(new Set([SIGN_IN_PAUSE_MS_MAX]))
    expect(played.asked).toBe(0)
  })

  test('is let in again after the pause, and the next pause is the first again', async () => {
    const { played, pathway } = vendor()
    played.token = () => NO_CLIENT
    for (let refused = 0; refused < 4; refused++, played.now += 10 * MINUTE) await ask(pathway)
    played.token = () => GRANTED
    expect(await ask(pathway)).toBe('answered')
    played.now += 10 * MINUTE
    played.token = () => NO_CLIENT
    expect(await ask(pathway)).toBe('PATHWAY_CLIENT_REFUSED')
    played.token = () => GRANTED
    played.now += SIGN_IN_PAUSE_MS - 1
    expect(await ask(pathway)).toBe('PATHWAY_CLIENT_REFUSED')
    played.now += 1
    expect(await ask(pathway)).toBe('answered')
  })

  test.each<[string, Answer, string]>([
    ['scopes', { status: 400, body: { error: 'invalid_grant' } }, 'PATHWAY_GRANT_REFUSED'],
    ['request', { status: 400, body: { error: 'invalid_request' } }, 'PATHWAY_TOKEN_REFUSED'],
    ['access', { status: 403, body: { error: 'access_denied' } }, 'PATHWAY_TOKEN_DENIED'],
    [
      'activation',
      { status: 403, body: { error: 'Authentication is not enabled' } },
      'PATHWAY_NOT_ACTIVATED',
    ],
  ])('is not asked for again in vain: %s', async (_, answer, code) => {
    const { played, pathway } = vendor()
    played.token = () => answer
    expect([await ask(pathway), await ask(pathway)]).toEqual([code, code])
    expect(played.tokens).toBe(1)
  })

  test('a broken network and an ill server are no refusal', async () => {
    const { played, pathway } = vendor()
    played.token = () => Promise.reject(new NetworkFailure('unknown', 'NETWORK_RESET'))
    expect(await ask(pathway)).toBe('NETWORK_RESET')
    played.token = () => ({ status: 500, body: {} })
    expect(await ask(pathway)).toBe('PATHWAY_VENDOR_FAILED')
    played.token = () => GRANTED
    expect(await ask(pathway)).toBe('answered')
  })

  test('is tried at once by the check, which opens the way for all but delays nobody', async () => {
    const { played, pathway } = vendor()
    played.token = () => NO_CLIENT
    await ask(pathway)
    for (let tries = 1; tries <= 3; tries++) {
      expect(await tokenFinding(pathway)).toMatchObject({ code: 'PATHWAY_CLIENT_REFUSED' })
      expect(played.tokens).toBe(1 + tries)
    }
    played.now += SIGN_IN_PAUSE_MS
    await ask(pathway)
    expect(played.tokens).toBe(5)
    played.token = () => GRANTED
    expect(await ask(pathway)).toBe('PATHWAY_CLIENT_REFUSED')
    expect(await tokenFinding(pathway)).toMatchObject({ ok: true })
    expect(await ask(pathway)).toBe('answered')
  })
})

describe('a token that calls are refused with', () => {
  test('is replaced once in each pause, and the pauses double', async () => {
    const { played, pathway } = vendor()
    played.answer = () => UNAUTHORIZED
    const start = played.now
    let asked = 0
    for (; played.now < start + HOUR; played.now += 10_000, asked++)
      expect(await ask(pathway)).toBe('PATHWAY_UNAUTHORIZED')
    // Tokens live 300 s, so that a dozen are renewed in an hour without any refusal.
    expect(played.tokens).toBeLessThanOrEqual(24)
    expect(played.asked).toBeLessThanOrEqual(asked + 8)
  })

  test('serves the other questions on, which are answered', async () => {
    const { played, pathway } = vendor()
    played.answer = (path) => (path.startsWith('/Goal') ? UNAUTHORIZED : EMPTY)
    const start = played.now
    for (; played.now < start + 4 * MINUTE; played.now += 10_000) {
      expect(await ask(pathway, 'Goal')).toBe('PATHWAY_UNAUTHORIZED')
      expect(await ask(pathway)).toBe('answered')
    }
    expect(played.tokens).toBeLessThanOrEqual(1 + (4 * MINUTE) / SIGN_IN_PAUSE_MS)
  })

  test('is replaced for the check although a pause runs', async () => {
    const { played, pathway } = vendor()
    played.answer = () => UNAUTHORIZED
    await ask(pathway)
    expect(played.tokens).toBe(2)
    played.answer = () => EMPTY
    expect(await tokenFinding(pathway)).toMatchObject({ ok: true })
    expect(played.tokens).toBe(3)
  })
})

describe('a caller that gives up', () => {
  const enough = new Error('enough')
  const plan = (pathway: OpenPathway, signal?: AbortSignal): Promise<string> =>
    pathway.plan({ signal }).then(
      () => 'planned',
      (error: unknown) => String(error),
    )

  test.each(['token', 'metadata'] as const)('is let go at once: %s', async (hangs) => {
    const { played, pathway } = vendor()
    played[hangs] = () => new Promise(() => {})
    const abort = new AbortController()
    const work =
      hangs === 'token' ? ask(pathway, 'Condition', abort.signal) : plan(pathway, abort.signal)
    await settle()
    expect(played.signals.get(hangs)?.aborted).toBe(false)
    abort.abort(enough)
    expect(await work).toBe('Error: enough')
    // Nobody waits for it any more, so that nothing is left for a stop to wait for.
    expect(played.signals.get(hangs)?.aborted).toBe(true)
  })

  test.each(['token', 'metadata'] as const)('takes nothing from the others: %s', async (hangs) => {
    const { played, pathway } = vendor()
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const usual = played[hangs]
    played[hangs] = () => promise
    const abort = new AbortController()
    const other = new AbortController()
    const work = (signal?: AbortSignal) =>
      hangs === 'token' ? ask(pathway, 'Condition', signal) : plan(pathway, signal)
    const leaving = work(abort.signal)
    const staying = [work(), work(other.signal)]
    await settle()
    abort.abort(enough)
    expect(await leaving).toBe('Error: enough')
    expect(played.signals.get(hangs)?.aborted).toBe(false)
    resolve(await usual())
    const done = hangs === 'token' ? 'answered' : 'planned'
    expect(await Promise.all(staying)).toEqual([done, done])
    if (hangs === 'token') expect(played.tokens).toBe(1)
  })

  test('leaves no attempt behind that the next would wait for', async () => {
    const { played, pathway } = vendor()
    played.token = () => new Promise(() => {})
    const abort = new AbortController()
    const leaving = ask(pathway, 'Condition', abort.signal)
    await settle()
    abort.abort(enough)
    await leaving
    played.token = () => GRANTED
    expect(await ask(pathway)).toBe('answered')
    expect(await ask(pathway, 'Condition', abort.signal)).toBe('Error: enough')
  })
})
