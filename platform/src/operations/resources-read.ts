// Reads one mirrored resource. It never asks the practice; how old the answer is stands in it.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { COLLECTIONS, collectionField } from './collections.ts'
import { readerOf } from './context.ts'
import { idField, practiceField } from './fields.ts'
import { mirroredField, mirroredText } from './mirrored-answer.ts'
import { operation, Written } from './operation.ts'

export const resourcesRead = operation({
  name: 'resources.read',
  summary: 'One resource of a practice, with its provenance and how old it is',
  scope: 'read',
  input: z.strictObject({ collection: collectionField, id: idField, practice: practiceField }),
  output: mirroredField,
  errors: ['RESOURCE_DELETED'],
  run: async (context, { collection, id, practice }) => {
    const ref = await context.directory.choose(context.principal.organization, practice)
    const reader = readerOf(context, `${collection}.read`)
    const found = await context.mirror.read(ref, COLLECTIONS[collection], id, reader)
    if (found === undefined) throw new ChartwayError('NOT_FOUND')
    if (found.deleted) throw new ChartwayError('RESOURCE_DELETED')
    const text = mirroredText(ref.practice, found, context.clock.now())
    return new Written(text, { version: found.version, asOf: found.asOf })
  },
})
