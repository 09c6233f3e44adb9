// How a practice is shown to its organization: its settings, never its credentials.

import { z } from 'zod'
import type { Practice } from '../practice/index.ts'
import { instant, instantField } from './fields.ts'

export const practiceAnswer = z
  .object({
    practice: z.string(),
    name: z.string(),
    timeZone: z.string(),
    dialect: z.string(),
    baseUrl: z.string(),
    clientId: z.string(),
    state: z.enum(['connected', 'paused']).describe('A paused practice is not asked for anything'),
    createdAt: instantField,
  })
  .meta({ id: 'Practice' })

export function shownPractice(practice: Practice): z.input<typeof practiceAnswer> {
  const { ref, name, timeZone, dialect, baseUrl, clientId, state, createdAt } = practice
  return {
    practice: ref.practice,
    name,
    timeZone,
    dialect,
    baseUrl,
    clientId,
    state,
    createdAt: instant(createdAt),
  }
}
