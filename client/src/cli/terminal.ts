// What a command is handed instead of a process: where it writes, where it runs, and its ways out.

import type { Client } from '../client.ts'
import type { Fetch, Wait } from '../network.ts'

export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Standard input, line by line. */
  input(): AsyncIterable<string>
  /** True when a person watches: bars are drawn only then. */
  readonly terminal: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly fetch: Fetch
  readonly wait: Wait
  readonly signal: AbortSignal
}

/** A command's surroundings, once its address and key are known. */
export interface Run {
  readonly terminal: Terminal
  readonly client: Client
  readonly url: string
  readonly key: string | undefined
  /** Print JSON, for programs: one value, or one a line where the answer has no end. */
  readonly json: boolean
  readonly practice: string | undefined
}

export function line(run: Run, text: string): void {
  run.terminal.out(`${text}\n`)
}

export function json(run: Run, value: unknown): void {
  run.terminal.out(`${JSON.stringify(value)}\n`)
}
