// The operations of unified objects, made from the views: each has a list, a read and a history. What
// is particular to an object stands in its view and its filters.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Mirrored } from '../../mirror/index.ts'
import { VIEWS, type View } from '../../views/index.ts'
import type { KeyedContext } from '../context.ts'
import { freshnessField, freshnessOf, idField, practiceField, wholeNumber } from '../fields.ts'
import { InputProblem, type Operation, operation, Written } from '../operation.ts'
import { askedFor } from './asking.ts'
import { asOfMade, BASE_FIELDS, CLOSING_FIELDS, type Made, shownObject, tagPart } from './base.ts'
import { cursorAt, listName, placeIn } from './cursor.ts'
import { candidatesFor, filterFields, needsJoined, passes, type Wanted } from './filters.ts'
import { isOne } from './kind.ts'
import { type Asked, make, makeAlone } from './maker.ts'

/** Objects in one answer. */
const PAGE_MAX = 200
const PAGE_DEFAULT = 50
/** Records looked at for one answer; then it ends with what was found, and `next` goes on. */
const EXAMINED_MAX = 5_000
/** Freshness rows looked at for an empty answer: more than any patient has searches. */
const FRESHNESS_ROWS_MAX = 100

const limitField = wholeNumber(1, PAGE_MAX)
  .default(PAGE_DEFAULT)
  .describe(`Objects in one answer, at most ${PAGE_MAX}`)

const fieldsField = z
  .string()
  .max(2_000)
  .optional()
  .describe('Only these fields, parted by commas; `id` always stands')

export function objectSchema(view: View): z.ZodObject {
  const shape = { ...BASE_FIELDS, ...view.fields, ...CLOSING_FIELDS }
  return z.object(shape).meta({ id: view.component })
}

export const objectOperations: readonly Operation[] = VIEWS.flatMap((view) => {
  const schema = objectSchema(view)
  return [listOf(view, schema), readOf(view, schema)]
})

function readOf(view: View, schema: z.ZodObject): Operation {
  return operation({
    name: `${view.object}.read`,
    summary: `One of: ${view.summary}`,
    type: view.type,
    need: 'charts',
    input: z.strictObject({ id: idField, practice: practiceField, fields: fieldsField }),
    output: schema,
    errors: ['RESOURCE_DELETED'],
    run: async (context, { id, practice, fields }) => {
      const names = namesIn(fields, schema)
      const asked = await askedFor(context, practice, `${view.object}.read`)
      const found = await context.charts.read(asked.ref, view.type, id, asked.action)
      if (found === undefined || !isOne(view, context, found)) throw new ChartwayError('NOT_FOUND')
      if (found.deleted) throw new ChartwayError('RESOURCE_DELETED')
      const [made] = await make(asked, view, [found], needsBeside(view, names))
      if (made === undefined) throw new ChartwayError('NOT_FOUND')
      const shown = narrowed(shownObject(made, placeOf(asked, view)), names)
      return new Written(JSON.stringify(shown), { tag: tagOf([shown]), asOf: asOfMade(made) })
    },
  })
}

function listOf(view: View, schema: z.ZodObject): Operation {
  return operation({
    name: `${view.object}.list`,
    summary: view.summary,
    type: view.type,
    need: 'charts',
    input: z.strictObject({
      practice: practiceField,
      ...filterFields(view),
      updatedAfter: z.iso
        .datetime({ offset: true })
        .optional()
        .describe('Only what we saw change after this instant, RFC 3339'),
      fields: fieldsField,
      limit: limitField,
      cursor: z.string().max(500).optional().describe('`next` of the answer before'),
    }),
    output: z.object({
      items: z.array(schema),
      next: z
        .string()
        .nullable()
        .describe('Pass as `cursor` to go on; null on the last page. Pages may be short or empty'),
      freshness: freshnessField.describe('Of the oldest item; of an empty answer, of the question'),
    }),
    errors: ['CURSOR_INVALID'],
    run: (context, input) => runList(context, view, schema, input),
  })
}

interface ListInput {
  readonly practice?: string | undefined
  readonly updatedAfter?: string | undefined
  readonly fields?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
  readonly [filter: string]: unknown
}

async function runList(
  context: KeyedContext,
  view: View,
  schema: z.ZodObject,
  { practice, updatedAfter, fields, limit, cursor, ...rest }: ListInput,
): Promise<Written> {
  const names = namesIn(fields, schema)
  const wanted: Wanted = Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const asked = await askedFor(context, practice, `${view.object}.list`)
  const list = listName([view.object, asked.ref.practice, wanted, updatedAfter])
  const after = cursor === undefined ? undefined : placeIn(list, cursor)
  const question = { view, wanted, updatedAfter, limit, after }
  const { found, next } = await find(asked, question)
  const made = await make(asked, view, found, needsBeside(view, names))
  const place = placeOf(asked, view)
  const shown = made.map((one) => narrowed(shownObject(one, place), names))
  const asOf = made.length > 0 ? oldest(made.map(asOfMade)) : await asOfEmpty(asked, view, wanted)
  const answer = {
    items: shown,
    next: next === undefined ? null : cursorAt(list, next),
    freshness: freshnessOf(asOf, place.now),
  }
  return new Written(JSON.stringify(answer), { tag: tagOf([...shown, answer.next]), asOf })
}

