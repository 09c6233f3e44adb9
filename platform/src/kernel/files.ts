// The few things Chartway does with files of its own: read, write whole or not at all, and hold a
// folder for itself. Not a general file system, and nothing here knows what the files are for.

import { createHash } from 'node:crypto'
import { link, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ChartwayError } from './errors.ts'

export interface FolderLock {
  /** Gives the folder back; a second call does nothing. */
  release(): Promise<void>
}

export interface Files {
  /** The file's text; undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>
  /** Replaces the file so that a crash leaves the old text or the new one, on disk. */
  writeText(path: string, text: string, options?: { readonly mode?: number }): Promise<void>
  /** Holds an existing folder until released or until this process ends; else DATA_FOLDER_IN_USE. */
  lock(folder: string): Promise<FolderLock>
}

const LOCK_NAME = 'chartway.lock'
const OWNER_ONLY = 0o600
/** Starting at once with others, each round loses to one of them. */
const LOCK_ROUNDS_MAX = 10

/** Keeps drafts of one process apart. */
let drafts = 0

export const diskFiles: Files = { readText, writeText, lock }

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return undefined
    throw thrown
  }
}

async function writeText(
  path: string,
  text: string,
  { mode = OWNER_ONLY }: { readonly mode?: number } = {},
): Promise<void> {
  const draft = `${path}.${process.pid}-${drafts++}.draft`
  try {
    await writeSynced(draft, text, 'w', mode)
    await rename(draft, path)
  } catch (thrown) {
    await removeIfThere(draft)
    throw isCode(thrown, 'ENOSPC') ? new ChartwayError('DISK_FULL', { retry: 'later' }) : thrown
  }
  await syncFolder(dirname(path))
}

async function writeSynced(path: string, text: string, flags: string, mode: number): Promise<void> {
  const file = await open(path, flags, mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename is only as durable as its folder. Windows cannot open a folder, and need not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function lock(folder: string): Promise<FolderLock> {
  const path = join(folder, LOCK_NAME)
  const mine = await describe(process.pid)
  for (let round = 0; round < LOCK_ROUNDS_MAX; round++) {
    if (await createWhole(path, mine)) return { release: () => removeIfMine(path, mine) }
    const held = await readText(path)
    if (held === undefined) continue
    if (await isAlive(held)) throw inUse(folder, held)
    if (await takeOver(path, held, mine)) return { release: () => removeIfMine(path, mine) }
  }
  throw inUse(folder, await readText(path))
}

/**
 * Replaces a dead holder's file. Who may is decided by a claim named after that holder, so that of many
 * who find it dead one gets it, and none replaces the file of someone who came in between.
 */
async function takeOver(path: string, stale: string, mine: string): Promise<boolean> {
  const name = createHash('sha256').update(stale).digest('hex').slice(0, 16)
  const claim = `${path}.${name}`
  if (!(await createWhole(claim, mine))) {
    const claimant = await readText(claim)
    if (claimant !== undefined && !(await isAlive(claimant))) await removeIfThere(claim)
    return false
  }
  if ((await readText(path)) === stale) {
    await rename(claim, path)
    return true
  }
  await removeIfThere(claim)
  return false
}

/** Makes a file that is seen with its text or not at all; false when there is one. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}-${drafts++}.draft`
  await writeSynced(draft, text, 'wx', OWNER_ONLY)
  try {
    await link(draft, path)
    return true
  } catch (thrown) {
    if (isCode(thrown, 'EEXIST')) return false
    throw thrown
  } finally {
    await removeIfThere(draft)
  }
}

function inUse(folder: string, held: string | undefined): ChartwayError {
  const pid = pidOf(held ?? '')
  const details = Number.isNaN(pid) ? { folder } : { folder, pid }
  return new ChartwayError('DATA_FOLDER_IN_USE', { details })
}

async function removeIfMine(path: string, mine: string): Promise<void> {
  if ((await readText(path)) === mine) await removeIfThere(path)
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (thrown) {
    if (!isCode(thrown, 'ENOENT')) throw thrown
  }
}

/** `pid birth`: a process id alone may have been given to another process since. */
async function describe(pid: number): Promise<string> {
  return `${pid} ${(await birthOf(pid)) ?? '-'}\n`
}

function pidOf(held: string): number {
  return Number.parseInt(held, 10)
}

async function isAlive(held: string): Promise<boolean> {
  const pid = pidOf(held)
  if (!Number.isSafeInteger(pid) || pid <= 0 || !processExists(pid)) return false
  return held === (await describe(pid))
}

/** Whether a process with this id exists, be it ours or another's. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return isCode(thrown, 'EPERM')
  }
}

/** When a process began, as Linux counts it (proc_pid_stat(5), field 22); undefined elsewhere. */
async function birthOf(pid: number): Promise<string | undefined> {
  const stat = await readText(`/proc/${pid}/stat`).catch(() => undefined)
  // The second field is the program's name in parentheses and may hold spaces.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  if (ticks === undefined) return undefined
  const boot = await readText('/proc/sys/kernel/random/boot_id').catch(() => undefined)
  return `${ticks}@${boot?.trim() ?? ''}`
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
