// The bulk export room's door: groups, volume, faults and jobs of one sandbox, and the answers to what
// clients ask of them.

import type { Apps } from '../oauth/index.ts'
import type { Random } from '../random.ts'
import type { Draft } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { World } from '../world/index.ts'
import { createBulkFaults } from './faults.ts'
import { createJobs } from './jobs.ts'
import { answerBulk, type BulkRequest, isBulk } from './surface.ts'
import type { BulkGroup, BulkOperator, BulkVolume } from './types.ts'
import { NO_VOLUME } from './volume.ts'

export { bulkRoutes } from './routes.ts'
export {
  BULK_FAULTS,
  type BulkDownload,
  type BulkFault,
  type BulkFile,
  type BulkGroup,
  type BulkJob,
  type BulkOperator,
  type BulkPoll,
  type BulkRule,
  type BulkVolume,
} from './types.ts'

const GROUPS_MAX = 100

export interface Bulk {
  readonly operator: BulkOperator
  /** The answer; undefined when the request is about something else, or at no known practice. */
  answer(
    asked: BulkRequest,
    context: { readonly now: number; readonly build: string },
  ): Draft | undefined
}

export function createBulk(options: {
  readonly publicUrl: string
  readonly random: Random
  readonly switches: Switches
  readonly apps: Apps
  readonly world: World
  readonly groups: ReadonlyMap<string, readonly BulkGroup[]>
}): Bulk {
  const { random, switches, world } = options
  const groups = new Map(options.groups)
  const volumes = new Map<string, BulkVolume>()
  const faults = createBulkFaults(random.stream('faults'))
  const jobs = createJobs({ random: random.stream('jobs'), switches, faults })
  const draws = random.stream('downloads')
  const known = (practice: string) => {
    if (world.practice(practice) === undefined) throw new RangeError(`no practice ${practice}`)
  }
  return {
    operator: {
      setGroups(practice, next) {
        known(practice)
        if (next.length > GROUPS_MAX) throw new RangeError(`more than ${GROUPS_MAX} groups`)
        groups.set(practice, structuredClone(next))
      },
      groups: (practice) => groups.get(practice) ?? [],
      setVolume(practice, volume) {
        known(practice)
        volumes.set(practice, volume)
      },
      script: (rules) => faults.script(rules),
      fired: () => faults.fired(),
      jobs: () => jobs.all(),
    },
    answer(asked, { now, build }) {
      const view = world.practice(asked.code)
      if (view === undefined || !isBulk(asked.request.method, asked.rest)) return undefined
      return answerBulk(asked, {
        ...options,
        view,
        build,
        now,
        groups: groups.get(asked.code) ?? [],
        volume: volumes.get(asked.code) ?? NO_VOLUME,
        jobs,
        faults,
        draw: () => draws.next(),
      })
    },
  }
}
