// Whether anything may go out to an organization's practices: not after a restore, until an operator has
// confirmed it. What may go out is believed for a moment only; what is held is looked at each time.

import type { Clock } from '../../kernel/clock.ts'
import type { OrganizationId } from '../../kernel/ids.ts'
import type { Practices } from '../types.ts'
import { createHoldStore, type Database } from './store.ts'

/** How long it is believed that nothing is held, wall ms. */
const BELIEVED_WALL_MS = 1_000
/** Organizations that are remembered. */
const KEPT_MAX = 10_000

export type Holds = Pick<Practices, 'hold' | 'anyHold' | 'releaseHold'>

/** Holds for the operator of the installation, who stands above its organizations. */
export function createPracticeHolds(options: {
  readonly database: Database
  readonly clock: Clock
}): { releaseAll(actor: string): Promise<readonly OrganizationId[]> } {
  const store = createHoldStore(options.database)
  const holds = createHolds(options)
  return {
    releaseAll: async (actor) => {
      const released: OrganizationId[] = []
      for (const organization of await store.held())
        if ((await holds.releaseHold(organization, actor)) !== undefined)
          released.push(organization)
      return released
    },
  }
}

export function createHolds(options: {
  readonly database: Database
  readonly clock: Clock
}): Holds {
  const { clock } = options
  const store = createHoldStore(options.database)
  const free = new Map<OrganizationId, number>()
  return {
    hold: async (organization) => {
      const age = clock.now() - (free.get(organization) ?? Number.NEGATIVE_INFINITY)
      if (age >= 0 && age < BELIEVED_WALL_MS * clock.factor) return undefined
      const asked = clock.now()
      const hold = await store.one(organization)
      if (free.size >= KEPT_MAX) free.clear()
      if (hold === undefined) free.set(organization, asked)
      else free.delete(organization)
      return hold
    },
    anyHold: () => store.any(),
    releaseHold: (organization, actor) =>
      store.release(organization, {
        at: clock.now(),
        actor,
        action: 'outbound.release',
        outcome: 'success',
      }),
  }
}
