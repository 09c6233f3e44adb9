// The log as lines of JSON, by pino. Only the fields of the closed list get through, also when a caller
// without types brings others; an Error gives its class and frames, never its message.

import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { ChartwayError } from './errors.ts'
import type { Log, LogFields, LogLevel } from './log.ts'

/** Characters of one text field, and of frames. */
const TEXT_MAX = 200
const FRAMES_MAX = 4_000

const KINDS: Readonly<Record<keyof LogFields, 'text' | 'number' | 'frames'>> = {
  organization: 'text',
  practice: 'text',
  pathway: 'text',
  operation: 'text',
  search: 'text',
  resourceType: 'text',
  lane: 'text',
  method: 'text',
  route: 'text',
  status: 'number',
  code: 'text',
  requestId: 'text',
  actor: 'text',
  count: 'number',
  attempts: 'number',
  durationMs: 'number',
  waitMs: 'number',
  minute: 'number',
  port: 'number',
  version: 'text',
  errorClass: 'text',
  frames: 'frames',
}
const KIND_OF: ReadonlyMap<string, 'text' | 'number' | 'frames'> = new Map(Object.entries(KINDS))

/** Writes to a stream of lines; `time` is the wall's, epoch milliseconds. */
export function pinoLog(options: {
  readonly stream: DestinationStream
  readonly level: LogLevel
}): Log {
  return toLog(pino({ level: options.level, base: null }, options.stream))
}

/** Appends to a file, or writes to standard error for `-`. */
export function fileLog(options: { readonly path: string; readonly level: LogLevel }): Log {
  const stream = destination({ dest: options.path === '-' ? 2 : options.path, mkdir: true })
  // A full disk must not stop the work that is logged; the lines that do not fit are lost.
  stream.on('error', () => {})
  return pinoLog({ stream, level: options.level })
}

function toLog(logger: Logger): Log {
  return {
    write: (level, event, fields = {}) => {
      if (logger.isLevelEnabled(level)) logger[level]({ event: short(event), ...allowed(fields) })
    },
  }
}

/** The part of an Error that may be logged. */
export function errorFields(thrown: unknown): LogFields {
  if (!(thrown instanceof Error)) return { errorClass: typeof thrown }
  return {
    errorClass: thrown.name,
    frames: framesOf(thrown),
    ...(thrown instanceof ChartwayError ? { code: thrown.code } : {}),
  }
}

/** A place in a file, as V8 writes it at the end of a frame. */
const FRAME = /^\s+at .*(:\d+:\d+|<anonymous>)\)?$/

/** The stack behind its message, which may itself look like frames; none when that is not found. */
function framesOf({ stack = '', message }: Error): string {
  const start = stack.indexOf(message)
  if (start < 0) return ''
  const lines = stack.slice(start + message.length).split('\n')
  return lines
    .filter((line) => FRAME.test(line))
    .map((line) => line.trim())
    .join('\n')
}

function allowed(fields: LogFields): Record<string, string | number> {
  const kept: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(fields)) {
    const kind = KIND_OF.get(name)
    if (kind === 'number' && typeof value === 'number') kept[name] = value
    if (kind === 'text' && typeof value === 'string') kept[name] = short(value)
    if (kind === 'frames' && typeof value === 'string') kept[name] = value.slice(0, FRAMES_MAX)
  }
  return kept
}

function short(text: string): string {
  return text.slice(0, TEXT_MAX)
}
