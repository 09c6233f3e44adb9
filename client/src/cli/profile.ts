// Where Chartway answers and with which key: from CHARTWAY_URL and CHARTWAY_KEY, or else from the
// profile that `npm start` leaves in the working folder. Keys are never taken from arguments, where
// other users of the machine could read them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiError } from '../errors.ts'
import type { Terminal } from './terminal.ts'

/** Beneath the working folder unless CHARTWAY_DATA names another; readable by its owner alone. */
export const PROFILE_FILE = join('.chartway', 'client.json')

export interface Profile {
  readonly url: string
  readonly key: string | undefined
}

/** Throws PROFILE_MISSING when no key is found anywhere, PROFILE_BROKEN when the file is no profile. */
export function profileOf(
  terminal: Pick<Terminal, 'environment' | 'folder'>,
  given: { readonly url?: string | undefined; readonly profile?: string | undefined },
): Profile {
  const { CHARTWAY_URL, CHARTWAY_KEY } = terminal.environment
  const url = given.url ?? CHARTWAY_URL
  if (CHARTWAY_KEY !== undefined && given.profile === undefined) {
    // A key of one's own goes to the address that was named, or else to the one that was saved here.
    return { url: url ?? readProfile(profileIn(terminal)).url, key: CHARTWAY_KEY }
  }
  const file = given.profile ?? profileIn(terminal)
  const saved = readProfile(file)
  // A key goes only to the address it was saved with, unless somebody says otherwise by environment.
  if (url !== undefined && url !== saved.url) throw missing()
  return saved
}

function profileIn({ environment, folder }: Pick<Terminal, 'environment' | 'folder'>): string {
  return join(environment.CHARTWAY_DATA ?? join(folder, '.chartway'), 'client.json')
}

function readProfile(file: string): Profile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw missing(cause)
  }
  const saved = parsed(text)
  if (!isProfile(saved))
    throw new ApiError({
      code: 'PROFILE_BROKEN',
      status: 0,
      title: 'The profile cannot be read',
      detail: `${PROFILE_FILE} has not the form {"url": …, "key": …}.`,
      cure: 'Delete it and run `npm start` again, or set CHARTWAY_URL and CHARTWAY_KEY.',
    })
  return { url: saved.url, key: saved.key }
}

function missing(cause?: unknown): ApiError {
  return new ApiError(
    {
      code: 'PROFILE_MISSING',
      status: 0,
      title: 'No address with its API key was found',
      detail: `CHARTWAY_URL and CHARTWAY_KEY are not both set, and no ${PROFILE_FILE} fits.`,
      cure: 'Run the command where `npm start` runs, or set CHARTWAY_URL and CHARTWAY_KEY.',
    },
    cause,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProfile(value: unknown): value is { readonly url: string; readonly key: string } {
  if (typeof value !== 'object' || value === null || !('url' in value) || !('key' in value))
    return false
  return typeof value.url === 'string' && typeof value.key === 'string'
}
