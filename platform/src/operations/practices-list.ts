// The practices of the caller's organization.

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
    const practices = await context.practices.list(context.principal.organization)
    return { items: practices.map(shownPractice) }
  },
})
