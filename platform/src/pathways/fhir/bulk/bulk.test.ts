// Group export against a vendor that is played by hand: jobs and manifests, and files that are cut, go on
// elsewhere, or end without saying so.

import type { JsonObject } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import type { CallRequest } from '../../../kernel/call.ts'
import { type HttpReply, NetworkFailure } from '../../../kernel/network.ts'
import { seededRandom } from '../../../kernel/random.ts'
import { VirtualClock } from '../../../kernel/virtual-clock.ts'
import type { BulkBatch, BulkPlace, BulkReading } from '../../contract.ts'
import { openFhir, wantedScopes } from '../index.ts'

const BASE = 'https://our.test/fhir/r4/JAFJCD'
const THEIRS = 'http://fhir4.eclinicalworks.com/fhir/r4/JAFJCD'

interface Played {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  /** Bytes after which the connection breaks. */
  readonly cutAt?: number
}

interface Vendor {
  readonly bulk: BulkReading
  readonly clock: VirtualClock
  readonly asked: CallRequest[]
}

function vendor(
  answer: (path: string, request: CallRequest) => Played,
  bulk: JsonObject = { group: 'g1' },
): Vendor {
  const clock = new VirtualClock(Date.parse('2026-03-02T13:30:00Z'))
  const asked: CallRequest[] = []
  let tokens = 0
  const play = (request: CallRequest): Played => {
    if (request.url.endsWith('/smart-configuration'))
      return { text: JSON.stringify({ token_endpoint: 'https://login.test/token' }) }
    if (request.url !== 'https://login.test/token')
      return answer(request.url.slice(BASE.length), request)
    return { text: JSON.stringify({ access_token: `t${++tokens}`, expires_in: 300 }) }
  }
  const call = async (request: CallRequest): Promise<HttpReply> => {
    asked.push(request)
    const { status = 200, headers = {}, text = '', cutAt } = play(request)
    const bytes = new TextEncoder().encode(text)
    const head = { status, headers: Object.entries({ 'content-type': 'text/json', ...headers }) }
    const take = request.sink?.(head)
    if (take === undefined) return { ...head, body: bytes }
    // Three bytes at a time, so that no line comes in one piece.
    for (let at = 0; at < (cutAt ?? bytes.length); at += 3)
      await take(bytes.subarray(at, Math.min(at + 3, cutAt ?? bytes.length)))
    if (cutAt !== undefined) throw new NetworkFailure('unknown', 'NETWORK_BODY_CUT')
    return { ...head, body: new Uint8Array() }
  }
  const pathway = openFhir(
    {
      baseUrl: BASE,
      clientId: 'c',
      dialect: 'eclinicalworks',
      timeZone: 'America/New_York',
      overrides: { bulk },
    },
    { call, clock, random: seededRandom('bulk'), sign: async () => 'signed' },
  )
  if (pathway.bulk === undefined) throw new Error('no bulk')
  return { bulk: pathway.bulk, clock, asked }
}

const line = (id: string, rest: JsonObject = {}) =>
  `${JSON.stringify({ resourceType: 'Observation', id, ...rest })}\n`
const THREE = line('a') + line('b') + line('c')
const marked = (text: string) => ({ 'content-length': String(text.length) })
const FILE = { type: 'Observation', location: '$export-download?f=1', count: undefined }
const START: BulkPlace = { bytes: 0, records: 0 }

async function readAll(
  bulk: BulkReading,
  from = START,
  file: Parameters<BulkReading['read']>[0] = FILE,
) {
  const batches: BulkBatch[] = []
  const failed = await bulk
    .read(file, from, async (batch) => void batches.push(batch), {})
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  const ids = batches.flatMap(({ sightings }) => sightings.map(({ resource }) => resource.id))
  return { batches, ids, failed, place: batches.at(-1)?.place }
}

describe('a connection', () => {
  test('exports only where it says so, and then asks for the scope', () => {
    const dialect = 'eclinicalworks'
    expect(wantedScopes({ dialect, overrides: {} })).not.toContain('system/Group.read')
    expect(wantedScopes({ dialect, overrides: { bulk: {} } })).toContain('system/Group.read')
    const { bulk } = vendor(() => ({}))
    expect(bulk.group).toBe('g1')
    expect(bulk.types).toContain('Observation')
    expect(bulk.types).not.toContain('Binary')
  })
})

