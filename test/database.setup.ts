// Before all tests: one PostgreSQL in a temporary folder with a migrated template database, from which
// every test file copies its own (database.ts). Durability is off; a test that needs it starts its own.

import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate, startEmbedded } from '../platform/src/db/index.ts'
import { endOrphan } from '../platform/src/db/orphan.ts'
import { wallClock } from '../platform/src/kernel/clock.ts'
import { diskFiles } from '../platform/src/kernel/files.ts'
import { silentLog } from '../platform/src/kernel/log.ts'
import { systemRandom } from '../platform/src/kernel/random.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's own database; the template is `chartway_template` on the same server. */
    databaseUrl: string
  }
}

const PREFIX = 'chartway-test-'

/** Ends the servers of test runs that were killed, and removes their folders. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const folder = join(tmpdir(), name)
    try {
      // A living run holds its folder; a killed one has left a stale lock.
      const lock = await diskFiles.lock(join(folder, 'db'))
      await endOrphan(join(folder, 'db', 'cluster'))
      await lock.release()
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (code === 'DATA_FOLDER_IN_USE' || code === 'ENOENT' || code === 'ENOTDIR') continue
      throw thrown
    }
    await rm(folder, { recursive: true, force: true })
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  // As root, the server runs as another uid, which must be able to walk to its files.
  await chmod(folder, 0o711)
  const server = await startEmbedded({
    folder: join(folder, 'db'),
    random: systemRandom(),
    log: silentLog,
    durable: false,
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
