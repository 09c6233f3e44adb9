// The chartway command against a real installation on loopback: what it prints, how it ends, and what
// it says when something is wrong.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EXIT } from '../client/src/cli/exit-codes.ts'
import { runCli } from '../client/src/cli/program.ts'
import { systemFetch, systemWait } from '../client/src/network.ts'
import { PATIENTS_EACH, type Tenants, tenants } from './tenants.ts'

let world: Tenants
let url: string
let folder: string
let bothKey: string

beforeAll(async () => {
  world = await tenants()
  url = await world.platform.face.listen({ host: '127.0.0.1', port: 0 })
  folder = await mkdtemp(join(tmpdir(), 'chartway-cli-'))
  const { text } = await world.platform.practices.createApiKey(
    world.north.organization,
    { name: 'command', scopes: ['read', 'admin'] },
    'test',
  )
  bothKey = text
})
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

interface Surroundings {
  readonly input?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  readonly signal?: AbortSignal
  readonly seen?: (text: string) => void
}

async function chartway(words: string, surroundings: Surroundings = {}) {
  let out = ''
  let err = ''
  const code = await runCli(words.split(' '), {
    out: (text) => {
      out += text
      surroundings.seen?.(out)
    },
    err: (text) => {
      err += text
    },
    input: () => Readable.from(surroundings.input ?? []),
    terminal: false,
    environment: surroundings.environment ?? { CHARTWAY_URL: url, CHARTWAY_KEY: bothKey },
    folder: surroundings.folder ?? folder,
    fetch: systemFetch,
    wait: systemWait,
    signal: surroundings.signal ?? new AbortController().signal,
  })
  return { code, out, err }
}

describe('mcp', () => {
  const message = (id: number, method: string, params = {}) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params })

  test('carries messages between standard input and the tools, whatever order they end in', async () => {
    const input = [
      message(1, 'tools/call', { name: 'counts_read', arguments: {} }),
      '',
      message(2, 'ping'),
      JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    ]
    const { code, out } = await chartway('mcp', { input })
    expect(code).toBe(EXIT.done)
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const byId = new Map(answers.map((answer) => [answer.id, answer]))
    expect([...byId.keys()].sort()).toEqual([1, 2])
    expect(byId.get(1).result.content[1].text).toContain('Patient')
    expect(byId.get(2).result).toEqual({})
  })

  test('what is no message and what gets no answer are told as the protocol tells', async () => {
    const input = ['{"jsonrpc"', message(3, 'tools/list')]
    const { out } = await chartway('mcp', {
      input,
      environment: { CHARTWAY_URL: url, CHARTWAY_KEY: 'cw_x_y_z' },
    })
    const [first, second] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(first).toMatchObject({ id: null, error: { code: -32700 } })
    expect(second).toMatchObject({ id: 3, error: { message: 'the installation answered 401' } })
  })
})

