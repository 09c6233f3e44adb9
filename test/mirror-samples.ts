// A mirror over a database of its own, and short ways to say what an answer showed. It checks nothing.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { OrganizationId, PracticeRef } from '../platform/src/kernel/ids.ts'
import { organizationId, practiceId } from '../platform/src/kernel/ids.ts'
import { VirtualClock } from '../platform/src/kernel/virtual-clock.ts'
import {
  createMirror,
  type Mirror,
  type Reader,
  type SeenListing,
  type SeenResource,
} from '../platform/src/mirror/index.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export interface MirrorBench {
  readonly held: TestDatabase
  readonly mirror: Mirror
  readonly clock: VirtualClock
  /** A practice that nobody has used yet. */
  practice(): Promise<PracticeRef>
  close(): Promise<void>
}

export const reader: Reader = { actor: 'key:test', action: 'tests.read' }

/** The clock stands at 1,000,000 and moves only when told to. */
export async function mirrorBench(): Promise<MirrorBench> {
  const clock = new VirtualClock(1_000_000)
  const held = await testDatabase()
  let made = 0
  await held.database.system((tx) =>
    tx.query(`INSERT INTO organizations VALUES ('north', 'North', 0), ('south', 'South', 0)`),
  )
  return {
    held,
    clock,
    mirror: createMirror({ database: held.database, clock }),
    practice: async () => {
      made += 1
      return practiceIn(held, 'north', `p${made}`)
    },
    close: () => held.close(),
  }
}

export async function practiceIn(
  held: TestDatabase,
  organization: string,
  practice: string,
): Promise<PracticeRef> {
  const ref = refOf(organization, practice)
  await held.database.tenant(ref.organization, (tx) =>
    tx.query(
      `INSERT INTO practices (organization_id, practice_id, name, time_zone, dialect, base_url,
         client_id, overrides, state, created_at)
       VALUES ($1, $2, 'Elm', 'America/New_York', 'x', 'http://x', 'c', '{}', 'connected', 0)`,
      [organization, practice],
    ),
  )
  return ref
}

export function refOf(organization: string, practice: string): PracticeRef {
  const ids = { organization: organizationId(organization), practice: practiceId(practice) }
  if (ids.organization === undefined || ids.practice === undefined) throw new Error(practice)
  return { organization: ids.organization as OrganizationId, practice: ids.practice }
}

export function seen(
  type: string,
  id: string,
  rest: Record<string, Json> = {},
  patientId: string | undefined = 'pat',
): SeenResource {
  const resource: Resource & { id: string } = { resourceType: type, id, ...rest }
  return { resource, repairs: [], patientId }
}

/** A complete answer about patient `pat`, unless told otherwise. */
export function answer(
  askedAt: number,
  sightings: readonly SeenResource[],
  rest: Partial<SeenListing> = {},
): SeenListing {
  return {
    pathway: 'fhir',
    search: 'Observation',
    subject: 'pat',
    covers: ['Observation'],
    complete: true,
    askedAt,
    sightings,
    ...rest,
  }
}
