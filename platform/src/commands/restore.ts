// `chartway-platform restore`: makes an installation out of a backup, on this machine, with everything that
// would go out held back; and `restore confirm`, which lets it go on.

import { restoreBackup } from '../backup/index.ts'
import { createPracticeHolds } from '../practice/index.ts'
import { backupPorts, type Installation, OPERATOR, sealingKey, within } from './installation.ts'

/** Fills this installation's empty database. */
export async function restore(installation: Installation, written: string): Promise<void> {
  const masterKey = await sealingKey(installation)
  await within(installation, { own: true }, async ({ url }) => {
    const ports = await backupPorts(installation, url, masterKey)
    const restored = await restoreBackup(ports, installation.path(written), {
      actor: OPERATOR,
      onTable: (table, { rows }) =>
        installation.say(`  ${table}: ${rows.toLocaleString('en-US')} rows, as backed up`, {
          table,
          rows,
        }),
    })
    const { heading, held, migrated, tables } = restored
    installation.say(
      [
        `Restored as of ${heading.madeAt}. Every table is as it was backed up.`,
        ...(migrated.length === 0 ? [] : [`Brought up to date: ${migrated.join(', ')}.`]),
        'Nothing goes out to any practice until you confirm. Make sure that the old installation is',
        'off, start this one, look at it, then run: chartway-platform restore confirm',
      ].join('\n'),
      { asOf: heading.madeAt, held, migrated, tables },
    )
  })
}

/** Lets calls go out again, for every organization. */
export async function confirmRestore(installation: Installation): Promise<void> {
  await within(installation, { own: false }, async ({ url }) => {
    const database = installation.database(url)
    try {
      const holds = createPracticeHolds({ database, clock: installation.clock })
      const released = await holds.releaseAll(OPERATOR)
      installation.say(
        released.length === 0
          ? 'Nothing was held.'
          : `Calls go out again for: ${released.join(', ')}. A running platform notices within seconds.`,
        { released },
      )
    } finally {
      await database.close()
    }
  })
}
