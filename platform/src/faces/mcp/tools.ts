// The tools that agents have: reading operations under names that every agent client accepts, with
// small pages and the elements that answer the question and no others. Nothing here writes; a tool
// that would commit something does not exist.

import { z } from 'zod'
import type { Principal } from '../../kernel/principal.ts'
import { mayCall, type Operation, operations } from '../../operations/index.ts'
import { TOOL_TABLE } from './tool-table.ts'

/** Rows in one answer to an agent: a page it can read and act on. */
const ROWS_MAX = 50
const ROWS_DEFAULT = 20
/** What the operation checks anyway and an agent pays for by the word. */
const LEFT_OUT: ReadonlySet<string> = new Set(['pattern', 'minLength', 'maxLength'])

export interface Tool {
  readonly name: string
  readonly operation: Operation
  /** What the agent's input lacks: the elements that are asked for unless it names others. */
  readonly defaults: Readonly<Record<string, string>>
  /** Its entry in a list of tools, as JSON text. */
  readonly listed: string
}

/** `patients.list` is `patients_list`: agent clients take letters, digits, dashes and underscores. */
export function toolName(operation: string): string {
  return operation.replaceAll('.', '_').replaceAll('-', '_')
}

export const TOOLS: ReadonlyMap<string, Tool> = new Map(
  operations.flatMap((operation) => {
    const entry = TOOL_TABLE[operation.name]
    if (entry === undefined || typeof entry === 'string') return []
    const name = toolName(operation.name)
    const defaults: Record<string, string> =
      entry.fields === undefined ? {} : { fields: entry.fields.join(',') }
    const listed = JSON.stringify({
      name,
      description: [operation.summary, ...(entry.says ?? [])].join('. '),
      inputSchema: inputSchema(operation),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    })
    return [[name, { name, operation, defaults, listed }] as const]
  }),
)

/** The tools that the caller may use, in the order of the table. */
export function toolsFor(caller: Principal): readonly Tool[] {
  return [...TOOLS.values()].filter(({ operation }) => mayCall(caller, operation))
}

function inputSchema(operation: Operation): object {
  const { limit, ...shape } = operation.input.shape
  const rows = z
    .int()
    .min(1)
    .max(ROWS_MAX)
    .default(ROWS_DEFAULT)
    .describe(`Rows in one answer, at most ${ROWS_MAX}`)
  const schema = z.strictObject(limit === undefined ? shape : { ...shape, limit: rows })
  const { $schema: _dialect, ...printed } = z.toJSONSchema(schema, { io: 'input' })
  return lean(printed)
}

function lean(schema: object): object {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !LEFT_OUT.has(name))
      .map(([name, value]) => [name, isSchema(value) ? lean(value) : value]),
  )
}

function isSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The operation's input for an agent's arguments: its own, then the tool's defaults and bounds. */
export function inputOf(tool: Tool, given: unknown): unknown {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given)))
    return given
  const input: Record<string, unknown> = { ...tool.defaults, ...given }
  if (!('limit' in tool.operation.input.shape)) return input
  const { limit = ROWS_DEFAULT } = input
  return { ...input, limit: typeof limit === 'number' ? Math.min(limit, ROWS_MAX) : limit }
}
