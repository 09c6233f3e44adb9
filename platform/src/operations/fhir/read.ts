// Reads one resource as FHIR, as it is now or as it was in one of its states. It never asks the
// practice.

import { parseSearch, readPairs } from '@chartway/codecs/fhir/search'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import type { State } from '../../mirror/index.ts'
import { practiceOf, readerOf } from '../context.ts'
import { operation } from '../operation.ts'
import { FhirAnswer } from './answer.ts'
import { onlyElements, withoutText } from './elements.ts'
import { fhirFields, fhirId, fhirResource, servedType } from './fields.ts'
import { refusalOf, SearchRefused } from './refused.ts'
import { shownResource, shownState } from './shown.ts'

export const fhirRead = operation({
  name: 'fhir.read',
  summary: 'One resource as FHIR',
  need: 'charts',
  input: z.strictObject({ ...fhirFields, id: fhirId }),
  output: fhirResource,
  errors: ['RESOURCE_DELETED', 'FHIR_TYPE_UNKNOWN', 'SEARCH_VALUE_INVALID'],
  run: async (context, { practice, type, id, base, query }) => {
    const ref = await practiceOf(context, practice)
    const shape = shapeOf(servedType(type), query)
    const found = await context.charts.read(ref, type, id, 'fhir.read')
    const resource = found && shownResource(context.principal.charts, found, base)
    if (found === undefined || resource === undefined) throw new ChartwayError('NOT_FOUND')
    if (found.deleted) throw new ChartwayError('RESOURCE_DELETED')
    const part = shape.summary === 'data' ? withoutText(resource) : resource
    return new FhirAnswer(JSON.stringify(onlyElements(part, shape.elements)), {
      version: found.version,
      asOf: found.asOf,
      lastModified: found.changedSeenAt,
      provenance: `${found.pathway}; ${found.search}`,
    })
  },
})

/** What of the resource is asked for; other parameters mean nothing to a read. */
function shapeOf(type: string, query: string) {
  const pairs = readPairs(query)
  if (pairs === undefined)
    throw new SearchRefused({ code: 'SEARCH_QUERY_MALFORMED', parameter: undefined })
  const shapes = pairs.filter(([name]) => name === '_elements' || name === '_summary')
  const search = parseSearch(type, shapes, { timeZone: 'UTC', bases: [] })
  const [first, ...more] = search.problems.map(refusalOf)
  if (first !== undefined) throw new SearchRefused(first, ...more)
  return search
}

export const fhirVread = operation({
  name: 'fhir.vread',
  summary: 'One state of a resource as FHIR',
  need: 'charts',
  input: z.strictObject({
    ...fhirFields,
    id: fhirId,
    version: z.string().regex(/^[1-9]\d{0,8}$/, 'a number of a version'),
  }),
  output: fhirResource,
  errors: ['RESOURCE_DELETED', 'FHIR_TYPE_UNKNOWN'],
  run: async (context, { practice, type, id, version, base }) => {
    const ref = await practiceOf(context, practice)
    await context.charts.expectContent(ref)
    const wanted = { type: servedType(type), id, version: Number(version) }
    const shown = (state: State) => shownState(context.principal.charts, state, base)
    const reader = readerOf(context, 'fhir.vread')
    const isShown = (state: State) => shown(state) !== undefined
    const state = await context.mirror.version(ref, wanted, reader, isShown)
    const resource = state && shown(state)
    if (state === undefined || resource === undefined) throw new ChartwayError('NOT_FOUND')
    if (state.deleted) throw new ChartwayError('RESOURCE_DELETED')
    return new FhirAnswer(JSON.stringify(resource), {
      version: state.version,
      lastModified: state.changedSeenAt,
    })
  },
})
