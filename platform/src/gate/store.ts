// The gate's tables: counters per vendor minute and what is known of the vendor's clock. One
// statement applies what has been learnt and grants what then fits; nothing here decides or waits.

import type { Database } from '../db/index.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { MINUTE_MS } from './limits.ts'
import type { MinuteDelta, MinuteRange } from './minutes.ts'
import type { CountedMinute } from './types.ts'
import type { VendorClock } from './vendor-clock.ts'

export type { Database }

export interface AcquireInput {
  readonly range: MinuteRange
  readonly interactive: number
  readonly sweep: number
  readonly limit: number
  /** How much of the limit the sweep lane must leave. */
  readonly reserve: number
  /** Unsettled calls of so many minutes before may still land in the range. */
  readonly spill: number
  readonly deltas: readonly MinuteDelta[]
}

export interface AcquireAnswer {
  readonly interactive: number
  readonly sweep: number
  /** What is left in the fullest minute of the range after this; below 0 never. */
  readonly room: number
  /** Calls of earlier minutes, anybody's, that may still land in the range. */
  readonly pending: number
  readonly refused: boolean
}

export interface MinuteRow {
  readonly taken: number
  readonly pending: number
  readonly refused: boolean
}

export interface GateStore {
  /** Makes the rows of these minutes, so that concurrent grants meet on a row that exists. */
  ensure(ref: PracticeRef, range: MinuteRange, forgetBefore: number): Promise<void>
  acquire(ref: PracticeRef, input: AcquireInput): Promise<AcquireAnswer>
  minute(ref: PracticeRef, minute: number, spill: number): Promise<MinuteRow>
  /** Minutes of the range in which something was counted, in order. */
  minutes(ref: PracticeRef, range: MinuteRange): Promise<readonly CountedMinute[]>
  loadClock(ref: PracticeRef): Promise<VendorClock | undefined>
  saveClock(ref: PracticeRef, clock: VendorClock): Promise<void>
}

const ENSURE = `
WITH forgotten AS (
  DELETE FROM budget_minutes
  WHERE organization_id = $1 AND practice_id = $2 AND minute < $5::bigint
)
INSERT INTO budget_minutes (organization_id, practice_id, minute)
SELECT $1, $2, minute FROM generate_series($3::bigint, $4::bigint, ${MINUTE_MS}) AS minute
ON CONFLICT DO NOTHING`

// `seen` locks the rows in order and so reads their newest state, whatever the snapshot; everything
// else is computed from it. `before` is what was taken and may still be on its way.
const ACQUIRE = `
WITH delta AS (
  SELECT minute, taken, settled, refused
  FROM unnest($3::bigint[], $4::int[], $5::int[], $6::boolean[])
    AS given (minute, taken, settled, refused)
), seen AS MATERIALIZED (
  SELECT minute, taken, settled, refused
  FROM budget_minutes
  WHERE organization_id = $1 AND practice_id = $2 AND minute BETWEEN $7::bigint AND $8::bigint
  ORDER BY minute
  FOR UPDATE
), known AS MATERIALIZED (
  SELECT seen.minute,
    seen.taken + coalesce(delta.taken, 0) AS taken,
    seen.settled + coalesce(delta.settled, 0) AS settled,
    seen.refused OR coalesce(delta.refused, false) AS refused,
    delta.minute IS NOT NULL AS told
  FROM seen LEFT JOIN delta ON delta.minute = seen.minute
), room AS MATERIALIZED (
  SELECT
    min($9::int - charged.taken - coalesce(before.pending, 0)) AS room,
    max(coalesce(before.pending, 0)) AS pending,
    bool_or(charged.refused) AS refused
  FROM known AS charged
  CROSS JOIN LATERAL (
    SELECT sum(earlier.taken - earlier.settled)::int AS pending FROM known AS earlier
    WHERE earlier.minute < charged.minute AND earlier.minute >= charged.minute - $10::bigint
  ) AS before
  WHERE charged.minute BETWEEN $11::bigint AND $12::bigint
), interactive AS MATERIALIZED (
  SELECT CASE WHEN refused THEN 0 ELSE greatest(0, least($13::int, room)) END AS granted FROM room
), sweep AS MATERIALIZED (
  SELECT CASE WHEN room.refused THEN 0
    ELSE greatest(0, least($14::int, room.room - interactive.granted - $15::int)) END AS granted
  FROM room, interactive
), written AS (
  UPDATE budget_minutes AS b SET
    taken = known.taken + CASE WHEN b.minute BETWEEN $11::bigint AND $12::bigint
      THEN interactive.granted + sweep.granted ELSE 0 END,
    settled = known.settled + CASE WHEN b.minute >= $11::bigint AND b.minute < $12::bigint
      THEN interactive.granted + sweep.granted ELSE 0 END,
    refused = known.refused
  FROM known, interactive, sweep
  WHERE b.organization_id = $1 AND b.practice_id = $2 AND b.minute = known.minute
    AND (known.told OR (interactive.granted + sweep.granted > 0
      AND known.minute BETWEEN $11::bigint AND $12::bigint))
)
SELECT interactive.granted AS interactive, sweep.granted AS sweep,
  room.room - interactive.granted - sweep.granted AS room, room.pending, room.refused
FROM interactive, sweep, room`