describe('a job', () => {
  const started = {
    status: 202,
    headers: {
      'content-location': `${THEIRS}/$export-poll-location?job_id=j1`,
      'retry-after': '120',
    },
  }

  test('begins with its own address at our host, to be asked about no sooner than told', async () => {
    const { bulk, clock, asked } = vendor(() => started)
    const answer = await bulk.start('g1', {})
    expect(answer).toMatchObject({ kind: 'started', job: '$export-poll-location?job_id=j1' })
    expect(answer.dueAt - clock.now()).toBe(120_000)
    const kickOff = asked.at(-1)
    expect(kickOff?.headers.prefer).toBe('respond-async')
    expect(kickOff?.url).toMatch(/\/Group\/g1\/\$export\?_type=/)
  })

  test('a group whose export runs is busy, though the status is 200', async () => {
    const text = '{"resourceType":"OperationOutcome","issue":[{"code":"duplicate"}]}'
    const { bulk } = vendor(() => ({ text }))
    expect((await bulk.start('g1', {})).kind).toBe('busy')
  })

  test('a vendor that refuses a type is asked for all it has', async () => {
    const { bulk } = vendor((path) => (path.includes('_type') ? { status: 400 } : started))
    expect((await bulk.start('g1', {})).kind).toBe('started')
  })

  test('a group that is not ours is refused by name', async () => {
    const { bulk } = vendor(() => ({ status: 401 }))
    await expect(bulk.start('g1', {})).rejects.toMatchObject({ code: 'PATHWAY_BULK_GROUP_REFUSED' })
  })

  test.each([
    [202, { 'retry-after': '300', 'x-progress': '6% Completed' }, 'running', 300_000],
    [202, {}, 'running', 120_000],
    [429, { 'retry-after': '600' }, 'trouble', 600_000],
    [500, {}, 'trouble', 120_000],
  ])('an answer %i with %j is %s', async (status, headers, kind, waitMs) => {
    const { bulk, clock } = vendor(() => ({ status, headers }))
    const answer = await bulk.poll('j', {})
    expect(answer.kind).toBe(kind)
    expect('dueAt' in answer ? answer.dueAt - clock.now() : 0).toBe(waitMs)
  })

  test('an answer 404 means that the job is gone', async () => {
    const { bulk } = vendor(() => ({ status: 404 }))
    expect(await bulk.poll('j', {})).toEqual({ kind: 'gone' })
  })

  test('a manifest loses its &amp;, its foreign host and its doubles, and keeps its errors', async () => {
    const url = `${THEIRS}/$export-download?job_id=j1&amp;file=1`
    const text = JSON.stringify({
      transactionTime: '2026-03-02T13:00:00Z',
      output: [
        { type: 'Patient', url, count: 2 },
        { type: 'Patient', url, count: 2 },
      ],
      error: [{ type: 'OperationOutcome', url }],
    })
    const { bulk } = vendor(() => ({ text }))
    expect(await bulk.poll('j', {})).toEqual({
      kind: 'ready',
      manifest: {
        transactionTime: Date.parse('2026-03-02T13:00:00Z'),
        files: [{ type: 'Patient', location: '$export-download?job_id=j1&file=1', count: 2 }],
        errors: 1,
      },
    })
  })

  test.each([
    '<html>',
    '{}',
    '{"transactionTime":"soon","output":[]}',
    '{"transactionTime":"2026-03-02T13:00:00Z","output":[{"type":"Patient","url":"https://elsewhere.test/f"}]}',
  ])('what is no manifest of the practice is trouble: %s', async (text) => {
    const { bulk } = vendor(() => ({ text }))
    expect(await bulk.poll('j', {})).toMatchObject({
      kind: 'trouble',
      code: 'PATHWAY_BULK_MANIFEST_BROKEN',
    })
  })
})

