// Where the practice's clock stood, kept in the data folder, so that a second start goes on from there
// instead of jumping over the time in which nothing ran.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from './settings.ts'

/** How often the clock's time is written down, wall ms. */
const KEEP_MS = 2_000
const WEEKDAYS = new Set([1, 2, 3, 4, 5])
const MORNING = { hour: 8, minute: 30 }

export interface Time {
  /** Vendor time at which the world began. */
  readonly worldStartsAt: number
  /** What the clock shows when the wall shows `wallEpochMs`. */
  readonly epochMs: number
  readonly wallEpochMs: number
  /** Keeps the file up to date until disposed of. */
  keep(): AsyncDisposable
}

interface Kept {
  readonly worldStartsAt: number
  readonly shows: number
  readonly seed: number
  readonly patients: number
}

/** Throws when the folder holds a world of another seed or size, or a clock that cannot be read. */
export async function startingTime(settings: Settings): Promise<Time> {
  await mkdir(settings.folder, { recursive: true })
  const path = join(settings.folder, 'clock.json')
  const kept = await readKept(path)
  const { seed, patients, timeScale } = settings
  if (kept !== undefined && (kept.seed !== seed || kept.patients !== patients))
    throw new Error(
      `${settings.folder} holds a practice of ${kept.patients} patients from seed ${kept.seed}. ` +
        'Start with the same numbers, or set CHARTWAY_DATA to another folder.',
    )
  const wallEpochMs = Date.now()
  const worldStartsAt = kept?.worldStartsAt ?? weekdayMorning(wallEpochMs, settings.timeZone)
  const epochMs = kept?.shows ?? worldStartsAt
  const write = async () => {
    const shows = Math.round(epochMs + (Date.now() - wallEpochMs) * timeScale)
    const text = JSON.stringify({ worldStartsAt, shows, seed, patients } satisfies Kept)
    await writeFile(`${path}.draft`, text)
    await rename(`${path}.draft`, path)
  }
  return { worldStartsAt, epochMs, wallEpochMs, keep: () => keeping(write) }
}

function keeping(write: () => Promise<void>): AsyncDisposable {
  let writing = Promise.resolve()
  const again = () => {
    writing = writing.then(write).catch((error: unknown) => {
      console.error(`The clock could not be written down: ${String(error)}`)
    })
  }
  again()
  const timer = setInterval(again, KEEP_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      again()
      await writing
    },
  }
}

/** Undefined when there is none: a first start. */
async function readKept(path: string): Promise<Kept | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const kept = parsed(text)
  if (isKept(kept)) return kept
  // With a clock of its own the practice would begin anew beside a mirror of what it was.
  throw new Error(
    `${path} is broken, so it is not known where the practice's clock stood. Delete its folder to ` +
      'begin anew; or the file alone, then the mirror learns what has become of the old practice.',
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false
  const members = new Map<string, unknown>(Object.entries(value))
  return ['worldStartsAt', 'shows', 'seed', 'patients'].every((name) =>
    Number.isSafeInteger(members.get(name)),
  )
}

/** 08:30 in the practice's zone on the last weekday not after `now`: a working day about to begin. */
export function weekdayMorning(now: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
  for (let at = Math.floor(now / 60_000) * 60_000; ; at -= 60_000) {
    const parts = Object.fromEntries(
      format.formatToParts(at).map((part) => [part.type, part.value]),
    )
    const weekday = WEEKDAYS.has(names.indexOf(parts.weekday ?? ''))
    if (weekday && Number(parts.hour) === MORNING.hour && Number(parts.minute) === MORNING.minute)
      return at
  }
}
