// What an operation is: a name, what it needs, what goes in and comes out, which errors it may end
// with, and how it runs. Faces are printed from this; nothing here knows of HTTP.

import type { z } from 'zod'
import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'
import type { Principal, Right } from '../kernel/principal.ts'
import { seesType } from '../people/index.ts'
import { Charts } from './charts.ts'
import type { Context, KeyedContext } from './context.ts'

/** The right a caller needs. `none`: anybody may, without any credential. `any`: any known caller. */
export type Need = Right | 'any' | 'none'

/** An answer whose JSON was written by hand, because it holds stored text that is not parsed again. */
export class Written {
  readonly text: string
  /** Changes when the content does; undefined when the answer has no version of its own. */
  readonly version: number | undefined
  /** As `version`, of what is made from several resources: changes with any of them. */
  readonly tag: string | undefined
  /** Epoch ms at which the practice last said so; undefined when it never completely did. */
  readonly asOf: number | undefined

  constructor(
    text: string,
    of: { readonly version?: number; readonly tag?: string; readonly asOf?: number | undefined },
  ) {
    this.text = text
    this.version = of.version
    this.tag = of.tag
    this.asOf = of.asOf
  }
}

/** An answer that begins a session, or ends the one that asked: a face of the web keeps its text. */
export class SessionAnswer {
  readonly body: unknown
  /** The text of the session and when it ends, epoch ms; undefined when there is none any more. */
  readonly session: { readonly text: string; readonly expiresAt: number } | undefined

  constructor(body: unknown, session: SessionAnswer['session']) {
    this.body = body
    this.session = session
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
  /** A person must have proved who they are in the last 15 minutes. */
  readonly fresh: boolean
  /** The FHIR type whose records it shows, when it is one. */
  readonly type?: string
  readonly input: z.ZodObject
  readonly output: z.ZodType
  /** Codes of its own, beside those that every operation with its need may end with. */
  readonly errors: readonly ErrorCode[]
  /**
   * Checks the caller's right and freshness (a refusal is recorded), then the input, then runs. Gives a
   * value of the output schema, its JSON text, or a SessionAnswer. Throws KEY_MISSING, RIGHT_MISSING,
   * AUTHENTICATION_STALE, InputProblem and the operation's own errors.
   */
  invoke(context: Context, raw: unknown): Promise<unknown>
}

interface Definition<I extends z.ZodObject, O extends z.ZodType, C>
  extends Omit<Operation, 'invoke' | 'need' | 'fresh' | 'errors'> {
  readonly input: I
  readonly output: O
  readonly fresh?: boolean
  readonly errors?: readonly ErrorCode[]
  run(context: C, input: z.output<I>): Promise<z.input<O> | Written | SessionAnswer>
}

/** An operation that needs a caller with the given right. */
export function operation<I extends z.ZodObject, O extends z.ZodType>(
  definition: Definition<I, O, KeyedContext> & { readonly need: Exclude<Need, 'none'> },
): Operation {
  const { fresh = false } = definition
  return {
    ...definition,
    fresh,
    errors: [...(definition.errors ?? []), ...(fresh ? (['AUTHENTICATION_STALE'] as const) : [])],
    invoke: async (context, raw) => {
      const principal = await allowed(context, { ...definition, fresh })
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
    fresh: false,
    errors: definition.errors ?? [],
    invoke: async (context, raw) => definition.run(context, parsed(definition.input, raw)),
  }
}

/** Whether the caller may call it and be shown anything: by right, and by the type it shows. */
export function mayCall({ rights, charts }: Principal, { need, type }: Operation): boolean {
  return mayDo(rights, need) && (type === undefined || seesType(charts, type))
}

/** Whether a caller with these rights may do what has this need. */
export function mayDo(rights: readonly Right[], need: Need): boolean {
  return need === 'any' || need === 'none' || rights.includes(need)
}

async function allowed(
  { principal, refusals, people }: Context,
  { name, need, fresh }: Pick<Operation, 'name' | 'need' | 'fresh'>,
): Promise<Principal> {
  if (principal === undefined) throw new ChartwayError('KEY_MISSING')
  if (!mayDo(principal.rights, need)) {
    await refusals.record(principal, name, 'RIGHT_MISSING')
    throw new ChartwayError('RIGHT_MISSING', { details: { right: need } })
  }
  if (fresh && !people.isFresh(principal)) {
    await refusals.record(principal, name, 'AUTHENTICATION_STALE')
    throw new ChartwayError('AUTHENTICATION_STALE', { retry: 'after-login' })
  }
  return principal
}

/** Levels of an input; the deepest of ours, a set of keys, has four. */
const LEVELS_MAX = 16

/** Throws for what no schema sees: text that cannot be stored, and more levels than can be walked. */
function assertPlain(raw: unknown): void {
  let level: unknown[] = [raw]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LEVELS_MAX) throw new InputProblem('', 'has too many levels')
    if (level.some((value) => typeof value === 'string' && value.includes('\0')))
      throw new InputProblem('', 'a text has a character that no text has')
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null
        ? [...Object.keys(value), ...Object.values(value)]
        : [],
    )
  }
}

function parsed<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  assertPlain(raw)
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
