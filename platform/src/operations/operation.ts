// What an operation is: a name, what it needs, what goes in and comes out, which errors it may end
// with, and how it runs. Faces are printed from this; nothing here knows of HTTP.

import type { z } from 'zod'
import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import type { Principal, Right } from '../kernel/principal.ts'
import { Charts } from './charts.ts'
import type { Context, KeyedContext } from './context.ts'

/** The right a caller needs. `none`: anybody may, without any credential. `any`: any known caller. */
export type Need = Right | 'any' | 'none'

/** An answer whose JSON was written by hand, because it holds stored text that is not parsed again. */
export class Written {
  readonly text: string
  /** Changes when the content does; undefined when the answer has no version of its own. */
  readonly version: number | undefined
  /** Epoch ms at which the practice last said so; undefined when it never completely did. */
  readonly asOf: number | undefined

  constructor(text: string, of: { readonly version?: number; readonly asOf?: number | undefined }) {
    this.text = text
    this.version = of.version
    this.asOf = of.asOf
  }
}

/** The first thing that is wrong with an input: which field, and the rule it breaks; never its value. */
export class InputProblem extends ChartwayError {
  readonly field: string
  /** True when the field has a closed list of values and this is none of them. */
  readonly notListed: boolean

  constructor(field: string, rule: string, notListed = false) {
    super('INPUT_INVALID', { details: { rule } })
    this.field = field
    this.notListed = notListed
  }
}

/** An operation as faces see it. */
export interface Operation {
  /** `things.act`; stands in the ledger, in the OpenAPI and in the log. */
  readonly name: string
  readonly summary: string
  readonly need: Need
  readonly input: z.ZodObject
  readonly output: z.ZodType
  /** Codes of its own, beside those that every operation with its need may end with. */
  readonly errors: readonly ErrorCode[]
  /**
   * Checks the caller's right (a refusal is recorded), then the input, then runs. Gives a value of the
   * output schema, or its JSON text. Throws KEY_MISSING, RIGHT_MISSING, InputProblem and the operation's
   * own errors.
   */
  invoke(context: Context, raw: unknown): Promise<unknown>
}

interface Definition<I extends z.ZodObject, O extends z.ZodType, C>
  extends Omit<Operation, 'invoke' | 'need' | 'errors'> {
  readonly input: I
  readonly output: O
  readonly errors?: readonly ErrorCode[]
  run(context: C, input: z.output<I>): Promise<z.input<O> | Written>
}

/** An operation that needs a caller with the given right. */
export function operation<I extends z.ZodObject, O extends z.ZodType>(
  definition: Definition<I, O, KeyedContext> & { readonly need: Exclude<Need, 'none'> },
): Operation {
  return {
    ...definition,
    errors: definition.errors ?? [],
    invoke: async (context, raw) => {
      const principal = await allowed(context, definition)
      const charts = new Charts(context.mirror, principal)
      return definition.run({ ...context, principal, charts }, parsed(definition.input, raw))
    },
  }
}

/** An operation that anybody may call. */
export function publicOperation<I extends z.ZodObject, O extends z.ZodType>(
  definition: Definition<I, O, Context>,
): Operation {
  return {
    ...definition,
    need: 'none',
    errors: definition.errors ?? [],
    invoke: async (context, raw) => definition.run(context, parsed(definition.input, raw)),
  }
}

async function allowed(
  { principal, refusals }: Context,
  { name, need }: { readonly name: string; readonly need: Need },
): Promise<Principal> {
  if (principal === undefined) throw new ChartwayError('KEY_MISSING')
  if (need === 'any' || need === 'none' || principal.rights.includes(need)) return principal
  await refusals.record(principal, name, 'RIGHT_MISSING')
  throw new ChartwayError('RIGHT_MISSING', { details: { right: need } })
}

function parsed<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  if (issue === undefined) throw new InputProblem('', 'does not fit')
  if (issue.code === 'unrecognized_keys')
    throw new InputProblem(issue.keys[0] ?? '', 'there is no such field')
  throw new InputProblem(
    issue.path.map(String).join('/'),
    issue.message,
    issue.code === 'invalid_value',
  )
}
