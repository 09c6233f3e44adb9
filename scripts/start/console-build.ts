// Builds the console when its build is missing or older than what it is made of. It builds nothing else
// and watches nothing.

import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const CONSOLE = join(ROOT, 'console')
/** What it is made of: its own files, and the client that it asks with. */
const MADE_OF = ['console/src', 'console/public', 'client/src']
const SINGLE = ['console/index.html', 'console/vite.config.ts', 'console/package.json']
const BUILT = join(CONSOLE, 'dist', 'index.html')
/** A build takes two seconds; a busy machine takes longer. */
const BUILD_MS_MAX = 120_000

/** Gives whether it had to build. Throws with what the build said when it failed. */
export async function buildConsole(): Promise<boolean> {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs >= newest()) return false
  const vite = join(CONSOLE, 'node_modules', 'vite', 'bin', 'vite.js')
  await new Promise<void>((resolve, reject) => {
    execFile(
      process.execPath,
      [vite, 'build', '--logLevel', 'error'],
      { cwd: CONSOLE, timeout: BUILD_MS_MAX, env: { ...process.env, NODE_ENV: 'production' } },
      (error, out, trouble) =>
        error === null
          ? resolve()
          : reject(new Error(`The console was not built: ${trouble}${out}`)),
    )
  })
  return true
}

/** Epoch ms of the last change to anything it is made of. */
function newest(): number {
  const files = MADE_OF.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  const all = [...files, ...SINGLE.map((file) => join(ROOT, file))]
  return Math.max(...all.map((file) => statSync(file).mtimeMs))
}
