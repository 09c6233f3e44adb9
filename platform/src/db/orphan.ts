// The PostgreSQL a killed Chartway left behind on its own cluster: finds it by the cluster's
// postmaster.pid, makes sure it is that server and nothing else, and stops it. Never ends any other.

import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { wallSleep } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { diskFiles, processExists } from '../kernel/files.ts'

/** Wall milliseconds a server gets to end, first fast and then at once; and between two looks. */
const FAST_STOP_MS_MAX = 10_000
const IMMEDIATE_STOP_MS_MAX = 5_000
const LOOK_MS = 20

/**
 * Leaves the cluster without a server and without a stale postmaster.pid. To be called only by who
 * holds the folder's lock: then a living server on it has nobody left.
 */
export async function endOrphan(cluster: string): Promise<'none' | 'stale' | 'stopped'> {
  const pidFile = join(cluster, 'postmaster.pid')
  const text = await diskFiles.readText(pidFile)
  if (text === undefined) return 'none'
  const pid = Number.parseInt(text, 10)
  if (Number.isSafeInteger(pid) && pid > 0 && (await isServerOf(pid, cluster))) {
    await stopServer(pid)
    return 'stopped'
  }
  // PostgreSQL itself would take any living process with this id for a server, and refuse to start.
  await rm(pidFile, { force: true })
  return 'stale'
}

/** Ends a server: fast (rolls back what runs), then at once (recovers at the next start). */
export async function stopServer(pid: number): Promise<void> {
  signal(pid, 'SIGINT')
  if (await isGone(pid, FAST_STOP_MS_MAX)) return
  signal(pid, 'SIGQUIT')
  if (await isGone(pid, IMMEDIATE_STOP_MS_MAX)) return
  throw new ChartwayError('DATABASE_START_FAILED', { details: { reason: 'cannot end', pid } })
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (processExists(pid)) process.kill(pid, name)
}

async function isGone(pid: number, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += LOOK_MS) {
    if (!(await isRunning(pid))) return true
    await wallSleep(LOOK_MS)
  }
  return !(await isRunning(pid))
}

/** A process that ended but was not yet reaped by its parent still has an id; it holds nothing. */
async function isRunning(pid: number): Promise<boolean> {
  if (!processExists(pid)) return false
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat === undefined || stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z'
}

/** Whether the process was started on this very cluster. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!(await isRunning(pid))) return false
  const words = await commandOf(pid)
  return words.includes('postgres') && words.includes(cluster)
}

async function commandOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  if (line !== undefined) return line.replaceAll('\0', ' ')
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command='], {
    timeout: IMMEDIATE_STOP_MS_MAX,
  }).catch(() => ({ stdout: '' }))
  return stdout
}
