// Programs that are started wrongly, as real processes: each ends or goes on with a code, a place and a
// way out, and leaves alone what runs already.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { dataFolder, occupiedPort, type Program, program } from '../programs.ts'
import { verifies } from '../requirements.ts'

const SECRET = 'operator-secret'
const started: Program[] = []
const run = (...given: Parameters<typeof program>): Program => {
  const one = program(...given)
  started.push(one)
  return one
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
})

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly code: string | null
  readonly fix: string | null
}

describe('the platform', () => {
  let folder: Awaited<ReturnType<typeof dataFolder>>
  let port: number
  let first: Program

  const environment = (more: Readonly<Record<string, string>> = {}) => ({
    CHARTWAY_DATA: folder.path,
    CHARTWAY_PORT: String(port),
    ...more,
  })
  const ask = async (path: string, given: RequestInit = {}) => {
    const { key } = JSON.parse(await readFile(join(folder.path, 'client.json'), 'utf8'))
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { ...given, headers })
    return { status: reply.status, body: JSON.parse(await reply.text()) }
  }

  beforeAll(async () => {
    folder = await dataFolder()
    port = await freePort()
    first = program('platform', { environment: environment() })
    await first.printed(/Chartway answers at/)
  })
  afterAll(async () => {
    await first.stop()
    await folder[Symbol.asyncDispose]()
  })

  test('started twice on one data folder refuses the second, names the first, and leaves it alone', async () => {
    const other = String(await freePort())
    const second = run('platform', { environment: environment({ CHARTWAY_PORT: other }) })
    expect(await second.ended()).toBe(1)
    expect(second.err()).toContain('DATA_FOLDER_IN_USE: Another Chartway runs on this data folder')
    expect(second.err()).toContain(`pid: ${first.pid}`)
    expect(second.err()).toContain(`folder: ${join(folder.path, 'database')}`)
    expect(second.err()).toMatch(/What to do: Stop the first, or choose another folder/)
    expect((await ask('/v1/practices')).status).toBe(200)
  })

  test('on a port that is taken says which, and ends its database with it', async () => {
    await using own = await dataFolder()
    const second = run('platform', { environment: environment({ CHARTWAY_DATA: own.path }) })
    expect(await second.ended()).toBe(1)
    expect(second.err()).toContain('PORT_IN_USE: The port is taken')
    expect(second.err()).toContain(`port: ${port}`)
    expect(second.err()).toMatch(/What to do: Stop it, or choose another port/)
    await expect(
      readFile(join(own.path, 'database', 'cluster', 'postmaster.pid')),
    ).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await ask('/v1/practices')).status).toBe(200)
  })

  test.each([
    ['CHARTWAY_PORT', 'eighty', 'a number from 0 to 65535'],
    ['CHARTWAY_TIME_SCALE', '-3', 'a number from 1 to 10000'],
    ['CHARTWAY_MASTER_KEY', 'c2hvcnQ=', '32 bytes in base64'],
    ['CHARTWAY_LOG', 'loud', 'debug, info, warn or error'],
    ['DATABASE_URL', 'mysql://somewhere', 'a postgresql:// URL'],
  ])('does not start with %s=%s, and says what it wants', async (variable, value, wanted) => {
    const one = run('platform', { environment: environment({ [variable]: value }) })
    expect(await one.ended()).toBe(1)
    expect(one.err()).toContain('CONFIG_INVALID: A setting does not fit')
    expect(one.err()).toContain(`variable: ${variable}`)
    expect(one.err()).toContain(wanted)
    expect(one.err()).not.toContain(value)
  })

  test('under another master key serves what it has, and doctor says what is the matter', async () => {
    const connection = {
      ...{ practice: 'elm', name: 'Elm', timeZone: 'America/New_York', clientId: 'c' },
      baseUrl: `http://127.0.0.1:${port}/fhir/r4/ELMELM`,
    }
    await using vendor = await livingSandbox()
    const body = JSON.stringify({ ...connection, baseUrl: vendor.baseUrl })
    expect((await ask('/v1/practices', { method: 'POST', body })).status).toBe(201)
    await first.stop()
    const key = Buffer.alloc(32, 7).toString('base64')
    const other = run('platform', { environment: environment({ CHARTWAY_MASTER_KEY: key }) })
    await other.printed(/Chartway answers at/)
    expect((await ask('/v1/practices')).status).toBe(200)
    const checked = await ask('/v1/practices/elm/check', { method: 'POST', body: '{}' })
    const findings: Finding[] = checked.body.findings
    const wrong = findings.filter(({ ok }) => !ok)
    expect(wrong.find(({ check }) => check === 'token')).toMatchObject({
      code: 'CREDENTIAL_UNREADABLE',
      fix: expect.stringContaining('Restore the master key'),
    })
    await other.stop()
    const right = run('platform', { environment: environment() })
    await right.printed(/Chartway answers at/)
    const again = await ask('/v1/practices/elm/check', { method: 'POST', body: '{}' })
    const codes = (again.body.findings as Finding[]).map(({ code }) => code)
    expect(codes).not.toContain('CREDENTIAL_UNREADABLE')
  })
})

/** A sandbox process with a small practice. */
async function livingSandbox() {
  const [port, operatorPort] = [await freePort(), await freePort()]
  const args = [`--port=${port}`, `--operator-port=${operatorPort}`, '--patients=3']
  const sandbox = run('sandbox', { args: [...args, `--operator-secret=${SECRET}`] })
  await sandbox.printed(/practice is answering/)
  return {
    ...{ sandbox, port, operatorPort },
    baseUrl: `http://127.0.0.1:${port}/fhir/r4/JAFJCD`,
    [Symbol.asyncDispose]: async () => void (await sandbox.stop()),
  }
}

