// The client against answers that a scripted fetch gives: what it sends, what it retries, what it says.

import { expect, test } from 'vitest'
import { type ClientOptions, createClient } from './client.ts'
import { ApiError } from './errors.ts'
import type { Fetch } from './network.ts'

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Answers in turn; an Error is thrown, as a connection that fails. */
function scripted(...answers: (Error | { status?: number; body?: unknown; after?: string })[]) {
  const sent: Sent[] = []
  const waits: number[] = []
  const fetch: Fetch = async (url, { method, headers, body }) => {
    sent.push({ url, method, headers, ...(body !== undefined && { body }) })
    const answer = answers[Math.min(sent.length, answers.length) - 1]
    if (answer === undefined || answer instanceof Error) throw answer
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
    const retry = answer.after === undefined ? {} : { 'retry-after': answer.after }
    return new Response(text, { status: answer.status ?? 200, headers: retry })
  }
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  const options: ClientOptions = { url: 'http://door.test/', key: 'cw_a_b_c', fetch, wait }
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
  expect(sent[1]?.url).toBe('http://door.test/v1/resources/patients?cursor=c1&limit=200')
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
