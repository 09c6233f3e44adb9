// How the app proves itself at the token endpoint: not at all, by its secret in HTTP Basic, or by a
// signed assertion. It keeps no secret.

import { type ClientAuth, ClientSecretBasic, None } from 'oauth4webapi'
import { ChartwayError } from '../../../kernel/errors.ts'
import type { PathwayPorts } from '../../contract.ts'
import type { AppSettings } from './app-settings.ts'

/** The vendor refuses assertions that live longer [D]. */
const ASSERTION_LIFE_S = 300
/** Dated back a little, because a server's clock may be behind what we learnt. */
const ASSERTION_BACK_S = 10
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Throws LAUNCH_SECRET_MISSING for a symmetric app without a secret. The secret goes in the header and
 * never in the form: the vendor advertises both and was seen to refuse the form [I].
 */
export function proofOf(
  { kind, clientId }: AppSettings,
  { clock, random, sign }: Pick<PathwayPorts, 'clock' | 'random' | 'sign'>,
  { secret, skewMs }: { readonly secret: string | undefined; readonly skewMs: number },
): ClientAuth {
  if (kind === 'public') return None()
  if (kind === 'confidential-symmetric') {
    if (secret === undefined) throw new ChartwayError('LAUNCH_SECRET_MISSING')
    return ClientSecretBasic(secret)
  }
  return async (server, _client, body) => {
    const iat = Math.floor((clock.now() + skewMs) / 1000) - ASSERTION_BACK_S
    const named = { iss: clientId, sub: clientId, aud: String(server.token_endpoint) }
    const times = { jti: random.uuid(), iat, exp: iat + ASSERTION_LIFE_S }
    body.set('client_id', clientId)
    body.set('client_assertion_type', ASSERTION_TYPE)
    body.set('client_assertion', await sign({ ...named, ...times }, 'RS384'))
  }
}
