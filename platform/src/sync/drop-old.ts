// Has the mirror drop what has become too old to be kept, now and then. Several processes may do so at
// once: what is dropped is dropped.

import type { Clock } from '../kernel/clock.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Mirror } from '../mirror/index.ts'

/** Business ms between two looks at one practice. */
const EVERY_MS = 3_600_000
/** Practices whose last look is remembered; all are forgotten together. */
const PRACTICES_MAX = 100_000

/** Gives what is to be called for each practice, often. */
export function droppingOld(
  mirror: Pick<Mirror, 'dropOld'>,
  clock: Clock,
): (ref: PracticeRef) => Promise<void> {
  const lookedAt = new Map<string, number>()
  return async (ref) => {
    const name = `${ref.organization} ${ref.practice}`
    const at = clock.now()
    if (at - (lookedAt.get(name) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
    if (lookedAt.size >= PRACTICES_MAX) lookedAt.clear()
    lookedAt.set(name, at)
    await mirror.dropOld(ref)
  }
}
