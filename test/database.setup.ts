// Before all tests: one PostgreSQL in a temporary folder with a migrated template database, from which
// every test file copies its own (database.ts). Durability is off; a test that needs it starts its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate, startEmbedded } from '../platform/src/db/index.ts'
import { wallClock } from '../platform/src/kernel/clock.ts'
import { silentLog } from '../platform/src/kernel/log.ts'
import { systemRandom } from '../platform/src/kernel/random.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's own database; the template is `chartway_template` on the same server. */
    databaseUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'chartway-test-'))
  const server = await startEmbedded({
    folder: join(folder, 'db'),
    random: systemRandom(),
    log: silentLog,
    durable: false,
    elsewhere: join(tmpdir(), 'chartway-test-elsewhere'),
  })
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query('CREATE DATABASE chartway_template')
  await client.end()
  const template = new URL(server.url)
  template.pathname = '/chartway_template'
  await migrate({ url: template.href, clock: wallClock() })
  project.provide('databaseUrl', server.url)
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
