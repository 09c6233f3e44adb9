// Makes an installation usable once: its organization, its signing key and an API key, which is kept
// beside the data for whoever may read that folder. Every step can be the last one before a kill.

import { join } from 'node:path'
import { ChartwayError } from '../kernel/errors.ts'
import type { Files } from '../kernel/files.ts'
import { organizationId } from '../kernel/ids.ts'
import type { Practices } from './types.ts'

/** The organization of an installation that was just made. */
const FIRST_ORGANIZATION = 'home'

/** What the command and `npm start` read. An empty key: the first use was begun and not finished. */
interface Profile {
  readonly url: string
  readonly key: string
  readonly organization: string
}

/**
 * Finishes what is missing of the first use, and writes `client.json` into the folder. Where the folder
 * holds the database, too, a lost `client.json` is replaced, with a new key; a database of one's own
 * may be shared, so there only a first use that was begun in this folder is finished. Keeps the
 * profile's address up to date. Throws DISK_FULL.
 */
export async function prepareFirstUse(options: {
  readonly practices: Practices
  readonly files: Files
  readonly dataFolder: string
  readonly publicUrl: string
  /** Whether the database lies in this folder and is nobody else's. */
  readonly ownDatabase: boolean
}): Promise<void> {
  const { practices, files, publicUrl, ownDatabase } = options
  const path = join(options.dataFolder, 'client.json')
  const home = organizationId(FIRST_ORGANIZATION)
  if (home === undefined) throw new ChartwayError('INTERNAL')
  const write = (profile: Profile) =>
    files.writeText(path, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 })
  const profile = profileIn(await files.readText(path))
  const organizations = await practices.organizations()
  const isNew = organizations.length === 0
  if (profile !== undefined && profile.key !== '' && !isNew) {
    if (profile.url !== publicUrl) await write({ ...profile, url: publicUrl })
    return
  }
  if (profile === undefined && !isNew && !ownDatabase) return
  if (!isNew && !organizations.includes(home)) return
  const begun: Profile = { url: publicUrl, key: '', organization: home }
  await write(begun)
  if (isNew) await practices.createOrganization(home, 'Home')
  if ((await practices.jwks(home)).keys.length === 0)
    await practices.rotateSigningKey(home, 'system')
  const { text } = await practices.createApiKey(
    home,
    { name: 'first key', scopes: ['read', 'admin'] },
    'system',
  )
  await write({ ...begun, key: text })
}

/** Undefined when there is none, or when it is not one of ours. */
function profileIn(text: string | undefined): Profile | undefined {
  if (text === undefined) return undefined
  try {
    const read: unknown = JSON.parse(text)
    return isProfile(read) ? read : undefined
  } catch {
    return undefined // Not JSON: a person's edit gone wrong counts as lost.
  }
}

function isProfile(value: unknown): value is Profile {
  if (typeof value !== 'object' || value === null) return false
  const fields: Record<string, unknown> = { ...value }
  return ['url', 'key', 'organization'].every((name) => typeof fields[name] === 'string')
}
