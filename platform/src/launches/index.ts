// The launches room's door: people's sign-ins at the vendor, from the browser's way there to the use
// of what they allowed. Its table: launches. It knows pathways by their contract alone.

import type { Ledger } from '../ledger/index.ts'
import { heldAt, readWith } from './access.ts'
import { ANSWER_SECONDS, journeys } from './journey.ts'
import { eventOf, type Parts, putSecret } from './parts.ts'
import { createStore, type Database, type HeldLaunch } from './store.ts'
import type { Launch, Launches } from './types.ts'

export type { Departure, Launch, Launches, LaunchQuery, LaunchState } from './types.ts'

export type LaunchPorts = Omit<Parts, 'store' | 'ledger'> & {
  readonly database: Database
  readonly ledger: Pick<Ledger, 'append'>
}

export function createLaunches({ database, ...ports }: LaunchPorts): Launches {
  const parts: Parts = { ...ports, store: createStore(database) }
  const { store, clock } = parts
  const journey = journeys(parts)
  const shown = (held: HeldLaunch) => shownAt(held, clock.now())
  return {
    answerSeconds: ANSWER_SECONDS,
    ...journey,
    arrive: async (answer) => shown(await journey.arrive(answer)),
    list: async (ref, query) => (await store.list(ref, query)).map(shown),
    read: async (ref, launchId) => {
      const held = await heldAt(parts, { ref, launchId })
      return held && shown(held)
    },
    end: (ref, launchId, actor) => {
      const event = eventOf(parts, { ref, launchId }, { actor, action: 'launches.end' })
      const from = { states: ['begun', 'redeeming', 'active', 'needs-launch'] } as const
      return store.leave({ ref, launchId }, { state: 'ended', code: undefined }, from, event)
    },
    resource: (ref, launchId, what, reader) => readWith(parts, { ref, launchId }, what, reader),
    setSecret: (ref, secret, actor) => putSecret(parts, ref, secret, actor),
  }
}

/** Without what only this room knows. A launch whose person never came back is over. */
function shownAt(held: HeldLaunch, now: number): Launch {
  const { launchId, ref, kind, code, startedBy, scopes, person, patient, encounter } = held
  const { needsBanner, refreshable, begunAt, completedAt, accessExpiresAt, endedAt } = held
  const isLate = held.state === 'begun' && now >= held.answerUntil
  return {
    ...{ launchId, ref, kind, startedBy, scopes, person, patient, encounter, needsBanner },
    ...{ refreshable, begunAt, completedAt, accessExpiresAt, endedAt },
    state: isLate ? 'ended' : held.state,
    code: isLate ? 'LAUNCH_STATE_INVALID' : code,
  }
}
