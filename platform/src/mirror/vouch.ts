// Dates questions whose whole answer was learnt in another way than by asking them. It says nothing
// about what is not there, and applies nothing.

import type { TenantTx } from '../db/index.ts'

export interface Question {
  readonly search: string
  readonly subject: string
}

/** What was known before and not shown then leaves its question as it is. */
const VOUCH = `
  UPDATE mirror_listings l
     SET as_of = greatest(l.as_of, $2::bigint), asked_at = greatest(l.asked_at, $2::bigint)
    FROM unnest($3::text[], $4::text[]) AS q (search, subject)
   WHERE l.practice_id = $1 AND l.search = q.search AND l.subject = q.subject
     AND l.served AND l.missing = '{}'
     AND NOT EXISTS (
       SELECT FROM unnest(l.covers) AS covered(type)
        CROSS JOIN LATERAL (
          SELECT FROM mirror_resources r
           WHERE r.practice_id = $1 AND r.type = covered.type AND r.patient_id = l.subject
             AND NOT r.deleted AND r.asked_at < $2::bigint LIMIT 1) older)
  RETURNING l.search, l.subject`

/** Gives the questions that are as fresh as that now. */
export function vouch(
  tx: TenantTx,
  practice: string,
  { questions, asOf }: { readonly questions: readonly Question[]; readonly asOf: number },
): Promise<readonly Question[]> {
  return tx.query<{ search: string; subject: string }>(VOUCH, [
    practice,
    asOf,
    questions.map(({ search }) => search),
    questions.map(({ subject }) => subject),
  ])
}
