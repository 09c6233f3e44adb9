// `chartway-platform backup`: takes one while the platform goes on, or checks one.

import { join } from 'node:path'
import { checkBackup, makeBackup, nameOfBackup } from '../backup/index.ts'
import { backupPorts, type Installation, sealingKey, within } from './installation.ts'

/**
 * Writes a backup into a file, or under its own name into a folder (a path that ends in a slash).
 * `snapshot`: an exported one of another session.
 */
export async function backup(
  installation: Installation,
  written: string,
  snapshot: string | undefined,
): Promise<void> {
  const masterKey = await sealingKey(installation)
  const target = installation.path(written)
  const path = /[\\/]$/.test(written)
    ? join(target, nameOfBackup(installation.clock.now()))
    : target
  await within(installation, { own: false }, async ({ url }) => {
    const ports = await backupPorts(installation, url, masterKey)
    const made = await makeBackup(ports, path, {
      snapshot,
      onTable: (table, { rows }) =>
        installation.say(`  ${table}: ${rows.toLocaleString('en-US')} rows`, { table, rows }),
    })
    const rows = made.tables.reduce((sum, table) => sum + table.rows, 0)
    installation.say(
      `${rows.toLocaleString('en-US')} rows in ${path}, ${size(made.bytes)}, ${made.durationMs} ms.\n` +
        'It opens with the key of this installation alone; keep that key apart from it.',
      { path, ...made },
    )
  })
}

/** Reads a backup from end to end and says what is in it. */
export async function verifyBackup(installation: Installation, written: string): Promise<void> {
  const masterKey = await sealingKey(installation)
  const path = installation.path(written)
  const checked = await checkBackup({ files: installation.streams, masterKey }, path)
  const rows = checked.tables.reduce((sum, table) => sum + table.rows, 0)
  const { madeAt, version } = checked.heading
  installation.say(
    `Whole: ${rows.toLocaleString('en-US')} rows of ${checked.tables.length} tables, as of ${madeAt}, by version ${version}.`,
    { path, ...checked.heading, salt: undefined, tables: checked.tables },
  )
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
