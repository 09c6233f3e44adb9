// Reads one mirrored resource. It never asks the practice; how old the answer is stands in it.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { COLLECTIONS, collectionField } from './collections.ts'
import { practiceOf } from './context.ts'
import { idField, practiceField } from './fields.ts'
import { mirroredField, mirroredText } from './mirrored-answer.ts'
import { operation, Written } from './operation.ts'

export const resourcesRead = operation({
  name: 'resources.read',
  summary: 'One resource of a practice, with its provenance and how old it is',
  need: 'charts',
  input: z.strictObject({ collection: collectionField, id: idField, practice: practiceField }),
  output: mirroredField,
  errors: ['RESOURCE_DELETED'],
  run: async (context, { collection, id, practice }) => {
    const ref = await practiceOf(context, practice)
    const found = await context.charts.read(ref, COLLECTIONS[collection], id, `${collection}.read`)
    if (found === undefined) throw new ChartwayError('NOT_FOUND')
    if (found.deleted) throw new ChartwayError('RESOURCE_DELETED')
    const text = mirroredText(ref.practice, found, context.clock.now())
    return new Written(text, { version: found.version, asOf: found.asOf })
  },
})
