// The SQL by which the mirror is searched: candidates by id, patient, row or time of change, in the
// order in which pages go on. Only positions of parameters are put together here, never their values.

import type { Alternative, Condition } from '../search-types.ts'

const COLUMNS = `r.type, r.id, r.version, r.content, r.patient_id, r.repairs, r.pathway, r.search,
         r.first_seen_at, r.changed_seen_at, r.vendor_updated_at, r.deleted, r.restricted,
         NULL::bigint AS as_of`

/** $1 practice, $2 type, $3 the id after which to go on, $4 limit, $5 ids. */
export const CANDIDATES_BY_ID = `
  SELECT ${COLUMNS} FROM mirror_resources r
   WHERE practice_id = $1 AND type = $2 AND id > $3 AND id = ANY ($5::text[]) AND NOT deleted
   ORDER BY organization_id, practice_id, type, id LIMIT $4`

/** As CANDIDATES_BY_ID, of the patients $5; they are few. */
export const CANDIDATES_OF_PATIENTS = `
  SELECT ${COLUMNS} FROM mirror_resources r
   WHERE practice_id = $1 AND type = $2 AND id > $3 AND patient_id = ANY ($5::text[]) AND NOT deleted
   ORDER BY id LIMIT $4`

export const CANDIDATES = `
  SELECT ${COLUMNS} FROM mirror_resources r
   WHERE practice_id = $1 AND type = $2 AND id > $3 AND NOT deleted
   ORDER BY organization_id, practice_id, type, id LIMIT $4`

/** $5, $6: changed from and before; $7, $8: when the last one was changed that was shown, and its id ($3 is ''). */
export function candidatesChanged(descending: boolean): string {
  const [beyond, order] = descending ? ['<', 'DESC'] : ['>', 'ASC']
  return `
  SELECT ${COLUMNS} FROM mirror_resources r
   WHERE practice_id = $1 AND type = $2 AND $3 = '' AND NOT deleted
     AND changed_seen_at >= $5 AND changed_seen_at < $6
     AND (changed_seen_at, id) ${beyond} ($7, $8)
   ORDER BY organization_id ${order}, practice_id ${order}, type ${order}, changed_seen_at ${order},
            id ${order} LIMIT $4`
}

type Value = string | number | readonly string[]

/** The last character of UTF-8 in the order of bytes. */
const LAST = '\u{10FFFF}'

/** As CANDIDATES, of what rows find; the parameters from $5 on come with it. */
export function candidatesFoundBy(conditions: readonly Condition[]): {
  readonly sql: string
  readonly parameters: readonly Value[]
} {
  const parameters: Value[] = []
  const place = (value: Value) => {
    parameters.push(value)
    return `$${parameters.length + 4}`
  }
  // Each set is made by itself, so that the planner does not go through the type in the order of ids.
  const sets = conditions.map(({ parameter, any }, index) => {
    const ranged = any.some(({ kind }) => kind === 'range')
    const alternatives = any.map((alternative) => `(${alternativeText(alternative, place)})`)
    return `set_${index} AS MATERIALIZED (SELECT id FROM mirror_found_by
      WHERE practice_id = $1 AND type = $2 AND parameter = ${place(parameter)}
        AND low IS ${ranged ? 'NOT NULL' : 'NULL'} AND (${alternatives.join(' OR ')}))`
  })
  const all = conditions.map((_, index) => `SELECT id FROM set_${index}`).join(' INTERSECT ')
  const sql = `
  WITH ${sets.join(', ')}, found AS MATERIALIZED (
    SELECT DISTINCT id FROM (${all}) ids WHERE id > $3 ORDER BY id LIMIT $4)
  SELECT ${COLUMNS} FROM found CROSS JOIN LATERAL (
    SELECT * FROM mirror_resources
     WHERE practice_id = $1 AND type = $2 AND id = found.id AND NOT deleted LIMIT 1) r
   ORDER BY r.id`
  return { sql, parameters }
}

