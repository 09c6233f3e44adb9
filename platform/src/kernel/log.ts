// The log that cannot leak: an event has a name and typed fields from a closed list, and a field
// that is not on the list does not compile. Free text never enters it.

import type { ErrorCode } from './errors.ts'

/** Everything a log line may carry. Ids of our own making, counts, times, codes. */
export interface LogFields {
  readonly organization?: string
  readonly practice?: string
  readonly pathway?: string
  readonly operation?: string
  readonly search?: string
  readonly resourceType?: string
  readonly lane?: string
  readonly method?: string
  readonly route?: string
  readonly status?: number
  readonly code?: ErrorCode
  readonly requestId?: string
  readonly actor?: string
  readonly count?: number
  readonly attempts?: number
  readonly durationMs?: number
  readonly waitMs?: number
  readonly minute?: number
  readonly port?: number
  readonly version?: string
  /** Name of an Error's class and the frames of its stack, without its message. */
  readonly errorClass?: string
  readonly frames?: string
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Log {
  write(level: LogLevel, event: string, fields?: LogFields): void
}

export const silentLog: Log = { write: () => {} }

/** Frames of a stack that a log line keeps. */
const FRAMES_MAX = 8

/** What may be logged of a thrown value: its class and where it came from, never its message. */
export function faultOf(thrown: unknown): Pick<LogFields, 'errorClass' | 'frames'> {
  if (!(thrown instanceof Error)) return { errorClass: typeof thrown }
  const frames = (thrown.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return { errorClass: thrown.name, frames: frames.slice(0, FRAMES_MAX).join('\n') }
}
