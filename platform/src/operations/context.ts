// What an operation is handed: the rooms below, the caller, and the request's id. Faces make one per
// request; it holds nothing that lives longer except two short memories: of an organization's
// practices, and of the latest refusals.

import type { Gate } from '../gate/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ChartwayError } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Principal } from '../kernel/principal.ts'
import type { Launches } from '../launches/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Mirror, Reader } from '../mirror/index.ts'
import type { People } from '../people/index.ts'
import type { NewPractice, Practices } from '../practice/index.ts'
import type { SyncView } from '../sync/index.ts'
import type { Charts } from './charts.ts'
import { PracticeDirectory } from './practice-directory.ts'
import { Refusals } from './refusals.ts'

/** What connecting a practice asks of its pathway, without anything being sent. */
export interface ConnectionRules {
  /** The first thing that is wrong with the settings, with its position. */
  problem(settings: Settings): ChartwayError | undefined
  /** Sentences on what is only unusual. */
  notes(settings: Settings): readonly string[]
}

type Settings = Pick<NewPractice, 'baseUrl' | 'dialect' | 'overrides'>

/** The rooms below, handed in once by the composition. */
export interface Rooms {
  readonly practices: Practices
  readonly people: People
  readonly mirror: Mirror
  readonly gate: Gate
  readonly sync: SyncView
  readonly launches: Launches
  readonly ledger: Ledger
  readonly clock: Clock
  readonly connections: ConnectionRules
}

export interface Context extends Rooms {
  readonly directory: PracticeDirectory
  readonly refusals: Refusals
  /** Undefined when nobody was named; a wrong key or session never comes this far. */
  readonly principal: Principal | undefined
  readonly requestId: string
  /** The network address it came from; empty where a face has none. */
  readonly source: string
  /** The session of a person who signed in; undefined for programs. */
  readonly sessionId: string | undefined
}

/** Where a request came from, beside who sent it. */
export type From = Partial<Pick<Context, 'source' | 'sessionId'>>

export interface KeyedContext extends Context {
  readonly principal: Principal
  /** The caller's view of patients' records; operations read them through nothing else. */
  readonly charts: Charts
}

/** The practice that an input names, or the only one the caller sees. Throws as the directory does. */
export function practiceOf(
  { directory, principal }: KeyedContext,
  named: string | undefined,
): Promise<PracticeRef> {
  return directory.choose(principal.organization, named, principal.practices)
}

/** Makes contexts over one set of rooms. */
export function contexts(
  rooms: Rooms,
): (principal: Principal | undefined, requestId: string, from?: From) => Context {
  const directory = new PracticeDirectory(rooms.practices, rooms.clock)
  const refusals = new Refusals(rooms.ledger, rooms.clock)
  return (principal, requestId, { source = '', sessionId } = {}) => ({
    ...rooms,
    ...{ directory, refusals, principal, requestId, source, sessionId },
  })
}

/** Who acts, as the ledger names the caller. */
export function actorOf(context: KeyedContext): string {
  return context.principal.actor
}

/** Who reads, for the access ledger. */
export function readerOf(context: KeyedContext, action: string): Reader {
  return { actor: actorOf(context), action }
}
