// The content of one document: what stands in the record itself, or in the Binary it links to. What
// is kept elsewhere is not fetched.

import type { JsonObject } from '@chartway/codecs/fhir'
import { isJsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import { practiceOf } from '../context.ts'
import { idField, practiceField, wholeNumber } from '../fields.ts'
import { operation, Written } from '../operation.ts'
import { resourceOf } from './maker.ts'

/** Contents that one document can have. */
const INDEX_MAX = 99

export const documentsContent = operation({
  name: 'documents.content',
  summary: 'The content of a document, in base64',
  need: 'charts',
  input: z.strictObject({
    id: idField,
    practice: practiceField,
    index: wholeNumber(0, INDEX_MAX).default(0).describe('Which of its contents, from 0'),
  }),
  output: z
    .object({
      id: z.string(),
      index: z.int(),
      contentType: z.string().nullable(),
      data: z.string().describe('base64, as the record has it'),
      source: z.string().describe('The record that holds it, `Type/id`'),
      version: z.int(),
    })
    .meta({ id: 'DocumentContent' }),
  errors: ['RESOURCE_DELETED', 'CONTENT_NOT_HELD'],
  run: async (context, { id, practice, index }) => {
    const ref = await practiceOf(context, practice)
    const read = (type: string, wanted: string) =>
      context.charts.read(ref, type, wanted, 'documents.content')
    const document = await read('DocumentReference', id)
    if (document === undefined) throw new ChartwayError('NOT_FOUND')
    if (document.deleted) throw new ChartwayError('RESOURCE_DELETED')
    const attachment = attachmentOf(resourceOf(document), index)
    const contentType = textOf(attachment.contentType)
    const data = textOf(attachment.data)
    const common = { id, index, contentType }
    if (data !== null)
      return answerOf({ ...common, data, source: `DocumentReference/${id}` }, document.version)
    const linked = /^Binary\/([A-Za-z0-9.-]{1,64})$/.exec(textOf(attachment.url) ?? '')?.[1]
    const binary = linked === undefined ? undefined : await read('Binary', linked)
    if (binary === undefined || binary.deleted) throw new ChartwayError('CONTENT_NOT_HELD')
    const held = resourceOf(binary)
    const text = textOf(held.data)
    if (text === null) throw new ChartwayError('CONTENT_NOT_HELD')
    const type = textOf(held.contentType) ?? contentType
    const shown = { ...common, contentType: type, data: text, source: `Binary/${linked}` }
    return answerOf(shown, binary.version)
  },
})

function answerOf(shown: JsonObject & { readonly source: string }, version: number): Written {
  const tag = `${shown.source.replace('/', '-')}-${version}`
  return new Written(JSON.stringify({ ...shown, version }), { tag })
}

function attachmentOf({ content }: JsonObject, index: number): JsonObject {
  const one = Array.isArray(content) ? content[index] : undefined
  const attachment = isJsonObject(one) ? one.attachment : undefined
  if (!isJsonObject(attachment)) throw new ChartwayError('CONTENT_NOT_HELD')
  return attachment
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