/** Of intervals, or of values: one condition has either. */
function alternativeText(alternative: Alternative, place: (value: Value) => string): string {
  if (alternative.kind === 'equal') {
    const [value = '', ...others] = alternative.values
    return others.length === 0
      ? `value = ${place(value)}`
      : `value = ANY (${place(alternative.values)}::text[])`
  }
  if (alternative.kind === 'prefix')
    return `value >= ${place(alternative.value)} AND value < ${place(alternative.value + LAST)}`
  const { lowFrom, lowBelow, highFrom, highBelow } = alternative
  const bounds = [
    lowFrom === undefined ? [] : [`low >= ${place(lowFrom)}::bigint`],
    lowBelow === undefined ? [] : [`low < ${place(lowBelow)}::bigint`],
    highFrom === undefined ? [] : [`high >= ${place(highFrom)}::bigint`],
    highBelow === undefined ? [] : [`high < ${place(highBelow)}::bigint`],
  ].flat()
  return bounds.length === 0 ? 'true' : bounds.join(' AND ')
}

const KEPT = `practice_id, type, id, version, content, changed_seen_at, vendor_updated_at, deleted`

/** What is there now, of which a state was one. */
const PRESENT = `CROSS JOIN LATERAL (
      SELECT patient_id, content FROM mirror_resources
       WHERE practice_id = $1 AND type = s.type AND id = s.id LIMIT 1) p`

/** $1 practice, $2 type, $3 id, $4 version: one state of a resource, the present one or an older. */
export const VERSION = `
  WITH states AS (
    SELECT ${KEPT} FROM mirror_resources
     WHERE practice_id = $1 AND type = $2 AND id = $3 AND version = $4
    UNION ALL
    SELECT ${KEPT} FROM mirror_versions
     WHERE practice_id = $1 AND type = $2 AND id = $3 AND version = $4)
  SELECT s.*, p.patient_id, p.content AS present
    FROM states s ${PRESENT} LIMIT 1`

/** $1 practice, $2 type, $3 id, $4 before this version, $5 not older than, $6 limit: the newest first. */
export const VERSIONS = `
  WITH states AS (
    (SELECT ${KEPT} FROM mirror_resources
      WHERE practice_id = $1 AND type = $2 AND id = $3 AND version < $4 AND changed_seen_at >= $5)
    UNION ALL
    (SELECT ${KEPT} FROM mirror_versions
      WHERE practice_id = $1 AND type = $2 AND id = $3 AND version < $4 AND changed_seen_at >= $5
      ORDER BY version DESC LIMIT $6))
  SELECT s.*, p.patient_id, p.content AS present
    FROM states s ${PRESENT} ORDER BY s.version DESC LIMIT $6`

/**
 * $1 practice, $2 type, $3, $4, $5: when the last state was changed that was shown, its id and version;
 * $6 not older than, $7 limit: the newest first.
 */
export const VERSIONS_OF_TYPE = `
  WITH states AS (
    (SELECT ${KEPT} FROM mirror_resources
      WHERE practice_id = $1 AND type = $2 AND changed_seen_at >= $6
        AND changed_seen_at <= $3 AND (changed_seen_at, id, version) < ($3, $4, $5)
      ORDER BY organization_id DESC, practice_id DESC, type DESC, changed_seen_at DESC, id DESC
      LIMIT $7)
    UNION ALL
    (SELECT ${KEPT} FROM mirror_versions
      WHERE practice_id = $1 AND type = $2 AND changed_seen_at >= $6
        AND changed_seen_at <= $3 AND (changed_seen_at, id, version) < ($3, $4, $5)
      ORDER BY changed_seen_at DESC, id DESC, version DESC LIMIT $7))
  SELECT s.*, p.patient_id, p.content AS present
    FROM (SELECT * FROM states ORDER BY changed_seen_at DESC, id DESC, version DESC LIMIT $7) s
    ${PRESENT} ORDER BY s.changed_seen_at DESC, s.id DESC, s.version DESC`
