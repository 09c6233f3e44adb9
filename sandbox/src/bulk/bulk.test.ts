// Bulk export over requests as a client sends them: the road of a job, its quirks by switch, and every
// fault that can be scripted.

import { beforeAll, expect, test } from 'vitest'
import { CLIENT_ID, CODE, type Keys, makeKeys, type Rig, rig, SCOPES } from '../rig.ts'
import type { WireReply } from '../wire.ts'
import { BULK_FAULTS, type BulkFault } from './types.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const GROUP = '5c1f0f6e-52a1-4a4e-9b5e-0c9a3f1f0001'
const BULK_SCOPES = [...SCOPES, 'system/Group.read']
const RESOURCES = [
  { resourceType: 'Patient', id: 'p1', name: [{ family: 'One' }] },
  { resourceType: 'Patient', id: 'p2', name: [{ family: 'Two' }] },
  { resourceType: 'Practitioner', id: 'doc', name: [{ family: 'Doc' }] },
  ...Array.from({ length: 6 }, (_, i) => ({
    resourceType: 'Observation',
    id: `o${i}`,
    status: 'final',
    subject: { reference: `Patient/p${1 + (i % 2)}` },
  })),
  {
    resourceType: 'DocumentReference',
    id: 'd1',
    subject: { reference: 'Patient/p1' },
    content: [{ attachment: { url: 'Binary/b1' } }],
  },
  { resourceType: 'Binary', id: 'b1', contentType: 'text/plain', data: 'eA==' },
  { resourceType: 'Binary', id: 'b2', contentType: 'text/plain', data: 'eQ==' },
]

interface Bulk extends Rig {
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<Reply>
  start(query?: string): Promise<string>
  /** Asks until there is a manifest. */
  manifest(poll: string): Promise<Manifest>
}

interface Reply {
  readonly wire: WireReply
  readonly status: number
  readonly text: string
  header(name: string): string | undefined
}

interface Manifest {
  readonly transactionTime: string
  readonly requiresAccessToken: boolean
  readonly output: readonly { type: string; url: string; count?: number }[]
  readonly error: readonly { type: string; url: string }[]
}

function open(
  faults: readonly BulkFault[] = [],
  switches: Record<string, string> = {},
  patients: 'all' | readonly string[] = 'all',
): Bulk {
  const steady = { 'bulk-file-401': 'never', 'link-host': 'public', ...switches }
  const one = rig({ keys, resources: RESOURCES, more: { switches: steady } })
  const { operator } = one.sandbox
  operator.registerApp({
    clientId: CLIENT_ID,
    name: 'Bulk app',
    jwksUrl: 'http://client.test/jwks',
    jwksAllowed: true,
    scopes: BULK_SCOPES,
    activatedFor: [CODE],
  })
  operator.bulk.setGroups(CODE, [{ id: GROUP, name: 'Everybody', patients }])
  operator.bulk.script(faults.map((fault) => ({ fault, rate: 1, times: 1 })))
  const ask: Bulk['ask'] = async (path, headers = {}, method = 'GET') => {
    const authorization = headers.authorization ?? `Bearer ${await one.token(BULK_SCOPES)}`
    const wire = await one.sandbox.handle({
      method,
      path: path.startsWith('http') ? path.slice('http://vendor.test'.length) : path,
      headers: { ...headers, authorization },
      body: new Uint8Array(),
    })
    const bytes = wire.stream === undefined ? wire.body : Buffer.concat([...wire.stream.chunks()])
    const header = (name: string) =>
      wire.headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
    return { wire, status: wire.status, text: new TextDecoder().decode(bytes), header }
  }
  const start: Bulk['start'] = async (query = '') => {
    const reply = await ask(`/fhir/r4/${CODE}/Group/${GROUP}/$export${query}`, {
      prefer: 'respond-async',
      accept: 'application/fhir+json',
    })
    expect(reply.status).toBe(202)
    expect(reply.header('retry-after')).toBe('120')
    return reply.header('content-location') ?? ''
  }
  const manifest: Bulk['manifest'] = async (poll) => {
    for (let i = 0; i < 20; i++) {
      const reply = await ask(poll)
      if (reply.status === 200) return JSON.parse(reply.text)
      one.clock.add(120_000)
    }
    throw new Error('no manifest')
  }
  return { ...one, ask, start, manifest }
}

const plainUrl = (url: string) => url.replaceAll('&amp;', '&')
const idsIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).id)