describe('reading', () => {
  test('patients are listed with their names and how fresh they are', async () => {
    const { code, out, err } = await chartway('patients')
    expect({ code, err }).toEqual({ code: EXIT.done, err: '' })
    const lines = out.trimEnd().split('\n')
    expect(lines).toHaveLength(1 + PATIENTS_EACH)
    expect(lines[1]).toMatch(/^north-1 +Canary-north Blake +female +\d+ min ago/)
  })

  test('with --json the same comes as one value for programs', async () => {
    const { out } = await chartway('patients --limit 2 --json')
    const { items, more } = JSON.parse(out)
    expect(items.map(({ id }: { id: string }) => id)).toEqual(['north-1', 'north-2'])
    expect(more).toBe(true)
  })

  test('one patient is shown whole, with its version and what was repaired', async () => {
    const { out } = await chartway('read patients north-1')
    expect(out).toContain('"family": "Blake"')
    expect(out).toContain('version 2, first seen ')
    expect(out).toContain('repaired: /birthDate (sentinel-removed)')
  })

  test('one patient as a unified object, and the states that were seen of it', async () => {
    const { out } = await chartway('patients north-1')
    expect(out).toContain('"display": "Canary-north Blake"')
    expect(out).toMatch(/the practice last said so \d+ min ago\n$/)
    const history = await chartway('patients north-1 --history')
    expect(history.out).toMatch(
      /^version 2 {2}updated {2}seen .*\n( {2}\/[\w/]+\n)+version 1 {2}created/,
    )
    expect(history.out).not.toContain('Blake')
    const told = await chartway('patients north-1 --history --values')
    expect(told.out).toContain('  /name/family: "Before" → "Blake"\n')
  })

  test('patients are narrowed by name; a filter that an object has not is refused', async () => {
    const { out } = await chartway('patients --name blake')
    expect(out.trimEnd().split('\n')).toHaveLength(2)
    const refused = await chartway('patients --code I10')
    expect([refused.code, refused.out]).toEqual([EXIT.usage, ''])
    expect(refused.err).toContain('/query/code')
  })

  test('objects of which nothing is mirrored are said to be none', async () => {
    const { code, out } = await chartway('appointments --day 2026-03-02')
    expect([code, out.startsWith('No appointments that fit')]).toEqual([EXIT.done, true])
  })

  test('freshness of a patient that nobody knows is not found', async () => {
    const { code, out } = await chartway('freshness --patient nobody')
    expect([code, out]).toEqual([EXIT.notFound, ''])
  })

  test('the keys that were made are listed, never their texts', async () => {
    const { out } = await chartway('keys list', {
      environment: { CHARTWAY_URL: url, CHARTWAY_KEY: world.north.adminKey },
    })
    expect(out.split('\n')[0]).toMatch(/^key +name +scopes +made +refused since/)
    expect(out).not.toContain('cw_')
  })

  test('a type of which nothing is mirrored is said to be empty', async () => {
    const { code, out } = await chartway('list observations --patient north-1')
    expect(code).toBe(EXIT.done)
    expect(out).toContain('No observations are mirrored')
  })

  test('changes are told in order, updates with the paths and without the values', async () => {
    const { out } = await chartway('changes --after 4')
    const lines = out.trimEnd().split('\n')
    expect(lines[0]).toMatch(/#5 {2}created Patient\/north-5$/)
    expect(lines[1]).toMatch(/#6 {2}updated Patient\/north-1 {2}\/name\/0\/family$/)
    expect(out).not.toContain('Blake')
    expect((await chartway('changes --after 4 --json')).out).not.toContain('Blake')
    const told = await chartway('changes --after 4 --values')
    expect(told.out).toContain('    /name/0/family: "Before" → "Blake"\n')
  })

  test('changes are followed as they are learnt, until somebody has seen enough', async () => {
    const stop = new AbortController()
    const [practice] = await world.platform.practices.list(world.north.organization)
    if (practice === undefined) throw new Error('The practice is missing')
    const following = chartway('changes --after 6 --follow --json', {
      signal: stop.signal,
      seen: () => stop.abort(),
    })
    await world.platform.mirror.apply(practice.ref, [
      {
        pathway: 'fhir',
        search: 'Practitioner.id',
        subject: 'doc',
        covers: [],
        askedAt: world.askedAt,
        complete: true,
        sightings: [
          {
            resource: { resourceType: 'Practitioner', id: 'doc' },
            repairs: [],
            patientId: undefined,
          },
        ],
      },
    ])
    const { code, out } = await following
    expect(code).toBe(EXIT.interrupted)
    expect(JSON.parse(out)).toMatchObject({ sequence: 7, kind: 'created', type: 'Practitioner' })
  })

  test.each([
    ['freshness', /^Nothing has been asked yet|question/m],
    ['budget', /^0 of 250 calls taken in the minute of /m],
    ['practices', /^north-clinic +The north clinic +connected +America\/New_York/m],
    ['sync --once', /^Waiting to begin: 5 records|^Waiting to begin: 6 records/m],
  ])('%s answers', async (words, expected) => {
    const { code, out } = await chartway(words)
    expect(code).toBe(EXIT.done)
    expect(out).toMatch(expected)
    const inJson = await chartway(`${words} --json`)
    expect(() => JSON.parse(inJson.out)).not.toThrow()
  })
})

describe('tending', () => {
  test('a practice is connected, and the next steps are named', async () => {
    const { code, out } = await chartway(
      'connect elm --name Elm --base-url https://fhir.test/r4/ELMELM --client-id c --time-zone America/Chicago',
    )
    expect(code).toBe(EXIT.done)
    expect(out).toContain('Connected elm: Elm')
    expect(out).toContain('Note: Practice codes are usually six letters from A to J')
    expect(out).toContain(`${url}/jwks/north.json`)
    expect(out).toContain('chartway doctor elm')
  })

  test('a base URL with a slash at its end is refused with the position and the cure', async () => {
    const { code, err } = await chartway(
      'connect oak --name Oak --base-url https://fhir.test/r4/FEIGCD/ --client-id c --time-zone America/Chicago',
    )
    expect(code).toBe(EXIT.usage)
    expect(err).toMatch(/^PATHWAY_BASE_URL_SLASH: .*\(\/body\/baseUrl\)$/m)
    expect(err).toContain('What to do: ')
  })

  test('a practice is paused and resumed by its id', async () => {
    expect(await chartway('pause north-clinic')).toMatchObject({
      code: EXIT.done,
      out: 'The north clinic is paused: what is mirrored stays and grows old\n',
    })
    expect((await chartway('sync --once --practice north-clinic')).out).toContain('Paused')
    expect(await chartway('resume north-clinic')).toMatchObject({
      code: EXIT.done,
      out: 'The north clinic is connected\n',
    })
  })

  test('the doctor says what is wrong and what to do, and ends so that a script notices', async () => {
    const { code, out } = await chartway('doctor north-clinic')
    expect(code).toBe(EXIT.checkFailed)
    expect(out).toMatch(/^WRONG +address: /m)
    expect(out).toMatch(/^ +what to do: /m)
  })

  test('a key is made, works, and is revoked', async () => {
    const made = JSON.parse((await chartway('keys create nightly --scope read --json')).out)
    const environment = { CHARTWAY_URL: url, CHARTWAY_KEY: made.text }
    const practice = '--practice north-clinic'
    expect((await chartway(`budget ${practice}`, { environment })).code).toBe(EXIT.done)
    expect((await chartway(`keys revoke ${made.keyId}`)).code).toBe(EXIT.done)
    const refused = await chartway(`budget ${practice}`, { environment })
    expect(refused.code).toBe(EXIT.key)
    expect(refused.err).toMatch(/^KEY_INVALID: /)
  })
})

describe('what goes wrong', () => {
  test('an unknown patient ends with a code of its own and in words', async () => {
    const { code, out, err } = await chartway('patients nobody --practice north-clinic')
    expect({ code, out }).toEqual({ code: EXIT.notFound, out: '' })
    expect(err).toMatch(/^NOT_FOUND: .*\n {2}.*\n {2}What to do: .*\n {2}Request [0-9a-f-]{21}\n$/)
  })

  test('with --json an error is one JSON value on the error stream', async () => {
    const { err } = await chartway('patients nobody --practice north-clinic --json')
    expect(JSON.parse(err)).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      cure: expect.any(String),
    })
  })

  test('several practices must be named, and the answer says where their ids are', async () => {
    const { code, err } = await chartway('budget')
    expect(code).toBe(EXIT.usage)
    expect(err).toContain('PRACTICE_UNNAMED')
  })

  test('nothing at the address ends differently from a wrong key', async () => {
    const environment = { CHARTWAY_URL: 'http://127.0.0.1:9', CHARTWAY_KEY: bothKey }
    const { code, err } = await chartway('budget', { environment })
    expect(code).toBe(EXIT.unreachable)
    expect(err).toContain('API_UNREACHABLE')
  })

  test.each(['', 'nonsense', 'list appointments', 'changes --after soon', 'connect x'])(
    'the words "%s" are answered with how it is meant',
    async (words) => {
      const { code, err } = await chartway(words)
      expect(code).toBe(EXIT.usage)
      expect(err).not.toBe('')
    },
  )

  test('help is no error', async () => {
    const { code, out } = await chartway('--help')
    expect(code).toBe(EXIT.done)
    for (const word of [
      'patients',
      'changes',
      'doctor',
      'connect',
      'sync',
      'freshness',
      'budget',
      'keys',
    ])
      expect(out).toContain(word)
  })
})

