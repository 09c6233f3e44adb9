// The client against answers that a scripted fetch gives: what it sends, what it retries, what it says.

import { expect, test } from 'vitest'
import { type ClientOptions, createClient } from './client.ts'
import { ApiError, isApiError } from './errors.ts'
import type { Patient } from './generated.ts'
import type { Fetch } from './network.ts'
import { waitBefore } from './retries.ts'

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

interface Given {
  readonly status?: number
  readonly body?: unknown
  readonly after?: string
  readonly date?: string
}

/** Answers in turn; an Error is thrown, as a connection that fails. */
function scripted(...answers: (Error | Given)[]) {
  const sent: Sent[] = []
  const waits: number[] = []
  const fetch: Fetch = async (url, { method, headers, body }) => {
    sent.push({ url, method, headers, ...(body !== undefined && { body }) })
    const answer = answers[Math.min(sent.length, answers.length) - 1]
    if (answer === undefined || answer instanceof Error) throw answer
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
    const given = new Headers()
    if (answer.after !== undefined) given.set('retry-after', answer.after)
    if (answer.date !== undefined) given.set('date', answer.date)
    return new Response(text, { status: answer.status ?? 200, headers: given })
  }
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  const url = 'http://door.test/'
  const options: ClientOptions = { url, key: 'cw_a_b_c', fetch, wait, chance: () => 0 }
  return { sent, waits, client: createClient(options) }
}

const busy = {
  status: 503,
  body: {
    type: '/errors/SERVICE_STOPPING',
    title: 't',
    status: 503,
    detail: 'd',
    code: 'SERVICE_STOPPING',
    cure: 'c',
    requestId: 'r',
  },
  after: '1',
}

test('fields go where the operation wants them: path, query or body', async () => {
  const { sent, client } = scripted({})
  await client.call('resources.read', { collection: 'patients', id: 'a.b', practice: 'p' })
  await client.call('keys.create', { name: 'n', scopes: ['read'] })
  await client.call('keys.revoke', { keyId: 'k' })
  expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', 'http://door.test/v1/resources/patients/a.b?practice=p', undefined],
    ['POST', 'http://door.test/v1/keys', '{"name":"n","scopes":["read"]}'],
    ['DELETE', 'http://door.test/v1/keys/k', undefined],
  ])
  expect(sent[0]?.headers.authorization).toBe('Bearer cw_a_b_c')
})

test('an id that would climb out of the path is never sent', async () => {
  const { sent, client } = scripted({})
  const call = client.call('resources.read', { collection: 'patients', id: '..' })
  await expect(call).rejects.toMatchObject({ code: 'ID_UNUSABLE' })
  expect(sent).toEqual([])
})

test('a read is asked again after 503, waiting as long as it was told', async () => {
  const { sent, waits, client } = scripted(busy, busy, { body: { counts: {} } })
  expect(await client.call('counts.read', {})).toEqual({ counts: {} })
  expect(sent).toHaveLength(3)
  expect(waits).toEqual([1000, 1000])
})

test('retries end, and the last error is the one that is thrown', async () => {
  const { sent, client } = scripted(busy)
  await expect(client.call('counts.read', {})).rejects.toMatchObject({ code: 'SERVICE_STOPPING' })
  expect(sent).toHaveLength(5)
})

test('a wait that was told as an instant is counted by the clock of who told it', async () => {
  const date = 'Mon, 06 Jan 2025 10:00:00 GMT'
  const later = { ...busy, after: 'Mon, 06 Jan 2025 10:00:07 GMT', date }
  const { waits, client } = scripted(later, { body: { counts: {} } })
  await client.call('counts.read', {})
  expect(waits).toEqual([7000])
})

test('a longer wait than the caller takes on is not cut short: the caller hears it', async () => {
  const { sent, client } = scripted({ ...busy, after: '3600' })
  const error = await client.call('counts.read', {}).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'SERVICE_STOPPING', retryAfterMs: 3_600_000, requestId: 'r' })
  expect(isApiError(error, 'SERVICE_STOPPING')).toBe(true)
  expect(isApiError(error, 'NOT_FOUND')).toBe(false)
  expect(sent).toHaveLength(1)
})

test('without a word when to come back, each wait is about twice the one before', async () => {
  const { waits, client } = scripted({ status: 502, body: '<html>' })
  await expect(client.call('counts.read', {})).rejects.toMatchObject({ status: 502 })
  expect(waits).toEqual([125, 250, 500, 1000])
})

