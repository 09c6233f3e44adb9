// What an operation is handed: the rooms below, the caller, and the request's id. Faces make one per
// request; it holds nothing that lives longer except two short memories: of an organization's
// practices, and of the latest refusals.

import type { Gate } from '../gate/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ChartwayError } from '../kernel/errors.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Mirror, Reader } from '../mirror/index.ts'
import type { NewPractice, Practices, Principal } from '../practice/index.ts'
import type { SyncView } from '../sync/index.ts'
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
  readonly mirror: Mirror
  readonly gate: Gate
  readonly sync: SyncView
  readonly ledger: Pick<Ledger, 'append'>
  readonly clock: Clock
  readonly connections: ConnectionRules
}

export interface Context extends Rooms {
  readonly directory: PracticeDirectory
  readonly refusals: Refusals
  /** Undefined when no key was sent; a wrong key never comes this far. */
  readonly principal: Principal | undefined
  readonly requestId: string
}

export interface KeyedContext extends Context {
  readonly principal: Principal
}

/** Makes contexts over one set of rooms. */
export function contexts(
  rooms: Rooms,
): (principal: Principal | undefined, requestId: string) => Context {
  const directory = new PracticeDirectory(rooms.practices, rooms.clock)
  const refusals = new Refusals(rooms.ledger, rooms.clock)
  return (principal, requestId) => ({ ...rooms, directory, refusals, principal, requestId })
}

/** Who acts, as the ledger names a caller with a key. */
export function actorOf(context: KeyedContext): string {
  return `key:${context.principal.keyId}`
}

/** Who reads, for the access ledger. */
export function readerOf(context: KeyedContext, action: string): Reader {
  return { actor: actorOf(context), action }
}
