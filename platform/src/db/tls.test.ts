// A database behind TLS: spoken to when its certificate is the right one, and not at all otherwise.

import { chmod, chown, copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../test/free-port.ts'
import { wallClock } from '../kernel/clock.ts'
import { silentLog } from '../kernel/log.ts'
import { systemRandom } from '../kernel/random.ts'
import { type Embedded, migrate, openDatabase, openDump, startEmbedded } from './index.ts'

const TLS = fileURLToPath(new URL('../../../test/tls/', import.meta.url))
const clock = wallClock()
let folder: string
let server: Embedded
let base: URL

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chartway-tls-'))
  await chmod(folder, 0o711)
  const ports = { random: systemRandom(), log: silentLog, port: await freePort(), durable: false }
  server = await startEmbedded({ folder: join(folder, 'db'), ...ports })
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  const { rows: where } = await owner.query<{ folder: string }>(
    `SELECT current_setting('data_directory') AS folder`,
  )
  await giveKey(where[0]?.folder ?? '')
  for (const setting of [`ssl = 'on'`, `ssl_cert_file = 'tls.pem'`, `ssl_key_file = 'tls.key.pem'`])
    await owner.query(`ALTER SYSTEM SET ${setting}`)
  await owner.query('SELECT pg_reload_conf()')
  await owner.end()
  base = new URL(server.url)
  base.hostname = 'localhost'
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

/** The server takes a key only from its own user. */
async function giveKey(data: string): Promise<void> {
  const { uid, gid } = await stat(data)
  await copyFile(join(TLS, 'first.pem'), join(data, 'tls.pem'))
  await copyFile(join(TLS, 'first.key.pem'), join(data, 'tls.key.pem'))
  for (const name of ['tls.pem', 'tls.key.pem']) {
    await chmod(join(data, name), 0o600)
    if (process.getuid?.() === 0) await chown(join(data, name), uid, gid)
  }
}

function urlWith(certificate: 'first.pem' | 'second.pem'): string {
  const url = new URL(base)
  url.searchParams.set('sslmode', 'verify-full')
  url.searchParams.set('sslrootcert', join(TLS, certificate))
  return url.href
}

test('everything that speaks to it is encrypted', async () => {
  const url = urlWith('first.pem')
  await migrate({ url, clock })
  const database = openDatabase({ url, clock })
  await database.system((tx) => tx.query('SELECT 1'))
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  const { rows: seen } = await owner.query(`
    SELECT bool_and(s.ssl) AS ssl, min(s.version) AS version FROM pg_stat_ssl s
      JOIN pg_stat_activity a USING (pid) WHERE a.application_name LIKE 'chartway%'`)
  await owner.end()
  await database.close()
  expect(seen).toEqual([{ ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) }])
  const dump = await openDump({ url, clock })
  expect(await Array.fromAsync(dump.lines('SELECT 1::text'))).toEqual(['1'])
  await dump.close()
})

test('a server with another certificate is not spoken to', async () => {
  await expect(migrate({ url: urlWith('second.pem'), clock })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
  })
})
