// How long somebody who fails to prove who they are has to wait: longer with each failure, never for
// ever, and never for others elsewhere. Pure arithmetic; the counts are the store's.

import { createHash } from 'node:crypto'

/** Failures are forgotten when there were none for so long, ms. */
export const FORGOTTEN_MS = 24 * 3_600_000

export interface Slowed {
  /** What the count is of, as a hash: an account name or an address says too much. */
  readonly subject: Uint8Array
  /** Failures that cost nothing. */
  readonly free: number
  /** The longest wait, ms. */
  readonly waitMsMax: number
}

/**
 * The counts that an attempt adds to. One account from one source is slowed soonest; an account from
 * everywhere late and briefly, since strangers could keep its owner out; a source for all accounts late.
 */
export function slowedBy(name: string, source: string): readonly Slowed[] {
  return [
    { subject: hashOf('pair', name, source), free: 5, waitMsMax: 15 * 60_000 },
    { subject: hashOf('account', name), free: 50, waitMsMax: 30_000 },
    { subject: hashOf('source', source), free: 50, waitMsMax: 5 * 60_000 },
  ]
}

/** Ms from the last failure until the next attempt is looked at. */
export function waitMs({ free, waitMsMax }: Slowed, failures: number): number {
  if (failures < free) return 0
  return Math.min(waitMsMax, 1_000 * 2 ** Math.min(30, failures - free))
}

function hashOf(...parts: readonly string[]): Uint8Array {
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}
