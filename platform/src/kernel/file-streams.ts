// Large files as streams of bytes: written whole or not at all, read in parts, listed and removed. Not a
// general file system, and nothing here knows what the files are for.

import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ChartwayError } from './errors.ts'

export interface FileStreams {
  /**
   * Writes beside the final name, then renames: a crash leaves the old file or the new one, and
   * perhaps a `.part`, which the next writing of the same name replaces. Readable by its owner alone.
   * Gives the number of bytes. Throws DISK_FULL.
   */
  write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<number>
  /** Throws FILE_MISSING. */
  read(path: string): AsyncIterable<Uint8Array>
  /** Names in a folder, sorted; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  remove(path: string): Promise<void>
  /** Bytes that this process may still use where the path is. */
  freeBytes(path: string): Promise<number>
}

const READ_BYTES = 1_024 * 1_024
const OWNER_ONLY = 0o600

export const diskStreams: FileStreams = {
  write,
  read,
  list: async (folder) => {
    try {
      return (await readdir(folder)).sort()
    } catch (thrown) {
      if (isCode(thrown, 'ENOENT')) return []
      throw thrown
    }
  },
  remove: (path) => rm(path, { force: true }),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
}

async function write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const draft = `${path}.part`
  await mkdir(dirname(path), { recursive: true })
  let written = 0
  try {
    const file = await open(draft, 'w', OWNER_ONLY)
    try {
      for await (const chunk of bytes) {
        await file.writeFile(chunk)
        written += chunk.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (thrown) {
    await rm(draft, { force: true })
    throw isCode(thrown, 'ENOSPC') ? new ChartwayError('DISK_FULL', { retry: 'later' }) : thrown
  }
  await syncFolder(dirname(path))
  return written
}

/** A rename is only as durable as its folder. Windows cannot open a folder, and need not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(join(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function* read(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    if (isCode(thrown, 'ENOENT')) throw new ChartwayError('FILE_MISSING', { details: { path } })
    throw thrown
  })
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(READ_BYTES) })
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
