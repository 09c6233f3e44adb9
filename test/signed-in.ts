// A person with an account, for tests: invited, enrolled and signed in through the API alone. Its codes
// are computed here (RFC 6238), not by what is tested.

import { createHmac } from 'node:crypto'
import type { Platform } from '../platform/src/compose.ts'
import type { OrganizationId } from '../platform/src/kernel/ids.ts'
import type { NewUser } from '../platform/src/people/index.ts'

export interface Person {
  readonly userId: string
  readonly sessionId: string
  readonly name: string
  readonly password: string
  /** Base32, as an authenticator application was given it. */
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  /** `name=value`, as a browser sends it. */
  readonly cookie: string
  /** What a page of the installation sends beside its cookie. */
  readonly headers: Readonly<Record<string, string>>
}

export const PASSWORD = 'four words make enough'

/** `at`: what the person's telephone shows, epoch ms. */
export async function signedIn(
  { platform, publicUrl, at }: { platform: Platform; publicUrl: string; at: number },
  organization: OrganizationId,
  wanted: Partial<NewUser> & Pick<NewUser, 'name' | 'roles'>,
): Promise<Person> {
  const { invitation } = await platform.people.createUser(
    organization,
    { displayName: wanted.name, practices: undefined, sensitive: false, ...wanted },
    'test',
  )
  const { token } = invitation
  const opened = await post(platform, '/v1/invitations/open', { token })
  const secret: string = JSON.parse(opened.body).totp.secret
  const accepted = await post(platform, '/v1/invitations/accept', {
    ...{ token, password: PASSWORD, code: codeAt(secret, at) },
  })
  if (accepted.statusCode !== 201) throw new Error(accepted.body)
  const { who, recoveryCodes } = JSON.parse(accepted.body)
  const cookie = cookieIn(accepted.headers['set-cookie'])
  const headers = { cookie, origin: publicUrl, 'x-chartway-csrf': '1' }
  const { userId } = who.user
  const { name } = wanted
  const rest = { secret, recoveryCodes, cookie, headers }
  return { userId, sessionId: who.sessionId, name, password: PASSWORD, ...rest }
}

function post(platform: Platform, url: string, payload: object) {
  return platform.face.inject({ method: 'POST', url, payload })
}

export function cookieIn(header: string | readonly string[] | undefined): string {
  const first = typeof header === 'string' ? header : header?.[0]
  return first?.split(';')[0] ?? ''
}

/** The six digits of the 30 s step of `at` (epoch ms); RFC 6238 with SHA-1, RFC 4226, 5.3. */
export function codeAt(secret: string, at: number): string {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g) ?? []
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
