// Stops asking a practice, and goes on asking it. What is mirrored stays, is served, and grows old; sync
// notices within seconds. A check of the connection still asks.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import type { Practice } from '../practice/index.ts'
import { actorOf, type KeyedContext, practiceOf } from './context.ts'
import { practiceField } from './fields.ts'
import { operation } from './operation.ts'
import { practiceAnswer, shownPractice } from './practice-answer.ts'

const definition = {
  need: 'settings',
  input: z.strictObject({ practice: practiceField.unwrap() }),
  output: z.object({ practice: practiceAnswer }),
} as const

export const practicesPause = operation({
  ...definition,
  name: 'practices.pause',
  summary: 'Stop asking a practice; what is mirrored stays and grows old',
  run: (context, { practice }) => become(context, practice, 'paused'),
})

export const practicesResume = operation({
  ...definition,
  name: 'practices.resume',
  summary: 'Go on asking a practice that was paused',
  run: (context, { practice }) => become(context, practice, 'connected'),
})

async function become(context: KeyedContext, named: string, state: Practice['state']) {
  const ref = await practiceOf(context, named)
  const practice = await context.practices.setState(ref, state, actorOf(context))
  if (practice === undefined) throw new ChartwayError('NOT_FOUND')
  return { practice: shownPractice(practice) }
}
