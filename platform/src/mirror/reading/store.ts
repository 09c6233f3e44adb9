// The mirror's statements that read, and the access each of them leaves in the ledger within the same
// transaction. What readers may see is checked by those who call.

import type { Difference, Json } from '@chartway/codecs/fhir'
import type { Database, Row, TenantTx } from '../../db/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { OrganizationId, PracticeRef } from '../../kernel/ids.ts'
import { type AccessEvent, appendAccess, appendAccesses } from '../../ledger/index.ts'
import type { Change, FreshnessRow, Mirrored, Reader } from '../types.ts'
import {
  CHANGES,
  COUNTS,
  FRESHNESS,
  FRESHNESS_OF_SUBJECT,
  LAST_SEQUENCE,
  LIST,
  LIST_OF_PATIENT,
  READ,
  RESTRICTED_WITH,
  UNKNOWN,
} from './statements.ts'

/** The content of what is only remembered by its hash (see retention.ts). */
const NOT_KEPT = ''

/** Bytes of stored text in one page; a single item may have more, since it must be shown somehow. */
export const PAGE_BYTES_MAX = 8 * 1024 * 1024

/** One point read that waits to be answered. */
export interface Wanted {
  readonly practice: string
  readonly type: string
  readonly id: string
  readonly reader: Reader
}

export type ReadingStore = ReturnType<typeof openReading>

export function openReading(database: Database, clock: Clock) {
  /** What a reader is shown and the record of it, or neither. Without a reader there is no record. */
  function shown<T>(
    ref: PracticeRef,
    reader: Reader | undefined,
    about: { readonly subject: string; readonly details?: AccessEvent['details'] },
    work: (tx: TenantTx) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { organization } = ref
    if (reader === undefined)
      return work({
        organization,
        query: (sql, parameters = []) => database.statement(organization, sql, parameters),
      })
    return database.tenant(organization, async (tx) => {
      const items = await work(tx)
      const details = { ...about.details, count: items.length }
      const access = { practice: ref.practice, subject: about.subject, details, reader }
      await appendAccess(tx, accessEvent(clock.now(), access))
      return items
    })
  }

  return {
    /** Answers in the order of `wanted`; one transaction for all, one access each. */
    read(
      organization: OrganizationId,
      wanted: readonly Wanted[],
    ): Promise<readonly (Mirrored | undefined)[]> {
      return database.tenant(organization, async (tx) => {
        const rows = await tx.query<MirroredFound & { readonly n: number }>(READ, [
          wanted.map(({ practice }) => practice),
          wanted.map(({ type }) => type),
          wanted.map(({ id }) => id),
        ])
        const answers: (Mirrored | undefined)[] = wanted.map(() => undefined)
        for (const row of rows) answers[row.n - 1] = mirroredOf(row)
        const at = clock.now()
        await appendAccesses(
          tx,
          wanted.map(({ practice, type, id, reader }, index) => {
            const details = { count: answers[index] === undefined ? 0 : 1 }
            return accessEvent(at, { practice, subject: `${type}/${id}`, details, reader })
          }),
        )
        return answers
      })
    },

    /**
     * `more` says whether there is another page, because of the limit or of `PAGE_BYTES_MAX`; it is not
     * shown and not in the record.
     */
    async list(
      ref: PracticeRef,
      query: {
        readonly type: string
        readonly patientId: string | undefined
        readonly unrestricted: boolean
        readonly afterId: string
        readonly limit: number
      },
      reader: Reader,
    ): Promise<{ readonly items: readonly Mirrored[]; readonly more: boolean }> {
      const { type, patientId, unrestricted, afterId, limit } = query
      const place = [ref.practice, type, afterId, limit + 1, PAGE_BYTES_MAX, unrestricted]
      const about =
        patientId === undefined
          ? { subject: `${type}?after,limit` }
          : { subject: `${type}?patient,after,limit`, details: { patient: patientId } }
      let more = false
      const items = await shown(ref, reader, about, async (tx) => {
        const rows =
          patientId === undefined
            ? await tx.query<ListedFound>(LIST, place)
            : await tx.query<ListedFound>(LIST_OF_PATIENT, [...place, patientId])
        const page = rows.slice(0, limit)
        more = (rows[0]?.of_page ?? 0) > page.length
        return page.map(mirroredOf)
      })
      return { items, more }
    },

    /** At most `limit`, and at most `PAGE_BYTES_MAX` unless it is one alone. */
    async changes(
      ref: PracticeRef,
      { after, limit }: { readonly after: number; readonly limit: number },
      reader: Reader,
    ): Promise<readonly Change[]> {
      const about = { subject: 'Change?after,limit', details: { after } }
      return shown(ref, reader, about, async (tx) => {
        const rows = await tx.query<ChangeFound>(CHANGES, [
          ref.practice,
          after,
          limit,
          PAGE_BYTES_MAX,
        ])
        return rows.map(changeOf)
      })
    },

    async lastSequence(ref: PracticeRef): Promise<number> {
      const [row] = await database.statement<{ last: number }>(ref.organization, LAST_SEQUENCE, [
        ref.practice,
      ])
      return row?.last ?? 0
    },

    async freshness(
      ref: PracticeRef,
      query: { readonly subject?: string | undefined; readonly limit: number },
      reader?: Reader,
    ): Promise<readonly FreshnessRow[]> {
      const { subject, limit } = query
      const about =
        subject === undefined
          ? { subject: 'Freshness?limit' }
          : { subject: 'Freshness?patient,limit', details: { patient: subject } }
      const rows = await shown(ref, reader, about, (tx) =>
        subject === undefined
          ? tx.query<FreshnessFound>(FRESHNESS, [ref.practice, limit])
          : tx.query<FreshnessFound>(FRESHNESS_OF_SUBJECT, [ref.practice, limit, subject]),
      )
      return rows.map(({ as_of: asOf, asked_at: askedAt, ...row }) => ({
        type: row.type,
        subject: row.subject,
        search: row.search,
        asOf: asOf ?? undefined,
        askedAt: askedAt ?? undefined,
      }))
    },

    async counts(
      ref: PracticeRef,
      reader?: Reader,
      of: {
        readonly unrestricted?: boolean
        readonly patientId?: string | undefined
        readonly ofNobody?: readonly string[]
      } = {},
    ): Promise<Readonly<Record<string, number>>> {
      const { unrestricted = false, patientId, ofNobody = [] } = of
      const rows = await shown(ref, reader, { subject: 'Count' }, (tx) =>
        tx.query<{ type: string; count: number }>(COUNTS, [
          ref.practice,
          unrestricted,
          patientId ?? null,
          ofNobody,
        ]),
      )
      return Object.fromEntries(rows.map(({ type, count }) => [type, count]))
    },

    async isRestrictedWith(
      { organization, practice }: PracticeRef,
      types: readonly string[],
      text: string,
    ): Promise<boolean> {
      const asked = [practice, types, text]
      const [row] = await database.statement<{ found: boolean }>(
        organization,
        RESTRICTED_WITH,
        asked,
      )
      return row?.found === true
    },

    async unknownOf(
      ref: PracticeRef,
      references: readonly { readonly type: string; readonly id: string }[],
    ): Promise<readonly string[]> {
      const rows = await database.statement<{ reference: string }>(ref.organization, UNKNOWN, [
        ref.practice,
        references.map(({ type }) => type),
        references.map(({ id }) => id),
      ])
      return rows.map(({ reference }) => reference)
    },
  }
}

