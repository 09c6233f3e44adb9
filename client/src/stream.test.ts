// The pushed feed against answers that a scripted fetch gives: where it connects again, what it shows
// once, and what ends it.

import { expect, test } from 'vitest'
import { type ClientOptions, createClient } from './client.ts'
import type { Fetch } from './network.ts'

type Answer = Error | { readonly text: string; readonly hangs?: true } | Response

/** Answers in turn, the last again and again. */
function scripted(answers: readonly Answer[], more: Partial<ClientOptions> = {}) {
  const asked: string[] = []
  const waits: number[] = []
  const cancelled: string[] = []
  const fetch: Fetch = async (url, { signal }) => {
    asked.push(url.replace('http://door.test/v1', ''))
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    if (answer === undefined || answer instanceof Error) throw answer
    if (answer instanceof Response) return answer.clone()
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal.addEventListener('abort', () => {
          cancelled.push(url)
          controller.error(signal.reason)
        })
        controller.enqueue(new TextEncoder().encode(answer.text))
        if (answer.hangs !== true) controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  const url = 'http://door.test'
  const client = createClient({ url, fetch, wait, chance: () => 0, ...more })
  return { client, asked, waits, cancelled }
}

const change = (sequence: number) =>
  `id: ${sequence}\nevent: change\ndata: {"sequence":${sequence},"kind":"withheld"}\n\n`
const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ code, status, title: '', detail: '', cure: '' }), { status })

/** Reads until `count` changes came; the sequence numbers. */
async function take(client: ReturnType<typeof createClient>, after: number, count: number) {
  const seen: number[] = []
  for await (const { sequence } of client.stream({ after })) {
    seen.push(sequence)
    if (seen.length === count) break
  }
  return seen
}

test('a feed that breaks off goes on after the last change, and shows none twice', async () => {
  const { client, asked } = scripted([
    { text: `retry: 2000\n\n${change(8)}${change(9)}id: 10\nevent: change\ndata: {"sequ` },
    new TypeError('reset'),
    { text: change(9) + change(10) + change(11) },
  ])
  expect(await take(client, 7, 4)).toEqual([8, 9, 10, 11])
  expect(asked).toEqual([7, 9, 9].map((after) => `/changes/stream?after=${after}`))
})

test('it waits as long as the server wants before it connects again', async () => {
  const { client, waits } = scripted([{ text: `retry: 2000\n\n${change(1)}` }, { text: change(2) }])
  expect(await take(client, 0, 2)).toEqual([1, 2])
  expect(waits).toEqual([2000])
})

test('without a place to begin, it begins at the newest change of now', async () => {
  const newest = new Response(JSON.stringify({ items: [], next: 0, last: 41 }))
  const { client, asked } = scripted([newest, { text: change(42) }])
  for await (const { sequence } of client.stream({})) {
    expect(sequence).toBe(42)
    break
  }
  expect(asked).toEqual(['/changes?after=0&limit=1', '/changes/stream?after=41'])
})

test('a refusal ends it, in the API’s words', async () => {
  const { client, asked } = scripted([problem(401, 'KEY_INVALID')])
  await expect(take(client, 0, 1)).rejects.toMatchObject({ code: 'KEY_INVALID', status: 401 })
  expect(asked).toHaveLength(1)
})

test('a key that is revoked while it listens ends it; a server that stops does not', async () => {
  const { client } = scripted([
    { text: `${change(1)}event: end\ndata: {"code":"SERVICE_STOPPING"}\n\n` },
    { text: `${change(2)}event: end\ndata: {"code":"KEY_INVALID"}\n\n` },
  ])
  const seen: number[] = []
  const read = async () => {
    for await (const { sequence } of client.stream({ after: 0 })) seen.push(sequence)
  }
  await expect(read()).rejects.toMatchObject({ code: 'KEY_INVALID' })
  expect(seen).toEqual([1, 2])
})

test('when nothing answers any more, it says so in the end', async () => {
  const { client, asked } = scripted([new TypeError('refused')], { retriesMax: 2 })
  await expect(take(client, 0, 1)).rejects.toMatchObject({ code: 'API_UNREACHABLE' })
  expect(asked).toHaveLength(3)
})

test('silence is taken for a broken connection', async () => {
  const { client, asked, cancelled } = scripted(
    [{ text: change(1), hangs: true }, { text: change(2) }],
    { silenceMs: 40 },
  )
  expect(await take(client, 0, 2)).toEqual([1, 2])
  expect(asked).toHaveLength(2)
  expect(cancelled[0]).toContain('after=0')
})

test('a reader who goes away closes the connection; one who aborts hears why', async () => {
  const { client, cancelled } = scripted([{ text: change(1), hangs: true }])
  expect(await take(client, 0, 1)).toEqual([1])
  expect(cancelled).toHaveLength(1)
  const stop = new AbortController()
  const read = async () => {
    for await (const _ of client.stream({ after: 0 }, { signal: stop.signal }))
      stop.abort(new Error('enough'))
  }
  await expect(read()).rejects.toThrow('enough')
})
