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
export function slowedBy(name: string, address: string): readonly Slowed[] {
  const source = sourceOf(address)
  return [
    { subject: hashOf('pair', name, source), free: 5, waitMsMax: 15 * 60_000 },
    { subject: hashOf('account', name), free: 50, waitMsMax: 30_000 },
    { subject: hashOf('source', source), free: 50, waitMsMax: 5 * 60_000 },
  ]
}

/** Whoever has one IPv6 address has the other 2^64 of its network, too (RFC 4291, 2.5.4). */
function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const between = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  const network = [...first, ...(tail === undefined ? [] : between), ...last].slice(0, 4)
  return network.map((group) => group.toLowerCase().replace(/^0+(?=.)/, '')).join(':')
}

/** Ms from the last failure until the next attempt is looked at. */
export function waitMs({ free, waitMsMax }: Slowed, failures: number): number {
  if (failures < free) return 0
  return Math.min(waitMsMax, 1_000 * 2 ** Math.min(30, failures - free))
}

function hashOf(...parts: readonly string[]): Uint8Array {
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}