describe('a file', () => {
  test('is read line by line, and each record is tied to the questions that would show it', async () => {
    const category = [{ coding: [{ code: 'laboratory' }, { code: 'sdoh' }] }]
    const text = line('a', { category, subject: { reference: 'Patient/p' } }) + line('b')
    const { bulk } = vendor(() => ({ text, headers: marked(text) }))
    const { batches, failed, place } = await readAll(bulk)
    expect(failed).toBeUndefined()
    expect(place).toEqual({ bytes: text.length, records: 2 })
    const [one, two] = batches.flatMap(({ sightings }) => sightings)
    expect(one).toMatchObject({
      patientId: 'p',
      shownBy: ['Observation.laboratory', 'Observation.sdoh'],
    })
    expect(two?.shownBy).toEqual([])
  })

  test('that breaks off keeps what came, goes on there when it may, and begins anew when not', async () => {
    let fetches = 0
    const cut = line('a').length + 5
    const cutFirst = (honoured: boolean) =>
      vendor((_, { headers }) => {
        if (fetches++ === 0) return { text: THREE, cutAt: cut, headers: marked(THREE) }
        const first = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
        if (!honoured) return { text: THREE, headers: marked(THREE) }
        const rest = THREE.slice(first)
        const range = `bytes ${first}-${THREE.length - 1}/${THREE.length}`
        return { status: 206, text: rest, headers: { 'content-range': range, ...marked(rest) } }
      }).bulk
    for (const honoured of [true, false]) {
      fetches = 0
      const bulk = cutFirst(honoured)
      const first = await readAll(bulk)
      expect(first.failed).toMatchObject({ code: 'NETWORK_BODY_CUT' })
      // What had come was not given away yet: batches are larger.
      const again = await readAll(bulk, { bytes: line('a').length, records: 1 })
      expect(again.failed).toBeUndefined()
      expect(again.ids).toEqual(honoured ? ['b', 'c'] : ['a', 'b', 'c'])
      expect(again.place).toEqual({ bytes: THREE.length, records: 3 })
    }
  })

  test('that ends within a line is cut, however well its transfer ended', async () => {
    const text = THREE.slice(0, -10)
    const { bulk } = vendor(() => ({ text, headers: marked(text) }))
    const { failed, ids, place } = await readAll(bulk)
    expect(failed).toMatchObject({ code: 'PATHWAY_BULK_FILE_CUT' })
    expect(ids).toEqual(['a', 'b'])
    expect(place?.records).toBe(2)
  })

  test('whose end nothing marks counts as whole when two fetches agree', async () => {
    let fetches = 0
    const { bulk } = vendor(() => {
      fetches++
      return { text: fetches === 1 ? line('a') : THREE }
    })
    const { failed, ids } = await readAll(bulk)
    expect(failed).toBeUndefined()
    expect(fetches).toBe(3)
    expect(new Set(ids)).toEqual(new Set(['a', 'b', 'c']))
  })

  test('whose end nothing marks is whole when the vendor has nothing behind it', async () => {
    const { bulk, asked } = vendor((_, { headers }) =>
      headers.range === undefined
        ? { text: THREE }
        : { status: 416, headers: { 'content-range': `bytes */${THREE.length}` } },
    )
    expect((await readAll(bulk)).failed).toBeUndefined()
    expect(asked.at(-1)?.headers.range).toBe(`bytes=${THREE.length}-`)
  })

  test('with another number of records than stated is not whole', async () => {
    const { bulk } = vendor(() => ({ text: THREE, headers: marked(THREE) }))
    const { failed, ids } = await readAll(bulk, START, { ...FILE, count: 4 })
    expect(failed).toMatchObject({ code: 'PATHWAY_BULK_COUNT_MISMATCH' })
    expect(ids).toHaveLength(3)
    expect((await readAll(bulk, START, { ...FILE, count: 3 })).failed).toBeUndefined()
  })

  test('is asked for with a new token after a refusal', async () => {
    const seen: (string | undefined)[] = []
    const { bulk } = vendor((_, { headers }) => {
      seen.push(headers.authorization)
      return seen.length === 1 ? { status: 401 } : { text: THREE, headers: marked(THREE) }
    })
    expect((await readAll(bulk)).failed).toBeUndefined()
    expect(seen).toEqual(['Bearer t1', 'Bearer t2'])
  })

  test.each([
    [404, 'PATHWAY_BULK_FILE_GONE'],
    [410, 'PATHWAY_BULK_FILE_GONE'],
    [500, 'PATHWAY_VENDOR_FAILED'],
  ])('an answer %i is %s', async (status, code) => {
    const { bulk } = vendor(() => ({ status }))
    expect((await readAll(bulk)).failed).toMatchObject({ code })
  })

  test('names its broken lines by number and gives the others', async () => {
    const text = `${line('a')}{"nonsense\n${JSON.stringify({ resourceType: 'Goal', id: 'g' })}\n${line('b')}`
    const { bulk } = vendor(() => ({ text, headers: marked(text) }))
    const { batches, ids } = await readAll(bulk)
    expect(ids).toEqual(['a', 'b'])
    expect(batches.flatMap(({ problems }) => problems)).toEqual([
      { code: 'PATHWAY_BULK_LINE_BROKEN', position: 'record 2' },
      { code: 'PATHWAY_ENTRY_WRONG_TYPE', position: 'record 3' },
    ])
  })
})
