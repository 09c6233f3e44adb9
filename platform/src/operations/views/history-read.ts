// The states of one object that we have seen, the newest first, each with what was different in the
// state before: in the object's own fields, so that nobody has to read FHIR to see it.

import { diff, type Json } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Mirrored, State } from '../../mirror/index.ts'
import { VIEWS, type View } from '../../views/index.ts'
import {
  idField,
  instant,
  instantField,
  instantOrNull,
  maybeInstant,
  practiceField,
  wholeNumber,
} from '../fields.ts'
import { type Operation, operation } from '../operation.ts'
import { askedFor } from './asking.ts'
import { isOne } from './kind.ts'
import { type Asked, makeAlone } from './maker.ts'

/** States in one answer. */
const STATES_MAX = 100
const STATES_DEFAULT = 20

const differenceField = z.object({
  op: z.enum(['add', 'remove', 'replace']),
  path: z.string().describe("JSON Pointer into the object's fields, RFC 6901"),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
})

const stateField = z
  .object({
    version: z.int(),
    kind: z.enum(['created', 'updated', 'deleted']),
    seenAt: instantField.describe('When this state was first seen'),
    vendorUpdatedAt: maybeInstant,
    differences: z
      .array(differenceField)
      .nullable()
      .describe(
        'From the state before, in fields made of this record alone; null when that is not held',
      ),
  })
  .meta({ id: 'StateOf' })

export const historyOperations: readonly Operation[] = VIEWS.map((view) =>
  operation({
    name: `${view.object}.history`,
    summary: `States that were seen of one of: ${view.summary}`,
    need: 'charts',
    input: z.strictObject({
      id: idField,
      practice: practiceField,
      before: wholeNumber(1)
        .optional()
        .describe('`next` of the answer before: only older versions than this'),
      limit: wholeNumber(1, STATES_MAX).default(STATES_DEFAULT),
    }),
    output: z.object({
      items: z.array(stateField),
      next: z.int().nullable().describe('Pass as `before` to go on; null at the first state'),
      fhir: z.string().describe('The history of the record itself'),
    }),
    run: async (context, { id, practice, before, limit }) => {
      const asked = await askedFor(context, practice, `${view.object}.history`)
      const current = await context.charts.read(asked.ref, view.type, id, asked.action)
      if (current === undefined || !isOne(view, context, current))
        throw new ChartwayError('NOT_FOUND')
      const query = {
        ...{ type: view.type, id, since: Number.MIN_SAFE_INTEGER, limit: limit + 1 },
        ...(before === undefined ? {} : { before: { id, version: before, changedSeenAt: 0 } }),
      }
      const states = await context.charts.states(asked.ref, query, asked.action)
      const shown = states.slice(0, limit)
      const oldest = shown.at(-1)
      return {
        items: shown.map((state, index) => stateOf(asked, view, current, state, states[index + 1])),
        next: states.length > limit && oldest !== undefined ? oldest.version : null,
        fhir: `/fhir/r4/${asked.ref.practice}/${view.type}/${id}/_history`,
      }
    },
  }),
)

function stateOf(
  asked: Asked,
  view: View,
  current: Mirrored,
  state: State,
  older: State | undefined,
): z.input<typeof stateField> {
  const first = state.version === 1
  // A state between the two may not be kept, or not be for this caller to see.
  const known = older !== undefined && older.version === state.version - 1
  const before = first ? {} : known ? fieldsOf(asked, view, current, older) : undefined
  const after = state.deleted ? {} : fieldsOf(asked, view, current, state)
  return {
    version: state.version,
    kind: state.deleted ? 'deleted' : first ? 'created' : 'updated',
    seenAt: instant(state.changedSeenAt),
    vendorUpdatedAt: instantOrNull(state.vendorUpdatedAt),
    differences: before === undefined ? null : diff(before, after).map((one) => ({ ...one })),
  }
}

/** Repairs are known of the present state alone; fields from other records are of no state. */
function fieldsOf(
  asked: Asked,
  view: View,
  current: Mirrored,
  state: State,
): { [name: string]: Json } {
  if (state.deleted) return {}
  const record = { ...current, content: state.content, repairs: undefined }
  const { fields } = makeAlone(asked, view, record)
  const own = Object.entries(fields).filter(([name]) => view.joined?.includes(name) !== true)
  return JSON.parse(JSON.stringify(Object.fromEntries(own)))
}