test('a group is found, its export runs, and its files hold the practice', async () => {
  const one = open()
  const groups = await one.ask(`/fhir/r4/${CODE}/Group`)
  expect(JSON.parse(groups.text).entry[0].resource).toMatchObject({ id: GROUP, type: 'person' })
  const poll = await one.start('?_type=Patient,Observation,DocumentReference')
  const early = await one.ask(poll)
  expect([early.status, early.header('retry-after')]).toEqual([202, '120'])
  expect(early.header('x-progress')).toMatch(/^\d+% Completed$/)
  const manifest = await one.manifest(poll)
  expect(manifest.requiresAccessToken).toBe(true)
  expect(manifest.output.map(({ type }) => type)).toEqual([
    ...['Patient', 'Observation', 'DocumentReference', 'Binary'],
  ])
  expect(manifest.output[0]?.url).toContain('&amp;')
  const patients = await one.ask(plainUrl(manifest.output[0]?.url ?? ''))
  expect(idsIn(patients.text)).toEqual(['p1', 'p2'])
  expect(patients.wire.stream?.length).toBe(patients.text.length)
})

test('a part of the patients: theirs alone, but the whole directory, and the binaries they name', async () => {
  const one = open([], {}, ['p2'])
  const manifest = await one.manifest(await one.start())
  const files = await Promise.all(
    manifest.output.map(async ({ url }) => idsIn((await one.ask(plainUrl(url))).text)),
  )
  const ids = files.flat().sort()
  expect(ids).toEqual(['doc', 'o1', 'o3', 'o5', 'p2'])
})

test('a second kick-off while the first runs is 200 with an outcome that says duplicate', async () => {
  const one = open()
  await one.start()
  const again = await one.ask(`/fhir/r4/${CODE}/Group/${GROUP}/$export`, {
    prefer: 'respond-async',
  })
  expect([again.status, JSON.parse(again.text).issue[0].code]).toEqual([200, 'duplicate'])
  one.sandbox.operator.setSwitch('bulk-duplicate', 'accepted')
  await one.start()
})

test.each([
  ['no Prefer', '', {}, 400],
  ['another format', '?_outputFormat=text/csv', { prefer: 'respond-async' }, 400],
  ['an unknown parameter', '?_count=5', { prefer: 'respond-async' }, 400],
  ['a type nobody exports', '?_type=Appointment', { prefer: 'respond-async' }, 400],
  ['a time without a zone', '?_since=2026-01-01', { prefer: 'respond-async' }, 400],
])('a kick-off with %s is refused', async (_, query, headers, status) => {
  const one = open()
  const reply = await one.ask(`/fhir/r4/${CODE}/Group/${GROUP}/$export${query}`, headers)
  expect(reply.status).toBe(status)
})

test('bad tokens, other groups and other jobs are told apart as documented', async () => {
  const one = open()
  const poll = await one.start()
  const prefer = { prefer: 'respond-async' }
  const bad = { ...prefer, authorization: 'Bearer nonsense' }
  expect((await one.ask(`/fhir/r4/${CODE}/Group/${GROUP}/$export`, bad)).status).toBe(401)
  expect((await one.ask(`/fhir/r4/${CODE}/Group/other/$export`, prefer)).status).toBe(401)
  expect((await one.ask(`${poll}0`)).status).toBe(404)
  expect((await one.ask(poll, {}, 'DELETE')).status).toBe(202)
  expect((await one.ask(poll)).status).toBe(404)
})

test('a token without system/Group.read exports nothing', async () => {
  const one = open([], { 'group-read-scope': 'off' })
  const authorization = `Bearer ${await one.token(SCOPES)}`
  expect((await one.ask(`/fhir/r4/${CODE}/Group`, { authorization })).status).toBe(403)
})

test('questions count in the minute of the practice', async () => {
  const one = open()
  const poll = await one.start()
  const before = one.sandbox.operator.minutes().reduce((sum, { arrived }) => sum + arrived, 0)
  await one.ask(poll)
  const after = one.sandbox.operator.minutes().reduce((sum, { arrived }) => sum + arrived, 0)
  expect(after).toBe(before + 2) // The token and the question.
})

test('what changes after the kick-off is not exported, and results go after thirty days', async () => {
  const one = open()
  const poll = await one.start('?_type=Observation')
  one.clock.add(60_000)
  const { world } = one.sandbox.operator
  world.advanceTo(one.clock.now())
  world.put(CODE, { resourceType: 'Observation', id: 'late', status: 'final' }, 'operator')
  const manifest = await one.manifest(poll)
  const url = plainUrl(manifest.output[0]?.url ?? '')
  expect(idsIn((await one.ask(url)).text)).not.toContain('late')
  one.clock.add(31 * 86_400_000)
  expect((await one.ask(url)).status).toBe(404)
})

