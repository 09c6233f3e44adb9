// Looks at the installation twice a minute and wakes somebody when that is needed: once when something
// begins, again each hour while it lasts, and once when it is over. What is not taken is tried again.

import { faultOf, type Log } from '../kernel/log.ts'
import { type Condition, conditionsOf, keyOf, type WatchSettings } from './conditions.ts'
import { type Look, type LookPorts, look } from './look.ts'
import type { Notice, Pager } from './pager.ts'

/** Between two looks, on the wall: whoever is woken lives there. */
const LOOK_WALL_MS = 30_000
/** While it lasts it is told again this often, on the wall. */
const STILL_WALL_MS = 60 * 60_000
/** Counting a practice's records costs something, and scrapes come often. */
const FRESH_WALL_MS = 15_000

export interface WatchPorts extends LookPorts {
  readonly log: Log
  /** Undefined: conditions are logged only. */
  readonly pager: Pager | undefined
  readonly installation: string
}

interface Raised {
  readonly condition: Condition
  readonly since: number
  /** When it was told last; undefined until somebody took it. */
  toldAt: number | undefined
}

export interface Watch {
  /** Works until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
  /** One look and what follows from it. */
  once(): Promise<Look>
  /** The last look, or a new one when that is older than a quarter of a minute on the wall. */
  latest(): Promise<Look>
  /** Tells at once, for what nobody will be here to see: the end of the database. */
  lastWords(condition: Condition): Promise<void>
}

export function createWatch(ports: WatchPorts, settings: WatchSettings): Watch {
  const { clock, log } = ports
  const raised = new Map<string, Raised>()
  const failingSince = new Map<string, number>()
  const startedAt = clock.now()
  let last: Look | undefined
  const once = async () => {
    const seen = await look(ports)
    last = seen
    if (seen.database) noteFailing(seen, failingSince)
    const now = conditionsOf(seen, settings, failingSince, startedAt)
    // While nothing can be seen of the practices, nothing of theirs is over.
    await follow(ports, raised, now, seen)
    return seen
  }
  return {
    once,
    latest: async () => {
      const age = clock.now() - (last?.at ?? Number.NEGATIVE_INFINITY)
      if (last === undefined || age >= FRESH_WALL_MS * clock.factor) last = await look(ports)
      return last
    },
    run: async (signal) => {
      while (!signal.aborted) {
        await once()
        await clock.sleep(LOOK_WALL_MS * clock.factor, { signal }).catch(() => undefined)
      }
    },
    lastWords: async (condition) => {
      log.write('error', `watch.${condition.kind}`)
      await tell(ports, { condition, since: clock.now(), toldAt: undefined }, 'raised')
    },
  }
}

function noteFailing(seen: Look, failingSince: Map<string, number>): void {
  const failing = seen.practices.filter(
    ({ state, progress }) => state === 'connected' && progress.lastCode !== undefined,
  )
  const keys = new Set(failing.map(({ ref }) => keyOf(ref)))
  for (const key of failingSince.keys()) if (!keys.has(key)) failingSince.delete(key)
  for (const key of keys) if (!failingSince.has(key)) failingSince.set(key, seen.at)
}

async function follow(
  ports: WatchPorts,
  raised: Map<string, Raised>,
  conditions: readonly Condition[],
  seen: Look,
): Promise<void> {
  const { clock, log } = ports
  const now = new Map(conditions.map((condition) => [nameOf(condition), condition]))
  for (const [name, condition] of now)
    if (!raised.has(name)) {
      log.write('error', `watch.${condition.kind}`, ids(condition))
      raised.set(name, { condition, since: seen.at, toldAt: undefined })
    }
  for (const [name, one] of raised) {
    const unseen = !seen.database && one.condition.practice !== undefined
    const isOver = !now.has(name) && !unseen
    const dueAt = one.toldAt === undefined ? 0 : one.toldAt + STILL_WALL_MS * clock.factor
    if (isOver) {
      log.write('info', `watch.${one.condition.kind}.over`, ids(one.condition))
      // What nobody was told of needs no all-clear.
      if (one.toldAt === undefined || (await tell(ports, one, 'over'))) raised.delete(name)
    } else if (now.has(name) && clock.now() >= dueAt) {
      const told = await tell(ports, one, one.toldAt === undefined ? 'raised' : 'still')
      if (told) one.toldAt = clock.now()
    }
  }
}

/** False when nobody took it. */
async function tell(
  { pager, log, installation }: WatchPorts,
  { condition, since }: Raised,
  state: Notice['state'],
): Promise<boolean> {
  if (pager === undefined) return true
  try {
    await pager({ ...condition, state, since: new Date(since).toISOString(), installation })
    return true
  } catch (thrown) {
    log.write('error', 'watch.page.failed', faultOf(thrown))
    return false
  }
}

function nameOf(condition: Condition): string {
  return `${condition.kind} ${keyOf(condition)}`
}

function ids({ organization, practice }: Condition) {
  return {
    ...(organization === undefined ? {} : { organization }),
    ...(practice === undefined ? {} : { practice }),
  }
}
