// Reads one resource at the vendor, now, with the token of a person who signed in there. It never
// writes, keeps nothing of the answer, and shows no more of it than the caller may see.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { seesType, visibleContent } from '../people/index.ts'
import { practiceOf, readerOf } from './context.ts'
import { idField, instant, instantField, practiceField } from './fields.ts'
import { assertUsable, launchFor, launchIdField } from './launches-answer.ts'
import { operation } from './operation.ts'

export const launchesResource = operation({
  name: 'launches.resource',
  summary: 'One resource read at the vendor now, in the name of the person who signed in there',
  need: 'charts',
  input: z.strictObject({
    launch: launchIdField,
    type: z.string().regex(/^[A-Z][A-Za-z]{1,63}$/, 'a FHIR resource type, such as Patient'),
    id: idField,
    practice: practiceField,
  }),
  output: z.object({
    practice: z.string(),
    launch: z.string(),
    type: z.string(),
    id: z.string(),
    patient: z.string().nullable().describe('Whose it is; null for what is nobody’s'),
    askedAt: instantField,
    repairs: z
      .array(z.object({ path: z.string(), rule: z.string() }))
      .describe('Where the answer was dirty, and by which rule it was cleaned'),
    resource: z.record(z.string(), z.unknown()),
  }),
  errors: [
    'LAUNCH_NOT_YOURS',
    'LAUNCH_OVER',
    'LAUNCH_NEEDED',
    'LAUNCH_NOT_SET_UP',
    'LAUNCH_SECRET_MISSING',
    'LAUNCH_CLIENT_REFUSED',
    'PATHWAY_SCOPE_MISSING',
    'PATHWAY_NOT_ACTIVATED',
    'PATHWAY_NOT_THERE',
    'PATHWAY_ANSWER_OTHER',
    'PATHWAY_VENDOR_FAILED',
    'OUTBOUND_HELD',
  ],
  run: async (context, { launch: launchId, type, id, practice }) => {
    const ref = await practiceOf(context, practice)
    const launch = await launchFor(context, ref, launchId)
    assertUsable(context, launch)
    const { charts } = context.principal
    if (!seesType(charts, type)) throw new ChartwayError('NOT_FOUND')
    const reader = readerOf(context, 'launches.resource')
    const answer = await context.launches.resource(ref, launchId, { type, id }, reader)
    if (answer?.kind !== 'found') throw new ChartwayError('NOT_FOUND')
    const { resource, repairs, patientId } = answer.sighting
    const content = visibleContent(charts, { type, patientId, content: JSON.stringify(resource) })
    if (content === undefined) throw new ChartwayError('NOT_FOUND')
    return {
      ...{ practice: ref.practice, launch: launchId, type, id, patient: patientId ?? null },
      askedAt: instant(answer.askedAt),
      repairs: repairs.map(({ path, rule }) => ({ path, rule })),
      resource: JSON.parse(content),
    }
  },
})
