// What an error code means and what to do about it: the page a problem's `type` points to.

import { z } from 'zod'
import { ChartwayError, errorCodes, explain } from '../kernel/errors.ts'
import { publicOperation } from './operation.ts'

export const errorsRead = publicOperation({
  name: 'errors.read',
  summary: 'What an error code means and what to do about it',
  input: z.strictObject({ code: z.string().max(100) }),
  output: z.object({ code: z.string(), title: z.string(), cause: z.string(), cure: z.string() }),
  run: async (_context, input) => {
    const code = errorCodes().find((known) => known === input.code)
    if (code === undefined) throw new ChartwayError('NOT_FOUND')
    return { code, ...explain(code) }
  },
})
