// Searches the mirror and reads older states of it, and leaves the access in the ledger within the same
// transaction. Candidates are shown to a visitor one by one; what matches is not known here.

import type { Database, Row, TenantTx } from '../../db/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import { appendAccess } from '../../ledger/index.ts'
import { goThroughOlder } from '../found-by-rows.ts'
import type { Candidates, Examined, Place, Searching, State, Visitor } from '../search-types.ts'
import type { Reader } from '../types.ts'
import {
  CANDIDATES,
  CANDIDATES_BY_ID,
  CANDIDATES_OF_PATIENTS,
  candidatesChanged,
  candidatesFoundBy,
  VERSION,
  VERSIONS,
  VERSIONS_OF_TYPE,
} from './search-statements.ts'
import { AS_OF_ALL } from './statements.ts'
import { accessEvent, type MirroredFound, mirroredOf } from './store.ts'

/** Candidates fetched at once: a few at first, then as many as make so many characters. */
const BATCH_FIRST = 50
const BATCH_MAX = 500
const BATCH_CHARACTERS = 4 * 1024 * 1024
/** Practices whose older resources are known to have been gone through; all are forgotten together. */
const GONE_THROUGH_MAX = 10_000
/** Before the first and after the last that can be; ids of FHIR are letters, digits, `-` and `.`. */
const NOWHERE: Place = { id: '', changedSeenAt: Number.MIN_SAFE_INTEGER }
const LAST_ID = '~'

export function openSearching(database: Database, clock: Clock): Searching {
  const goneThrough = new Set<string>()

  async function goThrough({ organization, practice }: PracticeRef): Promise<void> {
    const name = `${organization} ${practice}`
    if (goneThrough.has(name)) return
    await database.tenant(organization, (tx) => goThroughOlder(tx, practice))
    if (goneThrough.size >= GONE_THROUGH_MAX) goneThrough.clear()
    goneThrough.add(name)
  }

  async function states(
    ref: PracticeRef,
    about: { readonly subject: string; readonly reader: Reader },
    shown: (states: readonly State[]) => number,
    work: (tx: TenantTx) => Promise<readonly StateFound[]>,
  ): Promise<readonly State[]> {
    return database.tenant(ref.organization, async (tx) => {
      const found = (await work(tx)).map(stateOf)
      const access = { practice: ref.practice, ...about, details: { count: shown(found) } }
      await appendAccess(tx, accessEvent(clock.now(), access))
      return found
    })
  }

  return {
    async examine(ref, query, visitor, reader) {
      if (query.candidates.kind === 'rows') await goThrough(ref)
      return database.tenant(ref.organization, async (tx) => {
        const { ended, last } = await show(tx, ref.practice, query, visitor)
        if (reader === undefined) return { ended, last, asOf: undefined }
        const shown = visitor.shown()
        const details = {
          ...(query.patient === undefined ? {} : { patient: query.patient }),
          count: shown.length,
        }
        const access = { practice: ref.practice, subject: query.subject, details, reader }
        const [asOf] = await Promise.all([
          oldestOf(tx, ref.practice, shown),
          appendAccess(tx, accessEvent(clock.now(), access)),
        ])
        return { ended, last, asOf }
      })
    },

    async version(ref, { type, id, version }, reader, shown) {
      const about = { subject: `${type}/${id}/_history/${version}`, reader }
      const count = (all: readonly State[]) => all.filter(shown).length
      const [found] = await states(ref, about, count, (tx) =>
        tx.query<StateFound>(VERSION, [ref.practice, type, id, version]),
      )
      return found
    },

    versions(ref, { type, id, since, before, limit }, reader, shown = (all) => all.length) {
      const { practice } = ref
      if (id !== undefined) {
        const newest = Math.min(before?.version ?? INTEGER_MAX, INTEGER_MAX)
        return states(ref, { subject: `${type}/${id}/_history`, reader }, shown, (tx) =>
          tx.query<StateFound>(VERSIONS, [practice, type, id, newest, since, limit]),
        )
      }
      const { changedSeenAt, id: last, version } = before ?? NEWEST
      return states(ref, { subject: `${type}/_history`, reader }, shown, (tx) =>
        tx.query<StateFound>(VERSIONS_OF_TYPE, [
          ...[practice, type, changedSeenAt, last, version, since, limit],
        ]),
      )
    },
  }
}

