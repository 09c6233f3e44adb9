// The mirror's door: the practice's data as we know it, every change of it in order, and how old it is.

import { isId } from '@chartway/codecs/fhir'
import type { Database } from '../db/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { applyAbsence, applyAnswers } from './apply.ts'
import { cursorAfter, idInCursor } from './cursor.ts'
import { FOUND_BY_VERSION } from './found-by.ts'
import { pointReads } from './reading/point-reads.ts'
import { openSearching } from './reading/search.ts'
import { openReading } from './reading/store.ts'
import { dropBatch, type Retention, readRetention, writeRetention } from './retention.ts'
import { answerOf } from './seen.ts'
import { openStore } from './store.ts'
import type { Mirror } from './types.ts'
import { vouch } from './vouch.ts'

export {
  FOUND_BY,
  isFoundBy,
  storedText,
  storedToken,
  TOKEN_PART,
  ZONE_MS_MAX,
} from './found-by.ts'
export type {
  Alternative,
  Candidates,
  Condition,
  Examined,
  Place,
  State,
  Visitor,
} from './search-types.ts'
export type {
  ApplyResult,
  Change,
  ExpectedQuestion,
  FreshnessRow,
  Mirror,
  Mirrored,
  Page,
  Reader,
  RepairNote,
  Retention,
  SeenListing,
  SeenResource,
} from './types.ts'

export function createMirror(ports: {
  readonly database: Database
  readonly clock: Clock
}): Mirror {
  const { database, clock } = ports
  return { ...writing(database, clock), ...reading(database, clock), ...keeping(database, clock) }
}

type Writing =
  | 'expect'
  | 'unexpect'
  | 'vouch'
  | 'retire'
  | 'deletedOf'
  | 'listedOf'
  | 'apply'
  | 'applyRead'

function writing(database: Database, clock: Clock): Pick<Mirror, Writing> {
  return {
    async expect({ organization, practice }, questions) {
      if (questions.length === 0) return
      await database.tenant(organization, async (tx) => {
        const store = openStore(tx, practice)
        await Promise.all([store.noteListings(questions), store.noteCompletions(questions)])
      })
    },
    async unexpect({ organization, practice }, questions) {
      if (questions.length === 0) return
      await database.tenant(organization, (tx) => openStore(tx, practice).markNotServed(questions))
    },
    async vouch({ organization, practice }, questions, asOf) {
      if (questions.length === 0) return []
      return database.tenant(organization, (tx) => vouch(tx, practice, { questions, asOf }))
    },
    async retire({ organization, practice }, questions) {
      if (questions.length === 0) return
      await database.tenant(organization, (tx) => openStore(tx, practice).retire(questions))
    },
    async deletedOf({ organization, practice }, references) {
      if (references.length === 0) return []
      return database.tenant(organization, (tx) => openStore(tx, practice).deletedOf(references))
    },
    async listedOf({ organization, practice }, references) {
      if (references.length === 0) return []
      return database.tenant(organization, (tx) => openStore(tx, practice).listedOf(references))
    },
    apply({ organization, practice }, listings) {
      const answers = listings.map((listing) => answerOf(listing, true))
      return database.tenant(organization, (tx) =>
        applyAnswers(openStore(tx, practice), answers, clock.now()),
      )
    },
    applyRead({ organization, practice }, answer, how) {
      return database.tenant(organization, (tx) => {
        const store = openStore(tx, practice)
        if (answer.kind === 'absent')
          return applyAbsence(store, answer, { ...how, at: clock.now() })
        const { seen, askedAt } = answer
        const subject = seen.resource.id
        const one = { ...how, subject, covers: [], askedAt, complete: true, sightings: [seen] }
        return applyAnswers(store, [answerOf(one, false)], clock.now())
      })
    },
  }
}

type Keeping = 'retention' | 'retain' | 'dropOld'
/** How long a practice's retention is believed, and of how many practices it is remembered. */
const RETENTION_BELIEVED_MS = 5_000
const RETENTIONS_MAX = 10_000

function keeping(database: Database, clock: Clock): Pick<Mirror, Keeping> {
  const known = new Map<string, { readonly at: number; readonly retention: Retention }>()

  async function dropOld({ organization, practice }: PracticeRef): Promise<number> {
    for (let dropped = 0; ; ) {
      const batch = await database.tenant(organization, async (tx) => {
        const retention = await readRetention(tx, practice)
        return dropBatch(tx, practice, { retention, now: clock.now() })
      })
      dropped += batch.dropped
      if (!batch.more) return dropped
    }
  }

  return {
    dropOld,
    async retention({ organization, practice }) {
      const name = `${organization} ${practice}`
      const remembered = known.get(name)
      const at = clock.now()
      const age = at - (remembered?.at ?? Number.NEGATIVE_INFINITY)
      if (remembered !== undefined && age >= 0 && age < RETENTION_BELIEVED_MS)
        return remembered.retention
      const retention = await database.tenant(organization, (tx) => readRetention(tx, practice))
      if (known.size >= RETENTIONS_MAX) known.clear()
      known.set(name, { at, retention })
      return retention
    },
    async retain(ref, retention) {
      const { organization, practice } = ref
      await database.tenant(organization, (tx) =>
        writeRetention(tx, practice, { retention, version: FOUND_BY_VERSION }),
      )
      known.delete(`${organization} ${practice}`)
      await dropOld(ref)
    },
  }
}

function reading(database: Database, clock: Clock): Omit<Mirror, Writing | Keeping> {
  const store = openReading(database, clock)
  return {
    ...openSearching(database, clock),
    read: pointReads(store),
    async list(ref, query, reader) {
      const { type, patientId, unrestricted = false, after, limit } = query
      const list = { practice: ref.practice, type, patientId }
      const afterId = after === undefined ? '' : idInCursor(list, after)
      const asked = { type, patientId, unrestricted, afterId, limit }
      const { items, more } = await store.list(ref, asked, reader)
      const last = items.at(-1)
      const next = more && last !== undefined ? cursorAfter(list, last.id) : undefined
      return { items, next }
    },
    changes: store.changes,
    lastSequence: store.lastSequence,
    freshness: store.freshness,
    counts: store.counts,
    isRestrictedWith: store.isRestrictedWith,
    async unknownOf(ref, references) {
      const wanted = [...new Set(references)].flatMap((reference) => {
        const [type = '', id = '', ...more] = reference.split('/')
        return more.length === 0 && isId(id) ? [{ type, id }] : []
      })
      return wanted.length === 0 ? [] : store.unknownOf(ref, wanted)
    },
  }
}
