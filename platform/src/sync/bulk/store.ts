// How far a practice's export is, in the database: the export, its files, its patients. Decides nothing.

import type { Database, TenantTx } from '../../db/index.ts'
import type { ErrorCode } from '../../kernel/errors.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import type { BulkFile, BulkPlace } from '../../pathways/contract.ts'

export type Phase = 'group' | 'start' | 'poll' | 'read' | 'settle' | 'ended'
export type Outcome = 'complete' | 'partial' | 'given-up'

export interface ExportRow {
  readonly phase: Phase
  readonly group: string | null
  readonly job: string | null
  readonly jobs: number
  readonly attempts: number
  readonly begunAt: number
  readonly askedAt: number | null
  readonly transactionTime: number | null
  readonly errors: number
  readonly progress: string | null
  readonly dueAt: number
  readonly endedAt: number | null
  readonly outcome: Outcome | null
  readonly whole: readonly string[]
  readonly code: string | null
}

export interface FileRow {
  readonly number: number
  readonly type: string
  readonly location: string
  readonly stated: number | null
  readonly bytes: number
  readonly records: number
  readonly unusable: number
  readonly attempts: number
  readonly dueAt: number
  readonly state: 'waiting' | 'whole' | 'short'
  readonly code: string | null
}

/** Columns of the export that a step may set. */
const SETTABLE = {
  phase: 'phase',
  group: 'group_id',
  job: 'job',
  jobs: 'jobs',
  attempts: 'attempts',
  askedAt: 'asked_at',
  transactionTime: 'transaction_time',
  errors: 'errors',
  progress: 'progress',
  dueAt: 'due_at',
  endedAt: 'ended_at',
  outcome: 'outcome',
  whole: 'whole',
  code: 'code',
} as const

export type ExportChange = Partial<Pick<ExportRow, keyof typeof SETTABLE>>

export type BulkStore = ReturnType<typeof bulkStore>

export function bulkStore(database: Database) {
  const tenant = <T>(ref: PracticeRef, work: (tx: TenantTx) => Promise<T>) =>
    database.tenant(ref.organization, work)
  return {
    export: (ref: PracticeRef) => tenant(ref, (tx) => selectExport(tx, ref)),
    /** Begins one unless there has been one. */
    begin: (ref: PracticeRef, now: number) =>
      tenant(ref, (tx) =>
        tx.query(
          `INSERT INTO sync_bulk_exports (organization_id, practice_id, phase, begun_at, due_at)
           VALUES ($1, $2, 'group', $3, $3) ON CONFLICT DO NOTHING`,
          [ref.organization, ref.practice, Math.round(now)],
        ),
      ),
    change: (ref: PracticeRef, change: ExportChange) =>
      tenant(ref, (tx) => updateExport(tx, ref, change)),
    /** A job's files, in the order in which they are to be read, instead of those before. */
    setFiles: (ref: PracticeRef, files: readonly BulkFile[], dueAt: number, change: ExportChange) =>
      tenant(ref, async (tx) => {
        await clear(tx, ref, 'sync_bulk_files')
        await insertFiles(tx, ref, files, dueAt)
        await updateExport(tx, ref, change)
      }),
    files: (ref: PracticeRef) => tenant(ref, (tx) => selectFiles(tx, ref)),
    /** How far a file is applied now. */
    place: (
      ref: PracticeRef,
      number: number,
      place: BulkPlace & { readonly unusable: number; readonly patients: readonly string[] },
    ) =>
      tenant(ref, async (tx) => {
        await tx.query(
          `UPDATE sync_bulk_files SET bytes = $4, records = $5, unusable = $6, attempts = 0
           WHERE organization_id = $1 AND practice_id = $2 AND number = $3`,
          [ref.organization, ref.practice, number, place.bytes, place.records, place.unusable],
        )
        await insertPatients(tx, ref, place.patients)
      }),
    endFile: (
      ref: PracticeRef,
      number: number,
      end: { readonly state: FileRow['state']; readonly code: ErrorCode | null; dueAt: number },
    ) =>
      tenant(ref, (tx) =>
        tx.query(
          `UPDATE sync_bulk_files
           SET state = $4, code = $5, due_at = $6, attempts = attempts + 1
           WHERE organization_id = $1 AND practice_id = $2 AND number = $3`,
          [ref.organization, ref.practice, number, end.state, end.code, Math.round(end.dueAt)],
        ),
      ),
    patients: (ref: PracticeRef, limit: number) =>
      tenant(ref, async (tx) => {
        const rows = await tx.query<{ id: string }>(
          `SELECT patient_id AS id FROM sync_bulk_patients
           WHERE organization_id = $1 AND practice_id = $2 ORDER BY patient_id LIMIT $3`,
          [ref.organization, ref.practice, limit],
        )
        return rows.map(({ id }) => id)
      }),
    settled: (ref: PracticeRef, patients: readonly string[]) =>
      tenant(ref, (tx) =>
        tx.query(
          `DELETE FROM sync_bulk_patients
           WHERE organization_id = $1 AND practice_id = $2 AND patient_id = ANY ($3)`,
          [ref.organization, ref.practice, patients],
        ),
      ),
    /** Forgets files and patients of a job that counts for nothing any more. */
    forget: (ref: PracticeRef, change: ExportChange) =>
      tenant(ref, async (tx) => {
        await clear(tx, ref, 'sync_bulk_files')
        await clear(tx, ref, 'sync_bulk_patients')
        await updateExport(tx, ref, change)
      }),
  }
}

