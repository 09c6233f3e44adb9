// The address of an embedded server that another Chartway on this machine runs: for commands beside it,
// such as a backup under load. It starts and stops nothing.

import { join } from 'node:path'
import { diskFiles } from '../kernel/files.ts'
import { DATABASE, urlOf } from './embedded.ts'

/**
 * As the owner of the database whose folder this is; undefined when no server has said where it
 * listens. Whether it still does, connecting shows.
 */
export async function attachEmbedded(folder: string): Promise<string | undefined> {
  const home = (await diskFiles.readText(join(folder, 'location.txt')))?.trim() ?? folder
  const password = (await diskFiles.readText(join(home, 'password')))?.trim()
  // Lines: pid, folder, start, port, folder of the socket, address (PostgreSQL, "postmaster.pid").
  const lines = (await diskFiles.readText(join(home, 'cluster', 'postmaster.pid')))?.split('\n')
  if (password === undefined || lines === undefined) return undefined
  const [port, socket] = [Number(lines[3]), lines[4]?.trim() ?? '']
  if (socket !== '') return urlOf({ socket }, password, DATABASE)
  return Number.isSafeInteger(port) && port > 0 ? urlOf({ port }, password, DATABASE) : undefined
}
