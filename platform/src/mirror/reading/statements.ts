// The SQL by which the mirror is read, one constant a statement. Row-level security narrows every one
// of them to the transaction's organization.

const COLUMNS = `r.type, r.id, r.version, r.content, r.patient_id, r.repairs, r.pathway, r.search,
         r.first_seen_at, r.changed_seen_at, r.vendor_updated_at, r.deleted, r.restricted`

/**
 * How fresh one resource is: by the listings about its patient that cover its type, the least of them
 * and nothing while one was never complete; without such listings, by the last answer that showed it.
 * What the questions about patients leave out counts with them; what the practice refuses to answer
 * and never did counts nowhere.
 */
const AS_OF = `
    LEFT JOIN LATERAL (
      SELECT count(*) AS questions, bool_and(l.as_of IS NOT NULL) AS whole, min(l.as_of) AS least
        FROM mirror_listings l
       WHERE l.practice_id = r.practice_id AND l.subject = r.patient_id
         AND r.type = ANY (l.covers) AND l.served) about ON true
    LEFT JOIN LATERAL (
      SELECT max(l.listed_at) AS listed_at FROM mirror_listings l
       WHERE l.practice_id = r.practice_id
         AND (l.subject = r.subject AND l.search = r.search OR l.subject = r.id)
         AND r.type || '/' || r.id = ANY (l.members)) own ON true
    LEFT JOIN LATERAL (
      SELECT coalesce(bool_and(l.as_of IS NOT NULL), true) AS whole, min(l.as_of) AS least
        FROM mirror_completions c LEFT JOIN mirror_listings l
             USING (organization_id, practice_id, subject, search)
       WHERE c.practice_id = r.practice_id AND c.type = r.type
         AND l.served IS NOT FALSE) beside ON true`

const AS_OF_VALUE = `CASE WHEN about.questions = 0 THEN greatest(r.asked_at, own.listed_at)
              WHEN about.whole AND beside.whole THEN least(about.least, beside.least)
              END AS as_of`

/** $1 practice, $2 types, $3 ids: arrays of one length. The least of all; not whole when one is unknown. */
export const AS_OF_ALL = `
  SELECT bool_and(each.as_of IS NOT NULL) AS whole, min(each.as_of) AS least FROM (
    SELECT ${AS_OF_VALUE}
      FROM unnest($2::text[], $3::text[]) AS q(type, id)
     CROSS JOIN LATERAL (
       SELECT * FROM mirror_resources
        WHERE practice_id = $1 AND type = q.type AND id = q.id LIMIT 1) r
     ${AS_OF}) each`

/** $1 practices, $2 types, $3 ids: arrays of one length. */
export const READ = `
  SELECT q.n, ${COLUMNS}, ${AS_OF_VALUE}
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS q(practice, type, id, n)
   CROSS JOIN LATERAL (
     SELECT * FROM mirror_resources
      WHERE practice_id = q.practice AND type = q.type AND id = q.id LIMIT 1) r
   ${AS_OF}`

/**
 * The rows of a page up to $5 bytes, at least one of them; `of_page` is how many it has without that
 * bound. Texts are measured without being read from where PostgreSQL keeps long ones.
 */
const bounded = (page: string) => `
    (SELECT * FROM (
       SELECT page.*, count(*) OVER () AS of_page, row_number() OVER (ORDER BY id) AS place,
              sum(octet_length(content) + octet_length(coalesce(repairs, '')))
                OVER (ORDER BY id) AS bytes
         FROM (${page}) page) measured
      WHERE place = 1 OR bytes <= $5) r`

/** A content says neither whose it is nor that it is restricted; a record that holds it may. */
const HELD_BY_RESTRICTED = `type = 'Binary' AND patient_id IS NULL AND EXISTS (
               SELECT FROM mirror_resources h
                WHERE h.practice_id = $1 AND h.restricted
                  AND h.type IN ('DocumentReference', 'DiagnosticReport', 'Media')
                  AND strpos(h.content, 'Binary/' || mirror_resources.id || '"') > 0)`

/**
 * $1 practice, $2 type, $3 the id after which to go on, $4 limit, $5 bytes, $6 without restricted ones
 * and without contents of nobody that one of these holds.
 */
export const LIST = `
  SELECT r.of_page, ${COLUMNS}, ${AS_OF_VALUE}
    FROM ${bounded(`SELECT * FROM mirror_resources
           WHERE practice_id = $1 AND type = $2 AND id > $3 AND NOT deleted
             AND NOT (restricted AND $6) AND NOT ($6 AND ${HELD_BY_RESTRICTED})
           ORDER BY organization_id, practice_id, type, id LIMIT $4`)}
   ${AS_OF}
   ORDER BY r.id`