async function selectExport(tx: TenantTx, ref: PracticeRef): Promise<ExportRow | undefined> {
  const rows = await tx.query<ExportRow & Record<string, unknown>>(
    `SELECT phase, group_id AS "group", job, jobs, attempts, begun_at AS "begunAt",
            asked_at AS "askedAt", transaction_time AS "transactionTime", errors, progress,
            due_at AS "dueAt", ended_at AS "endedAt", outcome, whole, code
     FROM sync_bulk_exports WHERE organization_id = $1 AND practice_id = $2`,
    [ref.organization, ref.practice],
  )
  return rows[0]
}

async function updateExport(tx: TenantTx, ref: PracticeRef, change: ExportChange): Promise<void> {
  const names = namesOf(change)
  if (names.length === 0) return
  const sets = names.map((name, index) => `${SETTABLE[name]} = $${index + 3}`).join(', ')
  await tx.query(
    `UPDATE sync_bulk_exports SET ${sets} WHERE organization_id = $1 AND practice_id = $2`,
    [ref.organization, ref.practice, ...names.map((name) => change[name])],
  )
}

/** `Object.keys` of a change are exactly its columns. */
function namesOf(change: ExportChange): readonly (keyof typeof SETTABLE)[] {
  return Object.keys(change) as (keyof typeof SETTABLE)[]
}

async function clear(
  tx: TenantTx,
  ref: PracticeRef,
  table: 'sync_bulk_files' | 'sync_bulk_patients',
): Promise<void> {
  await tx.query(`DELETE FROM ${table} WHERE organization_id = $1 AND practice_id = $2`, [
    ref.organization,
    ref.practice,
  ])
}

async function insertFiles(
  tx: TenantTx,
  ref: PracticeRef,
  files: readonly BulkFile[],
  dueAt: number,
): Promise<void> {
  await tx.query(
    `INSERT INTO sync_bulk_files
       (organization_id, practice_id, number, type, location, stated, due_at, state)
     SELECT $1, $2, n, type, location, stated, $6, 'waiting'
     FROM unnest($3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY
       AS new (type, location, stated, n)`,
    [
      ref.organization,
      ref.practice,
      files.map(({ type }) => type),
      files.map(({ location }) => location),
      files.map(({ count }) => count ?? null),
      Math.round(dueAt),
    ],
  )
}

function selectFiles(tx: TenantTx, ref: PracticeRef): Promise<readonly FileRow[]> {
  return tx.query<FileRow & Record<string, unknown>>(
    `SELECT number, type, location, stated, bytes, records, unusable, attempts,
            due_at AS "dueAt", state, code
     FROM sync_bulk_files WHERE organization_id = $1 AND practice_id = $2 ORDER BY number`,
    [ref.organization, ref.practice],
  )
}

async function insertPatients(
  tx: TenantTx,
  ref: PracticeRef,
  patients: readonly string[],
): Promise<void> {
  if (patients.length === 0) return
  await tx.query(
    `INSERT INTO sync_bulk_patients (organization_id, practice_id, patient_id)
     SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`,
    [ref.organization, ref.practice, patients],
  )
}
