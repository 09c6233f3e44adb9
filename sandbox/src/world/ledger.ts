// The ground-truth ledger: what changed, when it became true and when the surfaces show it. It only
// grows. It holds hashes, never content.

import { createHash } from 'node:crypto'
import { canonicalContent, canonicalize, type Resource } from '@chartway/codecs/fhir'
import type { LedgerEntry } from './types.ts'

export interface Ledger {
  /** Numbers the entry (gap-free from 1) and keeps it. */
  append(entry: Omit<LedgerEntry, 'sequence'>): LedgerEntry
  /** Entries with `sequence` greater than `after`, in order. */
  since(after: number): Iterable<LedgerEntry>
  /** SHA-256, hex, over the canonical entries so far, one per line. */
  hash(): string
}

export function createLedger(): Ledger {
  const entries: LedgerEntry[] = []
  const running = createHash('sha256')
  return {
    append(entry) {
      const numbered: LedgerEntry = { sequence: entries.length + 1, ...entry }
      entries.push(numbered)
      running.update(`${canonicalize({ ...numbered })}\n`)
      return numbered
    },
    since: (after) => entries.slice(Math.max(0, after)),
    hash: () => running.copy().digest('hex'),
  }
}

/** SHA-256, hex, of the resource's canonical content (RFC 8785, without volatile members). */
export function contentHash(resource: Resource): string {
  return createHash('sha256').update(canonicalContent(resource)).digest('hex')
}