/** PostgreSQL's largest `integer`. */
const INTEGER_MAX = 2 ** 31 - 1
const NEWEST = { changedSeenAt: Number.MAX_SAFE_INTEGER, id: LAST_ID, version: INTEGER_MAX }

/** Shows candidates batch by batch until there are no more, the visitor has enough, or the limit. */
async function show(
  tx: TenantTx,
  practice: string,
  query: Parameters<Searching['examine']>[1],
  visitor: Visitor,
): Promise<Pick<Examined, 'ended' | 'last'>> {
  const { type, candidates, examinedMax } = query
  let last = query.after
  let wanted = BATCH_FIRST
  for (let examined = 0; examined < examinedMax; ) {
    const limit = Math.min(wanted, examinedMax - examined)
    const rows = await batch(tx, { practice, type, after: last, limit }, candidates)
    for (const row of rows) {
      const found = mirroredOf(row)
      last = { id: found.id, changedSeenAt: found.changedSeenAt }
      if (!visitor.take(found)) return { ended: 'enough', last }
    }
    if (rows.length < limit) return { ended: 'all', last }
    examined += rows.length
    wanted = nextBatch(rows)
  }
  return { ended: 'limit', last }
}

function nextBatch(rows: readonly MirroredFound[]): number {
  const characters = rows.reduce((sum, { content }) => sum + content.length, 1)
  return Math.max(1, Math.min(BATCH_MAX, Math.floor((BATCH_CHARACTERS * rows.length) / characters)))
}

function batch(
  tx: TenantTx,
  page: {
    readonly practice: string
    readonly type: string
    readonly after: Place | undefined
    readonly limit: number
  },
  candidates: Candidates,
): Promise<readonly MirroredFound[]> {
  const { practice, type, after, limit } = page
  const place = [practice, type, (after ?? NOWHERE).id, limit]
  switch (candidates.kind) {
    case 'ids':
      return tx.query(CANDIDATES_BY_ID, [...place, candidates.ids])
    case 'patients':
      return tx.query(CANDIDATES_OF_PATIENTS, [...place, candidates.patients])
    case 'all':
      return tx.query(CANDIDATES, place)
    case 'rows': {
      const { sql, parameters } = candidatesFoundBy(candidates.conditions)
      return tx.query(sql, [...place, ...parameters])
    }
    case 'changed': {
      const { from, before, descending } = candidates
      const end = descending ? { id: LAST_ID, changedSeenAt: Number.MAX_SAFE_INTEGER } : NOWHERE
      const { id, changedSeenAt } = after ?? end
      return tx.query(candidatesChanged(descending), [
        ...[practice, type, '', limit, from, before, changedSeenAt, id],
      ])
    }
  }
}

async function oldestOf(
  tx: TenantTx,
  practice: string,
  shown: ReturnType<Visitor['shown']>,
): Promise<number | undefined> {
  if (shown.length === 0) return undefined
  const [row] = await tx.query<{ whole: boolean | null; least: number | null }>(AS_OF_ALL, [
    practice,
    shown.map(({ type }) => type),
    shown.map(({ id }) => id),
  ])
  return row?.whole === true ? (row.least ?? undefined) : undefined
}

interface StateFound extends Row {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly content: string
  readonly changed_seen_at: number
  readonly vendor_updated_at: number | null
  readonly deleted: boolean
  readonly patient_id: string | null
  readonly present: string
}

function stateOf(row: StateFound): State {
  const { type, id, version, content, deleted, present } = row
  return {
    type,
    id,
    version,
    content,
    deleted,
    present,
    patientId: row.patient_id ?? undefined,
    changedSeenAt: row.changed_seen_at,
    vendorUpdatedAt: row.vendor_updated_at ?? undefined,
  }
}
