// A platform as an operator runs it, as a real process: behind TLS with a certificate that is renewed, with
// metrics, backups by themselves, and somebody who is woken, last of all when its database dies.

import { copyFile, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { wallSleep } from '../../platform/src/kernel/clock.ts'
import { freePort } from '../free-port.ts'
import { type DataFolder, dataFolder, type Program, program } from '../programs.ts'

const TLS = join(import.meta.dirname, '..', 'tls')
const WAIT_MS_MAX = 20_000
const notices: { kind: string; state: string }[] = []
const pager = createServer(async (asked, reply) => {
  let body = ''
  for await (const chunk of asked) body += String(chunk)
  notices.push(JSON.parse(body))
  reply.writeHead(204).end()
})
let folder: DataFolder
let running: Program
let port: number
let metricsPort: number

beforeAll(async () => {
  folder = await dataFolder()
  await useCertificate('first')
  port = await freePort()
  metricsPort = await freePort()
  const pagerPort = await freePort()
  await new Promise<void>((resolve) => pager.listen(pagerPort, '127.0.0.1', resolve))
  running = program('platform', {
    environment: {
      CHARTWAY_DATA: folder.path,
      CHARTWAY_PORT: String(port),
      CHARTWAY_TLS_CERTIFICATE: join(folder.path, 'tls.pem'),
      CHARTWAY_TLS_KEY: join(folder.path, 'tls.key.pem'),
      CHARTWAY_BACKUP_FOLDER: join(folder.path, 'kept'),
      CHARTWAY_METRICS_PORT: String(metricsPort),
      CHARTWAY_PAGE_URL: `http://127.0.0.1:${pagerPort}/`,
      // No disk has as much free, so that there is something to be told of.
      CHARTWAY_DISK_FREE_MB: '999999999',
    },
  })
  await running.printed(/Chartway answers at https:/)
})
afterAll(async () => {
  await running.stop()
  pager.close()
  await folder[Symbol.asyncDispose]()
})

async function useCertificate(name: 'first' | 'second'): Promise<void> {
  for (const suffix of ['.pem', '.key.pem'])
    await copyFile(join(TLS, `${name}${suffix}`), join(folder.path, `tls${suffix}`))
}

/** The status of one path, as seen by whoever trusts this certificate alone; 0: not trusted. */
async function status(path: string, trusted: 'first' | 'second'): Promise<number> {
  const ca = await readFile(join(TLS, `${trusted}.pem`))
  return new Promise((resolve) => {
    const asked = request({ host: 'localhost', port, path, ca, agent: false }, (reply) => {
      reply.resume()
      resolve(reply.statusCode ?? 0)
    })
    asked.on('error', () => resolve(0))
    asked.end()
  })
}

async function until(reached: () => Promise<boolean> | boolean): Promise<boolean> {
  for (let waited = 0; waited < WAIT_MS_MAX; waited += 100) {
    if (await reached()) return true
    await wallSleep(100)
  }
  return false
}

test('it is live and ready behind TLS', async () => {
  expect(await status('/health/live', 'first')).toBe(200)
  expect(await status('/health/ready', 'first')).toBe(200)
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()
})

test('a renewed certificate is shown after SIGHUP, and one that is broken changes nothing', async () => {
  await useCertificate('second')
  process.kill(running.pid, 'SIGHUP')
  expect(await until(async () => (await status('/health/live', 'second')) === 200)).toBe(true)
  expect(await status('/health/live', 'first')).toBe(0)
  await copyFile(join(TLS, 'README.md'), join(folder.path, 'tls.pem'))
  process.kill(running.pid, 'SIGHUP')
  await running.printed(/CONFIG_INVALID/)
  expect(await status('/health/live', 'second')).toBe(200)
})

test('a backup is there soon after the start, and metrics tell its age', async () => {
  const kept = () => readdir(join(folder.path, 'kept')).catch(() => [])
  expect(await until(async () => (await kept()).some((name) => name.endsWith('.backup')))).toBe(
    true,
  )
  const text = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  expect(await until(async () => /^chartway_backup_age_seconds \d/m.test(await text()))).toBe(true)
  expect(await text()).toMatch(/^chartway_database_up 1$/m)
})

test('somebody is woken, and told as the last thing that the database is lost', async () => {
  expect(await until(() => notices.some(({ kind }) => kind === 'disk-low'))).toBe(true)
  const pidFile = join(folder.path, 'database', 'cluster', 'postmaster.pid')
  const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10)
  process.kill(pid, 'SIGQUIT')
  expect(await running.ended()).toBe(1)
  expect(running.err()).toContain('DATABASE_UNREACHABLE')
  expect(notices.filter(({ kind }) => kind === 'database-lost')).toEqual([
    expect.objectContaining({ state: 'raised' }),
  ])
})