interface Question {
  readonly view: View
  readonly wanted: Wanted
  readonly updatedAfter: string | undefined
  readonly limit: number
  readonly after: { readonly id: string; readonly changedSeenAt: number } | undefined
}

/** Records whose objects pass the filters, read as they are now, and where to go on. */
async function find(asked: Asked, question: Question) {
  const { view, wanted, limit } = question
  const deep = needsJoined(view, wanted)
  const { candidates, next } = await search(asked, question, deep ? limit * 2 : limit)
  const { context, ref, action } = asked
  const read = await Promise.all(
    candidates.map(({ id }) => context.charts.read(ref, view.type, id, action)),
  )
  const found = read.flatMap((one) => (one === undefined || one.deleted ? [] : [one]))
  if (!deep) return { found, next }
  const made = await make(asked, view, found, true)
  const passing = made.filter((one) => passes(view, fieldsOf(one), wanted, true))
  const kept = passing.slice(0, limit).map((one) => one.found)
  const cut = passing.length > limit ? kept.at(-1) : undefined
  return { found: kept, next: cut ?? next }
}

/** Ids of records that pass the filters which need no other record. */
async function search(asked: Asked, question: Question, limit: number) {
  const { context, ref } = asked
  const { view, wanted, updatedAfter, after } = question
  const changedAfter = updatedAfter === undefined ? undefined : Date.parse(updatedAfter)
  const found: Mirrored[] = []
  const visitor = {
    take: (one: Mirrored) => {
      if (isOne(view, context, one) && isWanted(asked, question, one, changedAfter)) found.push(one)
      return found.length <= limit
    },
    shown: () => [],
  }
  const candidates = candidatesFor(
    view,
    wanted,
    changedAfter === undefined ? undefined : changedAfter + 1,
  )
  const subject = `${view.type}?${Object.keys(wanted).sort().join(',')}`
  const query = { type: view.type, candidates, after, examinedMax: EXAMINED_MAX, subject }
  const { ended, last } = await context.charts.examine(ref, query, visitor)
  if (found.length > limit) return { candidates: found.slice(0, limit), next: found[limit - 1] }
  return { candidates: found, next: ended === 'limit' ? last : undefined }
}

function isWanted(
  asked: Asked,
  { view, wanted }: Question,
  found: Mirrored,
  changedAfter: number | undefined,
): boolean {
  if (changedAfter !== undefined && found.changedSeenAt <= changedAfter) return false
  if (Object.keys(wanted).length === 0) return true
  return passes(view, fieldsOf(makeAlone(asked, view, found)), wanted, false)
}

function fieldsOf(made: Made): Readonly<Record<string, unknown>> {
  return { facility: made.facility, ...made.fields }
}

function placeOf({ context, ref, timeZone }: Asked, { object }: View) {
  return { practice: ref.practice, timeZone, object, now: context.clock.now() }
}

/** The wanted fields' names; undefined: all. Throws for one that the object has not. */
function namesIn(fields: string | undefined, schema: z.ZodObject): ReadonlySet<string> | undefined {
  if (fields === undefined) return undefined
  const names = fields.split(',').map((name) => name.trim())
  for (const name of names)
    if (!Object.hasOwn(schema.shape, name))
      throw new InputProblem('fields', 'one of them is no field of this object')
  return new Set(['id', ...names])
}

/** What is said of all sources needs all of them. */
const OF_ALL_SOURCES = ['provenance', 'freshness', 'withheld', 'problems']

function needsBeside(view: View, names: ReadonlySet<string> | undefined): boolean {
  if (names === undefined) return true
  return [...(view.joined ?? []), ...OF_ALL_SOURCES].some((name) => names.has(name))
}

function narrowed(
  shown: Readonly<Record<string, unknown>>,
  names: ReadonlySet<string> | undefined,
): Readonly<Record<string, unknown>> {
  if (names === undefined) return shown
  return Object.fromEntries(Object.entries(shown).filter(([name]) => names.has(name)))
}

function tagOf(parts: readonly unknown[]): string {
  const content = parts.map((part) => (isShown(part) ? tagPart(part) : part))
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)
}

function isShown(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null
}

async function asOfEmpty(
  { context, ref }: Asked,
  view: View,
  wanted: Wanted,
): Promise<number | undefined> {
  const query = { subject: wanted.patient, limit: FRESHNESS_ROWS_MAX }
  const rows = await context.charts.freshness(ref, query)
  return oldest(rows.filter(({ type }) => type === view.type).map(({ asOf }) => asOf))
}

/** Undefined when any is not known: an answer is only as fresh as its worst part. */
function oldest(moments: readonly (number | undefined)[]): number | undefined {
  let least: number | undefined
  for (const asOf of moments) {
    if (asOf === undefined) return undefined
    if (least === undefined || asOf < least) least = asOf
  }
  return least
}
