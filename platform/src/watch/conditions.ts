// What of a look deserves that somebody is woken. Pure: it remembers nothing and tells nobody.

import type { Look } from './look.ts'

export interface WatchSettings {
  /** A practice whose askings fail for so long is paged, business ms. */
  readonly failingMs: number
  readonly freeBytesMin: number
  /** A backup older than this is overdue, business ms; undefined when none are taken by themselves. */
  readonly backupAgeMsMax: number | undefined
}

export type ConditionKind =
  | 'database-lost'
  | 'sync-failing'
  | 'breaker-open'
  | 'disk-low'
  | 'backup-overdue'

export interface Condition {
  readonly kind: ConditionKind
  /** Of a practice: whose, by our own ids. */
  readonly organization?: string
  readonly practice?: string
  /** Why, as a code of ours. */
  readonly code?: string
}

/** `failingSince`: since when a practice's askings have failed, by `keyOf`. */
export function conditionsOf(
  seen: Look,
  settings: WatchSettings,
  failingSince: ReadonlyMap<string, number>,
  startedAt: number,
): readonly Condition[] {
  const found: Condition[] = []
  if (!seen.database) found.push({ kind: 'database-lost' })
  for (const { ref, progress, breakerOpen } of seen.practices) {
    const code = progress.lastCode
    const since = failingSince.get(keyOf(ref))
    const whose = { ...ref, ...(code === undefined ? {} : { code }) }
    if (since !== undefined && seen.at - since >= settings.failingMs)
      found.push({ kind: 'sync-failing', ...whose })
    if (breakerOpen) found.push({ kind: 'breaker-open', ...whose })
  }
  if (seen.freeBytes !== undefined && seen.freeBytes < settings.freeBytesMin)
    found.push({ kind: 'disk-low' })
  const { backupAgeMsMax } = settings
  // Before the first one, a start counts as one.
  const last = seen.newestBackupAt ?? startedAt
  if (backupAgeMsMax !== undefined && seen.at - last > backupAgeMsMax)
    found.push({ kind: 'backup-overdue' })
  return found
}

export function keyOf(whose: {
  readonly organization?: string
  readonly practice?: string
}): string {
  return `${whose.organization ?? ''}/${whose.practice ?? ''}`
}
