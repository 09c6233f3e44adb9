// Puts the rooms together. The only file that knows every room; it reads no environment and opens no
// socket, so that a process, a test and a simulation are put together the same way.

import type { Database } from './db/index.ts'
import { type ConsoleFiles, registerConsole } from './faces/console/index.ts'
import { createHttpFace } from './faces/http/index.ts'
import { createGate, type Gate } from './gate/index.ts'
import { type Clock, wallClock } from './kernel/clock.ts'
import type { Log } from './kernel/log.ts'
import type { Network } from './kernel/network.ts'
import type { Random } from './kernel/random.ts'
import { createLaunches } from './launches/index.ts'
import { createLedger } from './ledger/index.ts'
import { createMirror, type Mirror } from './mirror/index.ts'
import type { Rooms } from './operations/index.ts'
import type { OpenPathway } from './pathways/contract.ts'
import { openFhir, settingsNotes, settingsProblem } from './pathways/fhir/index.ts'
import { createPeople, type People } from './people/index.ts'
import { createPractices, type Practice, type Practices } from './practice/index.ts'
import { createSync, type SweepSettings, type Sync } from './sync/index.ts'

export interface PlatformPorts {
  readonly database: Database
  readonly network: Network
  readonly clock: Clock
  /** The clock that people live by; by default the business clock, or the wall's when that is scaled. */
  readonly wall?: Clock
  readonly random: Random
  readonly log: Log
  /** The installation's key, 32 bytes: wraps every organization's data key. */
  readonly masterKey: Uint8Array
  /** Names this process among those that share the database; the same after its restart. */
  readonly instance: string
  /** Where callers reach this installation, without a slash at the end. */
  readonly publicUrl: string
  readonly sweep?: Partial<SweepSettings>
  /** Where the console's build stands; undefined: no console is served. */
  readonly console?: Omit<ConsoleFiles, 'random'> | undefined
  /** How many requests one caller may send in a minute; undefined: as many as it likes. */
  readonly requestsAMinute?: number | undefined
}

export interface Platform {
  readonly practices: Practices
  readonly people: People
  readonly mirror: Mirror
  readonly gate: Gate
  readonly sync: Sync
  /** What operations are handed. */
  readonly rooms: Rooms
  /** The HTTP face, not yet listening. */
  readonly face: ReturnType<typeof createHttpFace>
}

export function composePlatform(ports: PlatformPorts): Platform {
  const { database, network, clock, random, log } = ports
  const practices = createPractices({ database, clock, random, masterKey: ports.masterKey })
  const ledger = createLedger(database)
  const wall = ports.wall ?? (clock.factor === 1 ? clock : wallClock())
  const people = createPeople({
    ...{ database, network, practices, ledger, clock, wall, random },
    publicUrl: ports.publicUrl,
  })
  const gate = createGate({
    ...{ database, network, clock, log },
    held: async (organization) => (await practices.hold(organization)) !== undefined,
  })
  const mirror = createMirror({ database, clock })
  const open = pathwaysOf({ practices, gate, clock, random })
  const sync = createSync({
    database,
    practices,
    mirror,
    gate,
    clock,
    log,
    open,
    instance: ports.instance,
    ...(ports.sweep === undefined ? {} : { sweep: ports.sweep }),
  })
  const launches = createLaunches({
    ...{ database, practices, gate, ledger, clock, random, open, publicUrl: ports.publicUrl },
  })
  const rooms: Rooms = {
    ...{ practices, people, mirror, gate, sync, launches, ledger, clock },
    connections: { problem: settingsProblem, notes: settingsNotes },
  }
  const face = createHttpFace({
    ...{ ...rooms, log, random, publicUrl: ports.publicUrl },
    ...{ requestsAMinute: ports.requestsAMinute, wallNow: () => wall.now() },
  })
  if (ports.console !== undefined) registerConsole(face, { ...ports.console, random })
  return { practices, people, mirror, gate, sync, rooms, face }
}

/**
 * Token calls name no practice: the vendor may count one in the minute of every practice that has
 * activated the application [G]. Each practice leaves so many calls a minute to each other one that
 * shares its application; a token lasts for four minutes, so this holds with repeats.
 */
const TOKEN_CALLS_A_MINUTE = 2

/** One open pathway per practice and settings, so that everybody who asks there shares its token. */
function pathwaysOf(ports: {
  readonly practices: Practices
  readonly gate: Gate
  readonly clock: Clock
  readonly random: Random
}): (practice: Practice) => OpenPathway {
  const opened = new Map<string, Opened>()
  const sharing = (application: string) =>
    [...opened.values()].filter((other) => other.application === application).length
  return (practice) => {
    const { ref, baseUrl, clientId, dialect, timeZone, overrides } = practice
    const key = `${ref.organization} ${ref.practice}`
    const settings = JSON.stringify([baseUrl, clientId, dialect, timeZone, overrides])
    const current = opened.get(key)
    if (current?.settings === settings) return current.pathway
    const application = `${ref.organization} ${clientId}`
    const keptFree = () => TOKEN_CALLS_A_MINUTE * Math.max(0, sharing(application) - 1)
    const pathway = openFhir(
      { baseUrl, clientId, dialect, timeZone, overrides },
      {
        call: ports.gate.callFor(ref, { keptFree }),
        clock: ports.clock,
        random: ports.random,
        sign: (claims, algorithm) => ports.practices.sign(ref.organization, claims, algorithm),
      },
    )
    opened.set(key, { application, settings, pathway })
    return pathway
  }
}

interface Opened {
  /** Organization and client id: who the vendor's authorization server thinks is asking. */
  readonly application: string
  readonly settings: string
  readonly pathway: OpenPathway
}
