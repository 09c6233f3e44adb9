// The platform of `npm start`: a child process that ends with this one, its log in the data folder.

import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@chartway/client'
import type { Time } from './clock-file.ts'
import { type Settings, withoutOthers } from './settings.ts'

const READY_MS_MAX = 90_000
const STOP_MS_MAX = 15_000
const LOOK_MS = 100
const MAIN = join(import.meta.dirname, '..', '..', 'platform', 'src', 'main.ts')

export interface StartedPlatform extends AsyncDisposable {
  readonly url: string
  readonly key: string
  readonly organization: string
  readonly client: ReturnType<typeof createClient>
  readonly logPath: string
  readonly profilePath: string
  /** Where the first administrator chooses a password; undefined once that was done. */
  readonly setUpLink: string | undefined
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
}

export async function startPlatformProcess(
  settings: Settings,
  time: Time,
  signal: AbortSignal,
): Promise<StartedPlatform> {
  const logPath = join(settings.folder, 'chartway.log')
  const profilePath = join(settings.folder, 'client.json')
  let trouble = ''
  const url = `http://${settings.host}:${settings.port}`
  if (await healthy(url))
    throw new Error(
      `PORT_IN_USE: something answers at ${url} already, perhaps another start of this folder. ` +
        'Stop it, or choose another port with CHARTWAY_PORT.',
    )
  const child = spawn(process.execPath, ['--conditions=source', MAIN, '--exit-with-parent'], {
    env: { ...withoutOthers(process.env), ...environment(settings, time) },
    stdio: ['pipe', 'ignore', 'pipe'],
    // Its own group, so that Ctrl-C reaches it through us and in order.
    detached: true,
  })
  child.stderr.on('data', (chunk: Buffer) => {
    trouble = (trouble + chunk.toString()).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
      await ended
      clearTimeout(late)
    }
  }
  for (const until = Date.now() + READY_MS_MAX; !(await healthy(url)); ) {
    if (child.exitCode !== null) throw new Error(trouble.trim() || `See ${logPath}`)
    if (signal.aborted || Date.now() > until) {
      await stop()
      throw new Error(`The platform did not start in ${READY_MS_MAX / 1000} s; see ${logPath}`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const profile: { key: string; organization: string } = JSON.parse(
    await readFile(profilePath, 'utf8'),
  )
  const client = createClient({ url, key: profile.key })
  const setUpLink = await linkIn(join(settings.folder, 'setup.json'))
  const rest = { client, logPath, profilePath, setUpLink, ended }
  return { url, ...profile, ...rest, [Symbol.asyncDispose]: stop }
}

/** The platform keeps the link there until it is used. */
async function linkIn(path: string): Promise<string | undefined> {
  try {
    const { url }: { url?: string } = JSON.parse(await readFile(path, 'utf8'))
    return url
  } catch {
    return undefined // No such file: the installation was made before, or by another folder.
  }
}

function environment(settings: Settings, time: Time): Record<string, string> {
  return {
    CHARTWAY_DATA: settings.folder,
    CHARTWAY_HOST: settings.host,
    CHARTWAY_PORT: String(settings.port),
    CHARTWAY_TIME_SCALE: String(settings.timeScale),
    CHARTWAY_EPOCH: String(time.epochMs),
    CHARTWAY_WALL_EPOCH: String(time.wallEpochMs),
  }
}

async function healthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) })).ok
  } catch {
    return false // Not listening yet.
  }
}