export function accessEvent(
  at: number,
  access: {
    readonly practice: string
    readonly subject: string
    readonly details: AccessEvent['details']
    readonly reader: Reader
  },
): AccessEvent {
  const { reader, details, ...about } = access
  return {
    at,
    actor: reader.actor,
    action: reader.action,
    ...about,
    outcome: 'success',
    ...(details === undefined ? {} : { details }),
  }
}

export interface MirroredFound extends Row {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly content: string
  readonly patient_id: string | null
  readonly repairs: string | null
  readonly pathway: string
  readonly search: string
  readonly first_seen_at: number
  readonly changed_seen_at: number
  readonly vendor_updated_at: number | null
  readonly deleted: boolean
  readonly restricted: boolean
  readonly as_of: number | null
}

interface ListedFound extends MirroredFound {
  readonly of_page: number
}

export function mirroredOf(row: MirroredFound): Mirrored {
  return {
    type: row.type,
    id: row.id,
    version: row.version,
    content: row.content,
    patientId: row.patient_id ?? undefined,
    repairs: row.repairs ?? undefined,
    pathway: row.pathway,
    search: row.search,
    firstSeenAt: row.first_seen_at,
    changedSeenAt: row.changed_seen_at,
    vendorUpdatedAt: row.vendor_updated_at ?? undefined,
    deleted: row.deleted,
    restricted: row.restricted,
    asOf: row.as_of ?? undefined,
  }
}

interface ChangeFound extends Row {
  readonly sequence: number
  readonly kind: Change['kind']
  readonly type: string
  readonly id: string
  readonly version: number
  readonly patient_id: string | null
  readonly diff: string | null
  readonly content: string | null
  readonly pathway: string
  readonly search: string
  readonly asked_at: number
  readonly unchanged_at: number | null
  readonly learnt_at: number
  readonly vendor_updated_at: number | null
  readonly restricted: boolean
}

function changeOf(row: ChangeFound): Change {
  return {
    sequence: row.sequence,
    kind: row.kind,
    type: row.type,
    id: row.id,
    version: row.version,
    patientId: row.patient_id ?? undefined,
    differences: differencesOf(row),
    pathway: row.pathway,
    search: row.search,
    askedAt: row.asked_at,
    unchangedAt: row.unchanged_at ?? undefined,
    learntAt: row.learnt_at,
    vendorUpdatedAt: row.vendor_updated_at ?? undefined,
    restricted: row.restricted,
  }
}

/** Both texts were written by this room from values of these types. */
function differencesOf({ diff, content }: ChangeFound): readonly Difference[] {
  if (diff !== null) {
    const differences: readonly Difference[] = JSON.parse(diff)
    return differences
  }
  if (content === null || content === NOT_KEPT) return []
  const after: Json = JSON.parse(content)
  return [{ op: 'add', path: '', after }]
}

interface FreshnessFound extends Row {
  readonly type: string
  readonly subject: string
  readonly search: string
  readonly as_of: number | null
  readonly asked_at: number | null
}