test('a wait is never shorter than it was told, and spread over those who were told the same', () => {
  for (const share of [0, 0.5, 0.999])
    for (const told of [undefined, 0, 700, 60_000])
      for (let retries = 0; retries < 20; retries++) {
        const waitMs = waitBefore(retries, told, { chance: () => share })
        expect(waitMs).toBeGreaterThanOrEqual(told ?? 125)
        expect(waitMs).toBeLessThanOrEqual(Math.max(20_000, (told ?? 0) + 250))
      }
})

test('one call may be more patient than the client', async () => {
  const { sent, client } = scripted(busy)
  const call = client.call('counts.read', {}, { retriesMax: 1 })
  await expect(call).rejects.toThrow()
  expect(sent).toHaveLength(2)
})

test('nothing that changes anything is sent twice', async () => {
  const { sent, client } = scripted(busy)
  await expect(client.call('keys.create', { name: 'n', scopes: ['read'] })).rejects.toThrow()
  expect(sent).toHaveLength(1)
})

test('a connection that fails is named, with what to do about it', async () => {
  const { client } = scripted(new TypeError('fetch failed'))
  const error = await client.call('budget.read', {}).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    code: 'API_UNREACHABLE',
    status: 0,
    cure: expect.stringContaining('npm start'),
  })
})

test('an answer of something else is not taken for one of ours', async () => {
  const page = scripted({ body: '<html>' }).client
  await expect(page.call('budget.read', {})).rejects.toMatchObject({
    code: 'API_ANSWER_UNREADABLE',
  })
  const proxy = scripted({ status: 404, body: '<html>' }).client
  await expect(proxy.call('budget.read', {})).rejects.toMatchObject({
    code: 'API_ANSWER_UNREADABLE',
    status: 404,
  })
})

test('lists are walked to their end, each page by the cursor of the one before', async () => {
  const { sent, client } = scripted(
    { body: { items: [{ version: 1 }], next: 'c1' } },
    { body: { items: [{ version: 2 }], next: null } },
  )
  const versions: number[] = []
  for await (const item of client.resources('patients')) versions.push(item.version)
  expect(versions).toEqual([1, 2])
  expect(sent[1]?.url).toBe('http://door.test/v1/resources/patients?limit=200&cursor=c1')
})

test('every list has an iterator, and each goes on by the field that the API says', async () => {
  const pages = [
    { body: { items: [{ version: 3 }], next: 3 } },
    { body: { items: [], next: 2 } },
    { body: { items: [{ version: 1 }], next: null } },
  ]
  const { sent, client } = scripted(...pages)
  const versions: number[] = []
  for await (const { version } of client.all('patients.history', { id: 'p' }))
    versions.push(version)
  expect(versions).toEqual([3, 1])
  expect(sent.map(({ url }) => new URL(url).searchParams.get('before'))).toEqual([null, '3', '2'])
})

test('an iterator knows the type of its items, and what has no pages has no iterator', () => {
  const { client } = scripted({})
  const patients: AsyncIterable<Patient> = client.all('patients.list', {})
  // @ts-expect-error: all practices come in one answer
  const practices = client.all('practices.list', {})
  // @ts-expect-error: a list has only the filters that the API describes
  const wrong = client.all('patients.list', { nickname: 'x' })
  expect([patients, practices, wrong].map((found) => Symbol.asyncIterator in found)).toEqual([
    ...[true, true, true],
  ])
})

test('a list that goes in a circle is not walked for ever', async () => {
  const { sent, client } = scripted({ body: { items: [], next: 'c' } })
  const walk = Array.fromAsync(client.all('patients.list', {}))
  await expect(walk).rejects.toMatchObject({ code: 'API_ANSWER_UNREADABLE' })
  expect(sent).toHaveLength(2)
})

test('changes are followed from where the last answer ended until the reader stops', async () => {
  const { sent, waits, client } = scripted(
    { body: { items: [{ sequence: 8 }], next: 8, last: 8 } },
    { body: { items: [], next: 8, last: 8 } },
    { body: { items: [{ sequence: 9 }], next: 9, last: 9 } },
  )
  const seen: number[] = []
  for await (const change of client.changes({ after: 7, follow: true })) {
    seen.push(change.sequence)
    if (seen.length === 2) break
  }
  expect(seen).toEqual([8, 9])
  expect(sent.map(({ url }) => new URL(url).searchParams.get('after'))).toEqual(['7', '8', '8'])
  expect(waits).toHaveLength(1)
})

test('an aborted call ends with the reason it was given', async () => {
  const { client } = scripted(new TypeError('aborted'))
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  await expect(client.call('budget.read', {}, stop)).rejects.toThrow('enough')
})
