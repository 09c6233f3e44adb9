// What is asked: of which practice, in which time zone, in whose name.

import { ChartwayError } from '../../kernel/errors.ts'
import { type KeyedContext, practiceOf } from '../context.ts'
import type { Asked } from './maker.ts'

/** Throws as `practiceOf` does. */
export async function askedFor(
  context: KeyedContext,
  practice: string | undefined,
  action: string,
): Promise<Asked> {
  const ref = await practiceOf(context, practice)
  const known = await context.practices.get(ref)
  if (known === undefined) throw new ChartwayError('NOT_FOUND')
  return { context, ref, timeZone: known.timeZone, action }
}