test('a range is ignored by default and honoured by switch', async () => {
  const one = open([], { 'bulk-range': 'honoured' })
  const manifest = await one.manifest(await one.start('?_type=Patient'))
  const url = plainUrl(manifest.output[0]?.url ?? '')
  const whole = await one.ask(url)
  const tail = await one.ask(url, { range: 'bytes=10-' })
  expect([tail.status, tail.text]).toEqual([206, whole.text.slice(10)])
  const after = await one.ask(url, { range: `bytes=${whole.text.length}-` })
  expect([after.status, after.header('content-range')]).toEqual([
    416,
    `bytes */${whole.text.length}`,
  ])
  one.sandbox.operator.setSwitch('bulk-range', 'ignored')
  expect((await one.ask(url, { range: 'bytes=10-' })).text).toBe(whole.text)
})

test('volume makes exports as large as wanted without anything being held', async () => {
  const one = open([], { 'bulk-file-size': '100' })
  one.sandbox.operator.bulk.setVolume(CODE, { patients: 30, observationsEach: 10 })
  const manifest = await one.manifest(await one.start('?_type=Observation'))
  expect(manifest.output).toHaveLength(4)
  const files = await Promise.all(
    manifest.output.map(async ({ url }) => idsIn((await one.ask(plainUrl(url))).text)),
  )
  expect(new Set(files.flat()).size).toBe(306)
})

/** Reads a whole export as a client would that takes everything for granted. */
async function naive(one: Bulk): Promise<string> {
  const groups = await one.ask(`/fhir/r4/${CODE}/Group`)
  if (groups.status !== 200) return 'group search failed'
  const kick = await one.ask(`/fhir/r4/${CODE}/Group/${GROUP}/$export`, { prefer: 'respond-async' })
  if (kick.status !== 202) return 'kick-off failed'
  const poll = kick.header('content-location') ?? ''
  for (let i = 0; i < 20; i++) {
    const reply = await one.ask(poll)
    if (reply.status === 200) return await files(one, JSON.parse(reply.text))
    if (reply.status !== 202) return `poll answered ${reply.status}`
    one.clock.add(120_000)
  }
  return 'never ready'
}

async function files(one: Bulk, manifest: Manifest): Promise<string> {
  const found: string[] = []
  if (manifest.error.length > 0) found.push('says it is short')
  if (manifest.output.some(({ count }) => count !== undefined)) found.push('counts')
  const urls = manifest.output.map(({ url }) => url)
  if (new Set(urls).size < urls.length) found.push('twice')
  if (new Set(manifest.output.map(({ type }) => type)).size < 5) found.push('a type is left out')
  const times = one.sandbox.operator.bulk.jobs().map(({ snapshotAt, startedAt, statedAt = 0 }) => {
    expect(snapshotAt).toBe(startedAt)
    return statedAt > snapshotAt ? 'late' : statedAt < snapshotAt ? 'early' : ''
  })
  if (times[0]) found.push(times[0])
  for (const url of urls) {
    const reply = await one.ask(plainUrl(url))
    if (reply.status !== 200) found.push(`file answered ${reply.status}`)
    if (reply.wire.trouble?.kind === 'truncate') found.push('cut')
    if (reply.wire.stream?.framing === 'close') found.push('cut unmarked')
  }
  return found.join(', ')
}

const SHOWS: Readonly<Record<BulkFault, string>> = {
  'group-500': 'group search failed',
  'kickoff-500': 'kick-off failed',
  'poll-429': 'poll answered 429',
  'poll-500': 'poll answered 500',
  'poll-500-fatal': 'poll answered 500',
  'poll-never-ends': 'never ready',
  'job-lost': 'poll answered 404',
  'partial-success': 'says it is short, a type is left out',
  'file-omitted': 'a type is left out',
  'file-duplicated': 'twice',
  'file-expired': 'file answered 404',
  'file-401': 'file answered 401',
  'file-500': 'file answered 500',
  'file-cut': 'cut',
  'file-cut-unmarked': 'cut unmarked',
  'file-token-dies': 'cut',
  'count-wrong': 'counts',
  'time-late': 'late',
  'time-early': 'early',
  'deleted-omitted': '',
}

test.each(BULK_FAULTS)('the fault %s shows itself and is counted', async (fault) => {
  const one = open([fault], { 'bulk-file-size': '20' })
  if (fault === 'deleted-omitted') {
    const { world } = one.sandbox.operator
    world.advanceTo(one.clock.now())
    world.remove(CODE, 'Observation', 'o1', 'operator')
  }
  expect(await naive(one)).toBe(SHOWS[fault])
  expect(one.sandbox.operator.faultsFired()).toEqual({ [`bulk-${fault}`]: 1 })
})

test('without faults a naive client reads everything', async () => {
  const one = open()
  expect(await naive(one)).toBe('')
  expect(one.sandbox.operator.faultsFired()).toEqual({})
})