const MINUTE = `
SELECT
  coalesce(sum(taken) FILTER (WHERE minute = $3::bigint), 0)::int AS taken,
  coalesce(sum(taken - settled) FILTER (WHERE minute < $3::bigint), 0)::int AS pending,
  coalesce(bool_or(refused) FILTER (WHERE minute = $3::bigint), false) AS refused
FROM budget_minutes
WHERE organization_id = $1 AND practice_id = $2
  AND minute BETWEEN $3::bigint - $4::bigint AND $3::bigint`

const MINUTES = `
SELECT minute, taken, refused FROM budget_minutes
WHERE organization_id = $1 AND practice_id = $2 AND minute BETWEEN $3::bigint AND $4::bigint
ORDER BY minute`

const LOAD_CLOCK = `
SELECT offset_low, offset_high, measured_at FROM vendor_clocks
WHERE organization_id = $1 AND practice_id = $2`

const SAVE_CLOCK = `
INSERT INTO vendor_clocks (organization_id, practice_id, offset_low, offset_high, measured_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organization_id, practice_id) DO UPDATE SET
  offset_low = excluded.offset_low,
  offset_high = excluded.offset_high,
  measured_at = excluded.measured_at`

export function gateStore(database: Database): GateStore {
  const run = (ref: PracticeRef, sql: string, rest: readonly unknown[]) =>
    database.statement(ref.organization, sql, [ref.organization, ref.practice, ...rest])
  return {
    async ensure(ref, range, forgetBefore) {
      await run(ref, ENSURE, [range.first, range.last, Math.floor(forgetBefore)])
    },
    async acquire(ref, input) {
      const [row] = await run(ref, ACQUIRE, acquireParameters(input))
      if (row === undefined) throw new Error('The budget has no row for the minute it counts')
      return {
        interactive: Number(row.interactive),
        sweep: Number(row.sweep),
        room: Number(row.room),
        pending: Number(row.pending),
        refused: row.refused === true,
      }
    },
    async minute(ref, minute, spill) {
      const [row] = await run(ref, MINUTE, [minute, spill * MINUTE_MS])
      return {
        taken: Number(row?.taken ?? 0),
        pending: Number(row?.pending ?? 0),
        refused: row?.refused === true,
      }
    },
    async minutes(ref, { first, last }) {
      const rows = await run(ref, MINUTES, [first, last])
      return rows.map((row) => ({
        minute: Number(row.minute),
        taken: Number(row.taken),
        refused: row.refused === true,
      }))
    },
    async loadClock(ref) {
      const [row] = await run(ref, LOAD_CLOCK, [])
      if (row === undefined) return undefined
      const [low, high, at] = [row.offset_low, row.offset_high, row.measured_at].map(Number)
      return { low: low ?? 0, high: high ?? 0, at: at ?? 0, known: true }
    },
    async saveClock(ref, clock) {
      const { low, high, at } = clock
      await run(ref, SAVE_CLOCK, [Math.floor(low), Math.ceil(high), Math.floor(at)])
    },
  }
}

function acquireParameters(input: AcquireInput): unknown[] {
  const { range, deltas, spill } = input
  const told = deltas.map((delta) => delta.minute)
  return [
    told,
    deltas.map((delta) => delta.taken),
    deltas.map((delta) => delta.settled),
    deltas.map((delta) => delta.refused),
    Math.min(range.first - spill * MINUTE_MS, ...told),
    Math.max(range.last, ...told),
    input.limit,
    spill * MINUTE_MS,
    range.first,
    range.last,
    input.interactive,
    input.sweep,
    input.reserve,
  ]
}
