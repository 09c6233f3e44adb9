// What an export has shown, when it is over: which types are whole, whose charts are therefore as fresh
// as its moment, and which questions need not be asked for the first sync. It never tells of deletions.

import type { ErrorCode } from '../../kernel/errors.ts'
import { intervalOf } from '../schedule.ts'
import type { Work } from '../work.ts'
import type { ExportRow, FileRow } from './store.ts'

/** Patients settled together. */
const PATIENTS_MAX = 100

export interface Found {
  readonly whole: readonly string[]
  /** Types that are not, each with the reason. */
  readonly short: readonly { readonly type: string; readonly code: ErrorCode }[]
}

/**
 * A type is whole when it has files, each was read to its proven end without a line lost, and the export
 * states no error of anything. A type without a file is not known to be empty. Pure.
 */
export function typesOf(
  row: Pick<ExportRow, 'errors'>,
  files: readonly Pick<FileRow, 'type' | 'state' | 'unusable' | 'code'>[],
  asked: readonly string[],
): Found {
  const whole: string[] = []
  const short: { type: string; code: ErrorCode }[] = []
  for (const type of new Set([...asked, ...files.map((file) => file.type)])) {
    const own = files.filter((file) => file.type === type)
    const code = shortBecause(own, row.errors)
    if (code === undefined) whole.push(type)
    else short.push({ type, code })
  }
  return { whole, short }
}

function shortBecause(
  files: readonly Pick<FileRow, 'state' | 'unusable' | 'code'>[],
  errors: number,
): ErrorCode | undefined {
  if (errors > 0) return 'PATHWAY_BULK_ERRORS_STATED'
  if (files.length === 0) return 'PATHWAY_BULK_TYPE_ABSENT'
  const failed = files.find(({ state }) => state !== 'whole')
  if (failed !== undefined) return asCode(failed.code)
  return files.some(({ unusable }) => unusable > 0) ? 'PATHWAY_BULK_LINE_BROKEN' : undefined
}

/** Codes in the table were written by ourselves. */
function asCode(text: string | null): ErrorCode {
  return (text ?? 'PATHWAY_BULK_FILE_CUT') as ErrorCode
}

/** Dates the charts of the export's patients and takes their questions out of the first sync. */
export async function settle(
  work: Work,
  { whole, asOf }: { readonly whole: readonly string[]; readonly asOf: number },
): Promise<void> {
  const { ref, mirror, clock, exports: store } = work
  const types = new Set(whole)
  // Who is there is known only when the patients themselves are whole.
  const rows = types.has('Patient')
    ? [...work.plan.values()].filter(
        ({ per, covers }) =>
          per === 'patient' && covers.length > 0 && covers.every((type) => types.has(type)),
      )
    : []
  for (;;) {
    const patients = await store.patients(ref, PATIENTS_MAX)
    if (patients.length === 0) break
    const questions = patients.flatMap((subject) =>
      rows.map(({ name }) => ({ search: name, subject })),
    )
    const fresh = await mirror.vouch(ref, questions, asOf)
    const now = clock.now()
    await work.store.reschedule(
      ref,
      fresh.map((question) => ({
        ...question,
        dueAt: Math.max(now, asOf + intervalOf(work.plan.get(question.search), work.sweep)),
        answered: true,
        code: undefined,
      })),
    )
    await store.settled(ref, patients)
  }
  const learnt = whole.map((type) => ({ search: bulkSearch(type), subject: '' }))
  await mirror.retire(ref, learnt)
}

/** The question under which the mirror notes what belongs to no question of the plan. */
export function bulkSearch(type: string): string {
  return `${type}.bulk`
}
