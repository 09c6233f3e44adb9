// The practices of the caller's organization, as far as the caller sees them.

import { z } from 'zod'
import { operation } from './operation.ts'
import { practiceAnswer, shownPractice } from './practice-answer.ts'

export const practicesList = operation({
  name: 'practices.list',
  summary: 'The practices of the organization',
  need: 'monitor',
  input: z.strictObject({}),
  output: z.object({ items: z.array(practiceAnswer) }),
  run: async (context) => {
    const { organization, practices: among } = context.principal
    const practices = await context.practices.list(organization)
    const seen = practices.filter(({ ref }) => among === undefined || among.includes(ref.practice))
    return { items: seen.map(shownPractice) }
  },
})
