// The ledger's table: events are appended, in the transaction of what they record, and listed. Nothing
// here changes or removes one, and the database would refuse it.

import type { Database, TenantTx } from '../db/index.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import type { AccessEvent } from './types.ts'

/** Events of one append; a caller with more appends in parts. */
export const EVENTS_MAX = 1_000
/** Events of one page. */
export const PAGE_MAX = 1_000

/** An event as it is listed; `position` grows with the order of appending and is not gap-free. */
export interface ListedEvent extends AccessEvent {
  readonly position: number
}

export interface Ledger {
  /** Records what has no effect of its own in the database: a refusal, a check of a connection. */
  append(organization: OrganizationId, event: AccessEvent): Promise<void>
  /**
   * Newest first, `limit` at most. Go on with the last one's position as `before`. Events of
   * transactions that commit later may appear among those already listed.
   */
  list(
    organization: OrganizationId,
    query: {
      readonly before?: number | undefined
      readonly practice?: string | undefined
      readonly limit: number
    },
  ): Promise<readonly ListedEvent[]>
}

/** The columns an event is inserted into, without the organization. */
const COLUMNS = 'at, actor, action, practice_id, subject, outcome, details'

const INSERT_MANY = `
  INSERT INTO access_events (organization_id, ${COLUMNS})
  SELECT $1, at, actor, action, practice_id, subject, outcome, details::jsonb
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
         WITH ORDINALITY AS event (${COLUMNS}, position)
   ORDER BY position`

/**
 * The statement that appends one event, for a caller that wants it in a statement of its own, as
 * `WITH accessed AS (…)`. Its eight parameters, given by `accessValues`, begin with `$first`.
 */
export function accessInsert(first: number): string {
  const at = (offset: number) => `$${first + offset}`
  return `INSERT INTO access_events (organization_id, ${COLUMNS})
    VALUES (${at(0)}::text, ${at(1)}::bigint, ${at(2)}::text, ${at(3)}::text, ${at(4)}::text,
      ${at(5)}::text, ${at(6)}::text, ${at(7)}::jsonb)`
}

const INSERT_ONE = accessInsert(1)

/** The parameters of `accessInsert`. */
export function accessValues(organization: OrganizationId, event: AccessEvent): readonly unknown[] {
  return [
    organization,
    event.at,
    event.actor,
    event.action,
    event.practice ?? null,
    event.subject ?? null,
    event.outcome,
    JSON.stringify(event.details ?? {}),
  ]
}

/** Appends one event in the transaction of its effect. */
export async function appendAccess(tx: TenantTx, event: AccessEvent): Promise<void> {
  await tx.query(INSERT_ONE, accessValues(tx.organization, event))
}

/** Appends events in their order, in one statement per `EVENTS_MAX`. */
export async function appendAccesses(tx: TenantTx, events: readonly AccessEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += EVENTS_MAX) {
    const part = events.slice(from, from + EVENTS_MAX)
    const columns = [1, 2, 3, 4, 5, 6, 7].map((column) =>
      part.map((event) => accessValues(tx.organization, event)[column]),
    )
    await tx.query(INSERT_MANY, [tx.organization, ...columns])
  }
}

type EventRow = {
  readonly position: number
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly practice_id: string | null
  readonly subject: string | null
  readonly outcome: AccessEvent['outcome']
  readonly details: NonNullable<AccessEvent['details']>
}

const LIST = `
  SELECT event_id AS position, ${COLUMNS} FROM access_events
   WHERE organization_id = $1 AND ($2::bigint IS NULL OR event_id < $2)
     AND ($3::text IS NULL OR practice_id = $3)
   ORDER BY event_id DESC LIMIT $4`

export function createLedger(database: Database): Ledger {
  return {
    append: async (organization, event) => {
      await database.statement(organization, INSERT_ONE, accessValues(organization, event))
    },
    list: async (organization, { before, practice, limit }) => {
      const rows = await database.statement<EventRow>(organization, LIST, [
        organization,
        before ?? null,
        practice ?? null,
        Math.min(limit, PAGE_MAX),
      ])
      return rows.map(toEvent)
    },
  }
}

function toEvent(row: EventRow): ListedEvent {
  return {
    position: row.position,
    at: row.at,
    actor: row.actor,
    action: row.action,
    practice: row.practice_id ?? undefined,
    subject: row.subject ?? undefined,
    outcome: row.outcome,
    details: row.details,
  }
}
