// What an organization is handed when a practice of it leaves: every line of it, looked through for the
// canaries of others. Knows the export's folder and none of its forms.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { practiceId, wallClock } from '@chartway/platform'
import { diskStreams } from '../../platform/src/kernel/file-streams.ts'
import { exportPractice } from '../../platform/src/offboarding/index.ts'
import { SHARED, type World } from './tenants-world.ts'

export interface ExportLooked {
  readonly files: number
  /** Lines with the canary of whose export it is. */
  readonly own: number
  /** File and line of each canary of somebody else. */
  readonly leaks: readonly string[]
}

/** Exports the practice whose name another organization uses too. */
export async function exported(world: World, databaseUrl: string): Promise<ExportLooked> {
  const practice = practiceId(SHARED)
  if (practice === undefined) throw new Error('not an id')
  const folder = await mkdtemp(join(tmpdir(), 'chartway-tenants-'))
  try {
    const ports = { url: databaseUrl, clock: wallClock(), files: diskStreams }
    await exportPractice(ports, { organization: world.organization, practice }, folder)
    return await look(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function look(folder: string): Promise<ExportLooked> {
  const leaks: string[] = []
  let own = 0
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  for (const { parentPath, name } of files) {
    const lines = (await readFile(join(parentPath, name), 'utf8')).split('\n')
    for (const [index, line] of lines.entries()) {
      if (/canary-south/i.test(line)) own++
      if (/canary-(north|annex)/i.test(line)) leaks.push(`${name}:${index + 1}`)
    }
  }
  return { files: files.length, own, leaks }
}
