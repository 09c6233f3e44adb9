// The stream of changes over a real socket: it goes on where a reader was, says what comes, and ends
// when its key is revoked. R37 and R34 have their own tests; this one is about being told.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { practiceId } from '../../kernel/ids.ts'

let world: Tenants
let url: string

beforeAll(async () => {
  world = await tenants()
  url = await world.platform.face.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => world.close())

function open(key: string, query = '', headers: Readonly<Record<string, string>> = {}) {
  return fetch(`${url}/v1/changes/stream${query}`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  })
}

/** Reads until the text holds what is wanted; the reader can go on. */
async function until(reply: Response, wanted: RegExp) {
  const reader = reply.body?.getReader()
  if (reader === undefined) throw new Error('No body')
  const decoder = new TextDecoder()
  let text = ''
  while (!wanted.test(text)) {
    const { done, value } = await reader.read()
    if (done) return { text, ended: true, reader }
    text += decoder.decode(value, { stream: true })
  }
  return { text, ended: false, reader }
}

async function codeOf(reply: Response): Promise<unknown> {
  const { code }: { code?: unknown } = JSON.parse(await reply.text())
  return code
}

const idsIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))

test('a reader that comes back with its last id goes on after it, without gap or repeat', async () => {
  const first = await open(world.north.readKey, '?after=0')
  expect(first.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const { text, reader } = await until(first, /id: 6\n[\s\S]*?\n\n/)
  await reader.cancel()
  expect(idsIn(text)).toEqual([1, 2, 3, 4, 5, 6])
  const again = await open(world.north.readKey, '?after=0', { 'last-event-id': '4' })
  const rest = await until(again, /id: 6\n[\s\S]*?\n\n/)
  await rest.reader.cancel()
  expect(idsIn(rest.text)).toEqual([5, 6])
})

test('what is learnt while a reader waits is told to it', async () => {
  const reply = await open(world.north.readKey)
  const practice = practiceId(world.north.practice)
  if (practice === undefined) throw new Error('not an id')
  const told = until(reply, /^id: \d+\n[\s\S]*?\n\n/m)
  await world.platform.mirror.apply({ organization: world.north.organization, practice }, [
    {
      ...{ pathway: 'fhir', search: 'Patient.roster', subject: 'N', covers: [] },
      ...{ askedAt: world.askedAt + 1, complete: true },
      sightings: [
        {
          resource: { resourceType: 'Patient', id: 'north-new', gender: 'male' },
          repairs: [],
          patientId: 'north-new',
        },
      ],
    },
  ])
  const { text, reader } = await told
  await reader.cancel()
  expect(text).toContain('"id":"north-new"')
})

test('a revoked key ends its stream within 5 seconds, with the reason', async () => {
  const { organization } = world.south
  const { keyId, text: key } = await world.platform.practices.createApiKey(
    organization,
    { name: 'to be revoked', scopes: ['read'] },
    'test',
  )
  const reply = await open(key)
  const end = until(reply, /event: end\n.*\n\n/)
  const from = performance.now()
  await world.platform.practices.revokeApiKey(organization, keyId, 'test')
  expect((await end).text).toContain('{"code":"KEY_INVALID"}')
  expect(performance.now() - from).toBeLessThan(5_000)
})

test('a caller has only so many streams; a closed one makes room', async () => {
  const streams = await Promise.all(
    Array.from({ length: 10 }, () => open(world.south.readKey, '?after=0')),
  )
  const refused = await open(world.south.readKey)
  expect([refused.status, await codeOf(refused)]).toEqual([503, 'STREAMS_TOO_MANY'])
  await Promise.all(streams.map((stream) => stream.body?.cancel()))
  await expect
    .poll(async () => {
      const reply = await open(world.south.readKey)
      await reply.body?.cancel()
      return reply.status
    })
    .toBe(200)
})

test('a stream from beyond the newest change is refused before it begins', async () => {
  const reply = await open(world.north.readKey, '?after=999999')
  expect([reply.status, await codeOf(reply)]).toEqual([400, 'CURSOR_INVALID'])
})
