// The mirror's statements that write, within one tenant transaction: sets of rows at a time, never one
// by one. It decides nothing.

import type { Row, TenantTx } from '../db/index.ts'
import type { Known, KnownListing } from './decide.ts'
import { FOUND_BY_VERSION } from './found-by.ts'
import { foundByWriter } from './found-by-rows.ts'
import { type Retention, type RetentionFound, retentionOf } from './retention.ts'
import { type Answer, type Content, type Sighting, vendorTime } from './seen.ts'
import {
  CHANGED_SINCE,
  CONFIRMED,
  CREATE,
  DELETE,
  DELETED_OF,
  EXPLAIN,
  FIRST_LOCK,
  FORGET_MEMBER,
  KEEP,
  KNOWN,
  LISTED_OF,
  LISTINGS,
  LOCK,
  MARK_LOST,
  MARK_NOT_SERVED,
  MARK_STRAYS,
  NOTE_COMPLETIONS,
  NOTE_LISTINGS,
  ORPHANS,
  PUT_LISTINGS,
  REFILL,
  REPEAT_LISTINGS,
  RETIRE,
  SET_LAST,
  STANDING,
  SUPERSEDE,
  TOUCH,
  UNEXPLAINED,
} from './statements.ts'
import type { Change, ExpectedQuestion } from './types.ts'
import type { Question } from './vouch.ts'

/**
 * A column of a set of rows goes out as one text, its values parted by a character that JSON and ids
 * cannot hold: nothing in them needs escaping, which for arrays of JSON texts is most of the work.
 * Empty is NULL.
 */
const PART = '\u0001'
const INNER_PART = '\u0002'

function column<Row>(
  rows: readonly Row[],
  value: (row: Row) => string | number | undefined,
): string {
  return rows.map((row) => value(row) ?? '').join(PART)
}

export interface NewState {
  readonly sequence: number
  readonly kind: Change['kind']
  readonly version: number
  readonly seen: Sighting
  readonly content: Content
  /** JSON text; absent for `created`. */
  readonly differences?: string
  readonly unchangedAt: number | undefined
  /** Whether a security label restricts the state, and whether one did the state before. */
  readonly restricted: { readonly now: boolean; readonly before: boolean }
}

export interface Unexplained {
  readonly search: string
  readonly subject: string
  readonly listedAt: number
  readonly missing: readonly string[]
}

/** A row of `mirror_listings` as a complete answer leaves it. */
export interface ListingRow {
  readonly answer: Answer
  readonly asOf: number | undefined
  readonly members: readonly string[]
  readonly missing: readonly string[]
}

/** A resource that a listing no longer shows: whether it is deleted, and who saw it last. */
export interface Standing {
  readonly key: string
  readonly deleted: boolean
  readonly askedAt: number
}

export type Store = ReturnType<typeof openStore>

