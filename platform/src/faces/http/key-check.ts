// Takes the API key out of a request and asks whose it is. Whether that caller may do what it asks is
// the operation's to say.

import { ChartwayError } from '../../kernel/errors.ts'
import type { Context } from '../../operations/index.ts'

/** Longer than any key of ours; nothing longer is looked up. */
const KEY_LENGTH_MAX = 200

type Principal = NonNullable<Context['principal']>

/**
 * Throws KEY_MISSING or KEY_INVALID. RFC 6750, section 2.1. `onRevoked` is told of a key that was one
 * of ours; its caller is answered like any other without a right key.
 */
export async function callerOf(
  authorization: string | undefined,
  practices: Pick<Context['practices'], 'authenticate'>,
  onRevoked: (caller: Principal) => Promise<void>,
): Promise<Principal> {
  if (authorization === undefined) throw new ChartwayError('KEY_MISSING')
  const key = /^bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1]
  if (key === undefined || key.length > KEY_LENGTH_MAX) throw new ChartwayError('KEY_INVALID')
  const principal = await practices.authenticate(key, onRevoked)
  if (principal === undefined) throw new ChartwayError('KEY_INVALID')
  return principal
}
