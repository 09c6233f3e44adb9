// The first administrator of an installation: invited when nobody could tend people, by a link that is
// kept beside the data for whoever may read that folder. It never enters the log.

import { join } from 'node:path'
import type { Files } from '../kernel/files.ts'
import { organizationId } from '../kernel/ids.ts'
import type { Practices } from '../practice/index.ts'
import type { Invitation, People } from './types.ts'

const ORGANIZATION = 'home'
const NAME = 'admin'
/** Kept with mode 0600, as the profile beside it. */
const FILE = 'setup.json'
/** A folder without it did not begin this installation, and makes nobody its administrator. */
const PROFILE = 'client.json'

/**
 * Gives the link when one was made now; undefined when somebody tends people already, when a link of
 * before is still good, or when the installation was begun from another folder. Throws DISK_FULL.
 */
export async function inviteFirstAdministrator(options: {
  readonly people: People
  readonly practices: Pick<Practices, 'organizations'>
  readonly files: Files
  readonly dataFolder: string
  readonly publicUrl: string
}): Promise<string | undefined> {
  const { people, files, dataFolder, publicUrl } = options
  const home = organizationId(ORGANIZATION)
  if (home === undefined || !(await options.practices.organizations()).includes(home))
    return undefined
  if ((await files.readText(join(dataFolder, PROFILE))) === undefined) return undefined
  const path = join(dataFolder, FILE)
  const token = tokenIn(await files.readText(path))
  const users = await people.users(home)
  if (users.some(({ state, roles }) => state === 'active' && roles.includes('admin'))) {
    if (token !== undefined) await files.writeText(path, '{}\n')
    return undefined
  }
  if (token !== undefined && (await people.isInvitationOpen(token))) return undefined
  const invited = users.find(({ name }) => name === NAME)
  const made =
    invited === undefined
      ? await people.createUser(home, FIRST, 'system')
      : await people.resetUser(home, invited.userId, 'system')
  if (made === undefined) return undefined
  const link = linkOf(publicUrl, made.invitation)
  const kept = { url: link, token: made.invitation.token }
  await files.writeText(path, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
  return link
}

const FIRST = {
  name: NAME,
  displayName: 'First administrator',
  roles: ['admin'],
  practices: undefined,
  sensitive: false,
} as const

/** Behind the `#`, which no browser sends and no server logs. */
function linkOf(publicUrl: string, { token }: Invitation): string {
  return `${publicUrl}/#/invitation/${token}`
}

/** Undefined when there is none, or when a person's edit has gone wrong. */
function tokenIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    const read: unknown = JSON.parse(text)
    const found = typeof read === 'object' && read !== null && 'token' in read ? read.token : ''
    return typeof found === 'string' && found !== '' ? found : undefined
  } catch {
    return undefined
  }
}
