// Checks what the token endpoint answers for a person: the token, what was granted, and the context.
// Pure; an id token is checked beside it.

import type { JsonObject } from '@chartway/codecs/fhir'
import { ChartwayError } from '../../../kernel/errors.ts'
import { isId } from '../address.ts'

/** RFC 6750, section 2.1, and a bound; the vendor's are some hundred characters. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{1,16000}$/
/** When nothing is said: short, because a refusal later is worse than a refresh. */
const LIFE_S_DEFAULT = 300
/** The longest known is 30,000 s [D]; nothing is believed for longer than a day. */
const LIFE_S_MAX = 86_400

/** What was granted, with times in business time. */
export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresAt: number
  readonly refreshToken: string | undefined
  readonly scopes: readonly string[]
  readonly patient: string | undefined
  readonly encounter: string | undefined
  readonly needsBanner: boolean
  readonly idToken: string | undefined
}

/**
 * `asked`: the scopes of the request; what is granted must be among them (RFC 6749, 3.3 and 5.1).
 * `askedAt`: just before the request. Throws LAUNCH_ANSWER_UNFIT with the member, never its value.
 */
export function readTokenAnswer(
  body: JsonObject | undefined,
  { asked, askedAt }: { readonly asked: readonly string[]; readonly askedAt: number },
): TokenAnswer {
  if (body === undefined) throw unfit('body')
  if (String(body.token_type).toLowerCase() !== 'bearer') throw unfit('token_type')
  const accessToken = tokenIn(body, 'access_token')
  if (accessToken === undefined) throw unfit('access_token')
  const lifeS = Number(body.expires_in ?? LIFE_S_DEFAULT)
  if (!(lifeS > 0)) throw unfit('expires_in')
  return {
    accessToken,
    expiresAt: Math.floor(askedAt + Math.min(lifeS, LIFE_S_MAX) * 1000),
    refreshToken: tokenIn(body, 'refresh_token'),
    scopes: scopesIn(body, asked),
    patient: idIn(body, 'patient'),
    encounter: idIn(body, 'encounter'),
    needsBanner: body.need_patient_banner !== false,
    idToken: tokenIn(body, 'id_token'),
  }
}

function scopesIn(body: JsonObject, asked: readonly string[]): readonly string[] {
  if (body.scope === undefined) return asked
  if (typeof body.scope !== 'string') throw unfit('scope')
  const granted = [...new Set(body.scope.split(' ').filter((scope) => scope !== ''))]
  if (granted.length === 0 || granted.some((scope) => !asked.includes(scope))) throw unfit('scope')
  return granted
}

function tokenIn(body: JsonObject, member: string): string | undefined {
  const value = body[member]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !TOKEN.test(value)) throw unfit(member)
  return value
}

function idIn(body: JsonObject, member: string): string | undefined {
  const value = body[member]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !isId(value)) throw unfit(member)
  return value
}

function unfit(position: string): ChartwayError {
  return new ChartwayError('LAUNCH_ANSWER_UNFIT', { details: { position } })
}
