// The commands of an installation's operator, by their words. Serving is not one of them.

import { parseArgs } from 'node:util'
import { backup, verifyBackup } from './backup.ts'
import type { Installation } from './installation.ts'
import { offboardDestroy, offboardExport, offboardVerify } from './offboard.ts'
import { confirmRestore, restore } from './restore.ts'
import { support } from './support.ts'

export type { Installation, OpenedPlace } from './installation.ts'

export const USAGE = `chartway-platform                     serve, with the settings of the environment
chartway-platform backup FILE         back up everything into a file; into a folder when it ends in /
chartway-platform backup verify FILE  read a backup from end to end; nothing is changed
chartway-platform restore FILE        make an installation of a backup, in an empty database
chartway-platform restore confirm     let calls go out to the practices after a restore
chartway-platform offboard export PRACTICE FOLDER
                                      write everything of a practice into a folder
chartway-platform offboard destroy PRACTICE FOLDER --confirm SENTENCE
                                      destroy a paused practice that was exported there
chartway-platform offboard verify FILE
                                      check a certificate of destruction
chartway-platform support FILE        write what somebody who helps needs to know; no patients' data

--json prints lines for machines. --snapshot ID backs up the exported snapshot of another session.
--organization ID names another organization than home.
`

/**
 * Does what the words say. False when they say nothing known. Throws what the command throws.
 */
export async function runCommand(
  words: readonly string[],
  open: (options: { readonly json: boolean }) => Promise<Installation>,
): Promise<boolean> {
  const read = parsed(words)
  if (read === undefined) return false
  const { positionals, values } = read
  const [name = '', second, third] = positionals
  const installation = () => open({ json: values.json })
  if (name === 'offboard') return offboard(positionals.slice(1), values, installation)
  const line = `${name} ${positionals.length - 1}`
  if (line === 'backup 2' && second === 'verify' && third !== undefined)
    await verifyBackup(await installation(), third)
  else if (line === 'backup 1' && second !== undefined)
    await backup(await installation(), second, values.snapshot)
  else if (line === 'restore 1' && second === 'confirm') await confirmRestore(await installation())
  else if (line === 'restore 1' && second !== undefined) await restore(await installation(), second)
  else if (line === 'support 1' && second !== undefined) await support(await installation(), second)
  else return false
  return true
}

async function offboard(
  [act = '', first, second, ...more]: readonly string[],
  values: { readonly organization?: string; readonly confirm?: string },
  installation: () => Promise<Installation>,
): Promise<boolean> {
  if (first === undefined || more.length > 0) return false
  const named = { practice: first, organization: values.organization }
  if (act === 'verify' && second === undefined) await offboardVerify(await installation(), first)
  else if (act === 'export' && second !== undefined)
    await offboardExport(await installation(), named, second)
  else if (act === 'destroy' && second !== undefined)
    await offboardDestroy(await installation(), named, {
      folder: second,
      confirmation: values.confirm,
    })
  else return false
  return true
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        snapshot: { type: 'string' },
        organization: { type: 'string' },
        confirm: { type: 'string' },
      },
    })
  } catch {
    return undefined // An option that there is not: the usage says which there are.
  }
}