describe('address and key', () => {
  async function withProfile(text: string): Promise<string> {
    const place = await mkdtemp(join(folder, 'profile-'))
    await mkdir(join(place, '.chartway'))
    await writeFile(join(place, '.chartway', 'client.json'), text, { mode: 0o600 })
    return place
  }

  test('come from the profile in the working folder', async () => {
    const place = await withProfile(JSON.stringify({ url, key: bothKey, organization: 'north' }))
    expect((await chartway('practices', { environment: {}, folder: place })).code).toBe(EXIT.done)
  })

  test('that were saved together are used together: a saved key goes to no other address', async () => {
    const place = await withProfile(JSON.stringify({ url, key: bothKey }))
    const elsewhere = { environment: {}, folder: place }
    const { code, err } = await chartway('practices --url http://127.0.0.1:9', elsewhere)
    expect(code).toBe(EXIT.key)
    expect(err).toContain('PROFILE_MISSING')
  })

  test('that are nowhere or broken are told with what to do', async () => {
    const none = await chartway('practices', { environment: {} })
    expect(none).toMatchObject({ code: EXIT.key, err: expect.stringContaining('npm start') })
    const place = await withProfile('{"url": 1}')
    const broken = await chartway('practices', { environment: {}, folder: place })
    expect(broken).toMatchObject({ code: EXIT.key, err: expect.stringContaining('PROFILE_BROKEN') })
  })
})