describe('the sandbox', () => {
  test('needs no account, no key and no network to answer', async () => {
    verifies('R142')
    await using vendor = await livingSandbox()
    const metadata = await fetch(`${vendor.baseUrl}/metadata`)
    expect(metadata.status).toBe(200)
    expect(JSON.parse(await metadata.text()).resourceType).toBe('CapabilityStatement')
  })

  test('on a port that is taken says so, and how to choose another', async () => {
    await using taken = await occupiedPort()
    const one = run('sandbox', {
      args: [`--port=${taken.port}`, `--operator-port=${await freePort()}`, '--patients=1'],
    })
    expect(await one.ended()).toBe(1)
    expect(one.err()).toContain(`port ${taken.port}`)
    expect(one.err()).toContain('--port')
    expect(one.err()).not.toContain('    at ')
  })

  test('sets malformed lines of a practice aside by file, line and column, and serves the rest', async () => {
    await using folder = await dataFolder()
    const loaded = join(folder.path, 'loaded')
    await mkdir(loaded)
    const patient = (id: string) => JSON.stringify({ resourceType: 'Patient', id })
    await writeFile(
      join(loaded, 'Patient.ndjson'),
      [patient('a'), '{"resourceType":"Patient",', '{"id":"b"}', patient('a'), patient('c')].join(
        '\n',
      ),
    )
    const [port, operatorPort] = [await freePort(), await freePort()]
    const sandbox = run('sandbox', {
      args: [
        ...[`--port=${port}`, `--operator-port=${operatorPort}`, `--load=${loaded}`],
        `--operator-secret=${SECRET}`,
      ],
    })
    await sandbox.printed(/practice is answering/)
    const reports = sandbox.err().trim().split('\n')
    expect(reports).toEqual([
      expect.stringMatching(/^Patient\.ndjson:2:\d+: NDJSON_\w+, line set aside$/),
      'Patient.ndjson:3: NDJSON_NOT_A_RESOURCE, line set aside',
      'Patient.ndjson:4: NDJSON_ID_TWICE, line set aside',
    ])
    const headers = { authorization: `Bearer ${SECRET}` }
    const truth = await fetch(`http://127.0.0.1:${operatorPort}/truth?practice=JAFJCD`, { headers })
    const ids = (await truth.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id)
    expect(ids).toEqual(['a', 'c'])
  })
})

describe('npm start', () => {
  const small = async (folder: string) => ({
    CHARTWAY_DATA: folder,
    CHARTWAY_PATIENTS: '2',
    CHARTWAY_TIME_SCALE: '240',
    CHARTWAY_PORT: String(await freePort()),
    CHARTWAY_SANDBOX_PORT: String(await freePort()),
    CHARTWAY_OPERATOR_PORT: String(await freePort()),
  })

  test.each(['CHARTWAY_PORT', 'CHARTWAY_SANDBOX_PORT', 'CHARTWAY_OPERATOR_PORT'])(
    'with a taken %s says which port, and leaves nothing running',
    async (variable) => {
      await using folder = await dataFolder()
      await using taken = await occupiedPort()
      const environment = { ...(await small(folder.path)), [variable]: String(taken.port) }
      const one = run('start', { environment })
      expect(await one.ended()).toBe(1)
      expect(one.err()).toContain('PORT_IN_USE')
      expect(one.err()).toContain(String(taken.port))
      expect(one.err()).not.toContain('    at ')
    },
  )

  test('with settings that do not fit names every one of them, and starts nothing', async () => {
    await using folder = await dataFolder()
    const wrong = { CHARTWAY_PATIENTS: 'many', CHARTWAY_PRESET: 'wednesday' }
    const one = run('start', { environment: { ...(await small(folder.path)), ...wrong } })
    expect(await one.ended()).toBe(2)
    for (const name of Object.keys(wrong)) expect(one.err()).toMatch(`CONFIG_INVALID: ${name} must`)
  })

  test('goes on after a stop, also with the sandbox and itself on other ports', async () => {
    await using folder = await dataFolder()
    const one = run('start', { environment: await small(folder.path) })
    const [, records] = await one.printed(/complete: (\d+) records/)
    expect(await one.stop()).toBe(0)
    const environment = await small(folder.path)
    const two = run('start', { environment })
    const [, again] = await two.printed(/(\d+) records, complete since an earlier start/)
    expect(Number(again)).toBeGreaterThanOrEqual(Number(records))
    const profile = JSON.parse(await readFile(join(folder.path, 'client.json'), 'utf8'))
    expect(profile.url).toBe(`http://127.0.0.1:${environment.CHARTWAY_PORT}`)
    const headers = { authorization: `Bearer ${profile.key}` }
    const listed = await fetch(`${profile.url}/v1/practices`, { headers })
    const practices = JSON.parse(await listed.text())
    expect(practices.items[0].baseUrl).toContain(`:${environment.CHARTWAY_SANDBOX_PORT}/`)
    const checked = await fetch(`${profile.url}/v1/practices/riverside/check`, {
      ...{
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
      },
    })
    expect(JSON.parse(await checked.text()).ok).toBe(true)
    expect(await two.stop()).toBe(0)
  }, 60_000)
})