export function openStore(tx: TenantTx, practice: string) {
  const { organization } = tx
  const named = [organization, practice] as const
  const foundBy = foundByWriter(tx, practice)
  const keyColumns = (keys: readonly string[]) => [
    column(keys, (key) => key.slice(0, key.indexOf('/'))),
    column(keys, (key) => key.slice(key.indexOf('/') + 1)),
  ]
  const keysFound = async (sql: string, keys: readonly string[]) =>
    (await tx.query<{ key: string }>(sql, [practice, ...keyColumns(keys)])).map(({ key }) => key)

  return {
    /** The practice's last sequence and what it keeps; nobody else writes to this practice until the transaction ends. */
    async lock(): Promise<{ readonly last: number; readonly retention: Retention }> {
      const [row] = await tx.query<Locked>(LOCK, [practice])
      if (row !== undefined) return { last: row.last, retention: retentionOf(row) }
      await tx.query(FIRST_LOCK, [...named, FOUND_BY_VERSION])
      const [made] = await tx.query<Locked>(LOCK, [practice])
      return { last: made?.last ?? 0, retention: retentionOf(made) }
    },

    async setLast(sequence: number): Promise<void> {
      await tx.query(SET_LAST, [practice, sequence])
    },

    async listings(answers: readonly Answer[]): Promise<readonly KnownListing[]> {
      const rows = await tx.query<ListingFound>(LISTINGS, [
        practice,
        column(answers, ({ search }) => search),
        column(answers, ({ subject }) => subject),
        column(answers, ({ digest }) => digest),
      ])
      return rows.map((row) => ({
        search: row.search,
        subject: row.subject,
        asOf: row.as_of ?? undefined,
        listedAt: row.listed_at ?? undefined,
        askedAt: row.asked_at ?? undefined,
        sameDigest: row.same === true,
        members: row.members ?? [],
        completes: row.completes,
        missing: row.missing,
        strays: row.strays,
        sequence: row.sequence,
      }))
    },

    async unexplained(): Promise<readonly Unexplained[]> {
      const rows = await tx.query<UnexplainedFound>(UNEXPLAINED, [practice])
      return rows.map(({ listed_at: listedAt, ...row }) => ({ ...row, listedAt }))
    },

    /** Changes after `sequence` other than creations, at most `limit`. */
    changedSince(
      sequence: number,
      limit: number,
    ): Promise<readonly { readonly key: string; readonly sequence: number }[]> {
      return tx.query(CHANGED_SINCE, [practice, sequence, limit])
    },

    /** The resources that exist; their content only where its hash is another or they are deleted. */
    async known(
      wanted: readonly {
        readonly type: string
        readonly id: string
        readonly contentHash: string
      }[],
    ): Promise<readonly Known[]> {
      const rows = await tx.query<KnownFound>(KNOWN, [
        practice,
        column(wanted, ({ type }) => type),
        column(wanted, ({ id }) => id),
        column(wanted, ({ contentHash }) => contentHash),
      ])
      return rows.map(knownOf)
    },

    /** When complete listings last showed these, as far as their own question or patient lists them. */
    async confirmed(known: readonly Known[]): Promise<ReadonlyMap<string, number>> {
      const rows = await tx.query<{ key: string; listed_at: number | null }>(CONFIRMED, [
        practice,
        column(known, ({ type }) => type),
        column(known, ({ id }) => id),
      ])
      return new Map(rows.map(({ key, listed_at: listedAt }) => [key, listedAt ?? 0]))
    },

    deletedOf(keys: readonly string[]): Promise<readonly string[]> {
      return keysFound(DELETED_OF, keys)
    },

    listedOf(keys: readonly string[]): Promise<readonly string[]> {
      return keysFound(LISTED_OF, keys)
    },

    async retire(questions: readonly Question[]): Promise<void> {
      await tx.query(RETIRE, [
        practice,
        column(questions, ({ search }) => search),
        column(questions, ({ subject }) => subject),
      ])
    },

    async standing(keys: readonly string[]): Promise<readonly Standing[]> {
      const rows = await tx.query<{ key: string; deleted: boolean; asked_at: number }>(STANDING, [
        practice,
        ...keyColumns(keys),
      ])
      return rows.map(({ asked_at: askedAt, ...row }) => ({ ...row, askedAt }))
    },

    async create(states: readonly NewState[], at: number): Promise<void> {
      await Promise.all([
        tx.query(CREATE, [...named, at, ...stateColumns(states)]),
        foundBy.put(findable(states)),
      ])
    },

    /** Keeps the states that are superseded, then writes the new ones over them. */
    async supersede(states: readonly NewState[], at: number): Promise<void> {
      const keys = [
        column(states, ({ seen }) => seen.type),
        column(states, ({ seen }) => seen.id),
      ] as const
      await Promise.all([
        tx.query(KEEP, [practice, ...keys]),
        tx.query(SUPERSEDE, [
          ...named,
          at,
          ...stateColumns(states),
          column(states, ({ version }) => version),
          column(states, ({ kind }) => kind),
          column(states, ({ differences }) => differences),
        ]),
        foundBy.forget(states.map(({ seen }) => seen)),
        foundBy.put(findable(states)),
      ])
    },

    async touch(touched: readonly { readonly seen: Sighting }[]): Promise<void> {
      await tx.query(TOUCH, [
        ...named,
        column(touched, ({ seen }) => seen.type),
        column(touched, ({ seen }) => seen.id),
        column(touched, ({ seen }) => seen.patientId),
        column(touched, ({ seen }) => seen.repairs),
        column(touched, ({ seen }) => seen.answer.askedAt),
        column(touched, ({ seen }) => vendorTime(seen)),
      ])
    },

    async refill(
      states: readonly { readonly seen: Sighting; readonly content: Content }[],
    ): Promise<void> {
      await Promise.all([
        tx.query(REFILL, [
          practice,
          column(states, ({ seen }) => seen.type),
          column(states, ({ seen }) => seen.id),
          column(states, ({ content }) => content.text),
          column(states, ({ seen }) => seen.repairs),
        ]),
        foundBy.put(states.map(({ content }) => content.value)),
      ])
    },

    /** The resource is gone: its last content stays, and no listing expects it any more. */
    async remove(
      known: Known,
      how: {
        readonly sequence: number
        readonly askedAt: number
        readonly unchangedAt: number
        readonly at: number
        readonly pathway: string
        readonly search: string
      },
    ): Promise<void> {
      await Promise.all([
        tx.query(KEEP, [practice, known.type, known.id]),
        tx.query(DELETE, [
          ...named,
          known.type,
          known.id,
          how.sequence,
          how.askedAt,
          how.unchangedAt,
          how.at,
          how.pathway,
          how.search,
        ]),
        tx.query(FORGET_MEMBER, [
          practice,
          `${known.type}/${known.id}`,
          known.patientId ?? known.subject,
          known.subject,
        ]),
        foundBy.forget([known]),
      ])
    },

    /** Rows whose answer was complete and the same as before. */
    async repeatListings(answers: readonly Answer[], sequence: number): Promise<void> {
      await tx.query(REPEAT_LISTINGS, [
        ...named,
        sequence,
        column(answers, ({ search }) => search),
        column(answers, ({ subject }) => subject),
        column(answers, ({ askedAt }) => askedAt),
      ])
    },

    /** Rows whose answer was complete. */
    async putListings(rows: readonly ListingRow[], sequence: number): Promise<void> {
      await tx.query(PUT_LISTINGS, [
        ...named,
        sequence,
        column(rows, ({ answer }) => answer.search),
        column(rows, ({ answer }) => answer.subject),
        column(rows, ({ answer }) => answer.covers.join(INNER_PART)),
        column(rows, ({ asOf }) => asOf),
        column(rows, ({ answer }) => answer.askedAt),
        column(rows, ({ answer }) => answer.digest),
        column(rows, ({ members }) => members.join(INNER_PART)),
        column(rows, ({ missing }) => missing.join(INNER_PART)),
      ])
    },

    /** Of each answer, what is known of its subject since before it and in none of its listings. */
    async orphans(answers: readonly Answer[]): Promise<ReadonlyMap<Answer, readonly string[]>> {
      const asked = answers.flatMap((answer) => answer.covers.map((type) => ({ answer, type })))
      const rows = await tx.query<{ n: number; key: string }>(ORPHANS, [
        practice,
        column(asked, ({ answer }) => answer.subject),
        column(asked, ({ type }) => type),
        column(asked, ({ answer }) => answer.askedAt),
      ])
      const found = new Map<Answer, string[]>()
      for (const { n, key } of rows) {
        const answer = asked[n - 1]?.answer
        if (answer !== undefined) found.set(answer, [...(found.get(answer) ?? []), key])
      }
      return found
    },

    async markLost(keys: readonly string[]): Promise<void> {
      await tx.query(MARK_LOST, [...named, ...keyColumns(keys)])
    },

    async markStrays(
      strays: readonly { readonly subject: string; readonly type: string }[],
    ): Promise<void> {
      await tx.query(MARK_STRAYS, [
        ...named,
        column(strays, ({ subject }) => subject),
        column(strays, ({ type }) => type),
      ])
    },

    /**
     * Rows that were asked without a complete answer, or that are only expected to be. What such an
     * answer showed are members from then on.
     */
    async noteListings(
      rows: readonly (ExpectedQuestion & {
        readonly askedAt?: number
        readonly members?: readonly string[]
      })[],
    ): Promise<void> {
      await tx.query(NOTE_LISTINGS, [
        ...named,
        column(rows, ({ search }) => search),
        column(rows, ({ subject }) => subject),
        column(rows, ({ covers }) => covers.join(INNER_PART)),
        column(rows, ({ askedAt }) => askedAt),
        column(rows, ({ members }) => members?.join(INNER_PART)),
      ])
    },

    /** Expected questions that were refused and never answered. */
    async markNotServed(questions: readonly Question[]): Promise<void> {
      await tx.query(MARK_NOT_SERVED, [
        practice,
        column(questions, ({ search }) => search),
        column(questions, ({ subject }) => subject),
      ])
    },

    async noteCompletions(questions: readonly ExpectedQuestion[]): Promise<void> {
      const rows = questions.flatMap((question) =>
        (question.completes ?? []).map((type) => ({ ...question, type })),
      )
      if (rows.length === 0) return
      await tx.query(NOTE_COMPLETIONS, [
        ...named,
        column(rows, ({ type }) => type),
        column(rows, ({ subject }) => subject),
        column(rows, ({ search }) => search),
      ])
    },

    /** What is still missing of listings; with `asOf` when nothing is. */
    async explain(
      rows: readonly {
        readonly search: string
        readonly subject: string
        readonly missing: readonly string[]
        readonly asOf: number | undefined
      }[],
    ): Promise<void> {
      await tx.query(EXPLAIN, [
        practice,
        column(rows, ({ search }) => search),
        column(rows, ({ subject }) => subject),
        column(rows, ({ missing }) => missing.join(INNER_PART)),
        column(rows, ({ asOf }) => asOf),
      ])
    },
  }
}