/** As LIST, of the patient $7; their listings alone say how fresh it is. */
export const LIST_OF_PATIENT = `
  SELECT r.of_page, ${COLUMNS}, CASE WHEN about.whole AND beside.whole
                         THEN least(about.least, beside.least) END AS as_of
    FROM ${bounded(`SELECT * FROM mirror_resources
           WHERE practice_id = $1 AND type = $2 AND patient_id = $7 AND id > $3 AND NOT deleted
             AND NOT (restricted AND $6)
           ORDER BY organization_id, practice_id, type, patient_id, id LIMIT $4`)}
   ${AS_OF}
   ORDER BY r.id`

/** $1 practice, $2 the sequence after which to go on, $3 limit, $4 bytes, of which one may have more. */
export const CHANGES = `
  SELECT * FROM (
    SELECT page.*, row_number() OVER (ORDER BY sequence) AS place,
           sum(octet_length(coalesce(diff, '')) + octet_length(coalesce(content, '')))
             OVER (ORDER BY sequence) AS bytes
      FROM (
  SELECT c.sequence, c.kind, c.type, c.id, c.version, c.patient_id, c.diff, c.pathway, c.search,
         c.asked_at, c.unchanged_at, c.learnt_at, c.vendor_updated_at, c.restricted,
         CASE WHEN c.diff IS NULL THEN coalesce(
           (SELECT v.content FROM mirror_versions v
             WHERE v.practice_id = $1 AND v.type = c.type AND v.id = c.id AND v.version = c.version),
           (SELECT r.content FROM mirror_resources r
             WHERE r.practice_id = $1 AND r.type = c.type AND r.id = c.id AND r.version = c.version)
         ) END AS content
    FROM mirror_changes c
   WHERE c.practice_id = $1 AND c.sequence > $2
   ORDER BY c.organization_id, c.practice_id, c.sequence LIMIT $3) page) measured
   WHERE place = 1 OR bytes <= $4
   ORDER BY sequence`

export const LAST_SEQUENCE = 'SELECT last FROM mirror_sequences WHERE practice_id = $1'

/** $1 practice, $2 limit; the oldest first, what was never complete before all. */
export const FRESHNESS = `
  SELECT covered.type, l.subject, l.search, l.as_of, l.asked_at
    FROM mirror_listings l CROSS JOIN LATERAL unnest(l.covers) AS covered(type)
   WHERE l.practice_id = $1 AND l.served
   ORDER BY l.as_of NULLS FIRST, l.search, l.subject, covered.type LIMIT $2`

/**
 * As FRESHNESS, about the subject $3: what is refused is named, without a date, where nothing else
 * about the type is answered. And of the questions that show what those about patients leave
 * out the oldest of each search.
 */
export const FRESHNESS_OF_SUBJECT = `
  WITH about AS (
    SELECT covered.type, l.subject, l.search, l.as_of, l.asked_at
      FROM mirror_listings l CROSS JOIN LATERAL unnest(l.covers) AS covered(type)
     WHERE l.practice_id = $1 AND l.subject = $3
       AND (l.served OR NOT EXISTS (
         SELECT FROM mirror_listings o
          WHERE o.practice_id = $1 AND o.subject = $3 AND o.served AND covered.type = ANY (o.covers)))),
  beside AS (
    SELECT c.type, '*' AS subject, c.search,
           CASE WHEN bool_and(l.as_of IS NOT NULL) THEN min(l.as_of) END AS as_of,
           min(l.asked_at) AS asked_at
      FROM mirror_completions c LEFT JOIN mirror_listings l
           USING (organization_id, practice_id, subject, search)
     WHERE c.practice_id = $1 AND c.type IN (SELECT type FROM about) AND l.served IS NOT FALSE
     GROUP BY c.type, c.search)
  SELECT * FROM about UNION ALL SELECT * FROM beside
   ORDER BY as_of NULLS FIRST, search, type LIMIT $2`

/** $1 practice, $2 as $6 of LIST, $3 of this patient and, of types $4, of none; null: of all. */
export const COUNTS = `
  SELECT type, count(*) AS count FROM mirror_resources
   WHERE practice_id = $1 AND NOT deleted AND NOT (restricted AND $2)
     AND NOT ($2 AND ${HELD_BY_RESTRICTED})
     AND ($3::text IS NULL OR patient_id = $3 OR (patient_id IS NULL AND type = ANY ($4::text[])))
   GROUP BY type ORDER BY type`

/** $1 practice, $2 types, $3 text. Deleted ones too: what was restricted was so for a reason. */
export const RESTRICTED_WITH = `
  SELECT EXISTS (SELECT FROM mirror_resources
   WHERE practice_id = $1 AND type = ANY ($2::text[]) AND restricted
     AND strpos(content, $3) > 0) AS found`

/** $1 practice, $2 types, $3 ids: arrays of one length. */
export const UNKNOWN = `
  SELECT q.type || '/' || q.id AS reference
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS q(type, id, n)
    LEFT JOIN LATERAL (
      SELECT true AS here FROM mirror_resources
       WHERE practice_id = $1 AND type = q.type AND id = q.id LIMIT 1) r ON true
   WHERE r.here IS NULL
   ORDER BY q.n`
