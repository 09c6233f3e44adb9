// The project's own files, read from the disk so that no version control has to be installed.
// It leaves out what .gitignore leaves out and does not follow links.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage', '.git', '.chartway'])
const NOT_OURS = /\.(tsbuildinfo|log|swp|orig)$/
/** A tree larger than this is a mistake, such as data written into the checkout. */
const FILES_MAX = 20_000

/** One file: its path from the root with forward slashes, and its text. */
export type SourceFile = Readonly<{ path: string; text: string }>

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) yield* walk(path)
    if (entry.isFile() && !NOT_OURS.test(entry.name)) yield path
  }
}

/** Paths of all files that belong to the project, sorted. */
export function projectPaths(): string[] {
  const paths = [...walk('')].sort()
  if (paths.length > FILES_MAX) throw new Error(`${paths.length} files: what was written here?`)
  return paths
}

/** The project's files whose path matches, with their text. */
export function projectFiles(pattern: RegExp): SourceFile[] {
  return projectPaths()
    .filter((path) => pattern.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

/** Whether a path from the root is there, as a file or a folder. */
export const exists = (path: string): boolean => existsSync(join(ROOT, path))