/** What is not kept is found by nothing. */
function findable(states: readonly NewState[]): readonly NewState['content']['value'][] {
  return states.flatMap(({ content }) => (content.text === '' ? [] : [content.value]))
}

interface Locked extends RetentionFound {
  readonly last: number
}

interface ListingFound extends Row {
  readonly search: string
  readonly subject: string
  readonly as_of: number | null
  readonly listed_at: number | null
  readonly asked_at: number | null
  readonly sequence: number
  readonly same: boolean
  readonly members: readonly string[] | null
  readonly completes: readonly string[]
  readonly missing: readonly string[]
  readonly strays: boolean
}

interface UnexplainedFound extends Row {
  readonly search: string
  readonly subject: string
  readonly listed_at: number
  readonly missing: readonly string[]
}

interface KnownFound extends Row {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly content: string
  readonly content_hash: string
  readonly patient_id: string | null
  readonly repairs: string | null
  readonly search: string
  readonly subject: string
  readonly asked_at: number
  readonly vendor_updated_at: number | null
  readonly deleted: boolean
  readonly restricted: boolean
  readonly dropped: boolean
}

function knownOf(row: KnownFound): Known {
  const { type, id, version, content, search, subject, deleted, restricted, dropped } = row
  return {
    ...{ type, id, version, content, search, subject, deleted, restricted, dropped },
    contentHash: row.content_hash,
    patientId: row.patient_id ?? undefined,
    repairs: row.repairs ?? undefined,
    askedAt: row.asked_at,
    vendorUpdatedAt: row.vendor_updated_at ?? undefined,
  }
}

function stateColumns(states: readonly NewState[]): string[] {
  return [
    column(states, ({ sequence }) => sequence),
    column(states, ({ seen }) => seen.type),
    column(states, ({ seen }) => seen.id),
    column(states, ({ content }) => content.text),
    column(states, ({ content }) => content.hash),
    column(states, ({ seen }) => seen.patientId),
    column(states, ({ seen }) => seen.repairs),
    column(states, ({ seen }) => seen.answer.pathway),
    column(states, ({ seen }) => seen.answer.search),
    column(states, ({ seen }) => seen.answer.subject),
    column(states, ({ seen }) => seen.answer.askedAt),
    column(states, ({ seen }) => vendorTime(seen)),
    column(states, ({ unchangedAt }) => unchangedAt),
    column(states, ({ restricted }) => (restricted.now ? 't' : undefined)),
    column(states, ({ restricted }) => (restricted.now || restricted.before ? 't' : undefined)),
  ]
}
