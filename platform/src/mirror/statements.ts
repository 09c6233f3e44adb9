// The SQL by which the mirror writes, one constant a statement. Row-level security narrows every one of
// them to the transaction's organization. Sets come in as columns (see store.ts). Rows that are there
// are changed by upserts: those go through the primary key, whatever the planner believes of a table
// that was empty a minute ago.

/** `unnest` of columns, each one text parted by chr(1), beginning at a parameter's number. */
function rows(first: number, names: readonly string[]): string {
  const columns = names.map((_, index) => `string_to_array($${first + index}, chr(1), '')`)
  return `unnest(${columns.join(', ')}) WITH ORDINALITY AS q(${names.join(', ')}, n)`
}

/** A resource by a row of `q`; the limit keeps the plan to one look-up in the primary key per row. */
const RESOURCE_OF_Q = `CROSS JOIN LATERAL (
    SELECT * FROM mirror_resources
     WHERE practice_id = $1 AND type = q.type AND id = q.id LIMIT 1) r`

/** The last complete listing that shows a resource: its own question's, or one about its patient. */
const LISTED_AT = `(
    SELECT max(l.listed_at) FROM mirror_listings l
     WHERE l.practice_id = $1 AND l.subject IN (r.patient_id, r.subject)
       AND r.type || '/' || r.id = ANY (l.members))`

export const LOCK = `
  SELECT last, retention, retention_days FROM mirror_sequences WHERE practice_id = $1 FOR UPDATE`

export const FIRST_LOCK = `
  INSERT INTO mirror_sequences (organization_id, practice_id, last, found_by) VALUES ($1, $2, 0, $3)
  ON CONFLICT DO NOTHING`

export const SET_LAST = 'UPDATE mirror_sequences SET last = $2 WHERE practice_id = $1'

export const LISTINGS = `
  SELECT l.search, l.subject, l.as_of, l.listed_at, l.asked_at, l.sequence, l.missing, l.strays,
         s.same,
         CASE WHEN s.same THEN NULL ELSE l.members END AS members,
         ARRAY(SELECT c.type FROM mirror_completions c
                WHERE c.practice_id = $1 AND c.search = l.search AND c.subject = l.subject) AS completes
    FROM ${rows(2, ['search', 'subject', 'digest'])}
   CROSS JOIN LATERAL (
     SELECT * FROM mirror_listings
      WHERE practice_id = $1 AND search = q.search AND subject = coalesce(q.subject, '') LIMIT 1) l
   CROSS JOIN LATERAL (
     SELECT coalesce(l.digest = decode(q.digest, 'base64'), false) AS same) s`

export const UNEXPLAINED = `
  SELECT search, subject, listed_at, missing FROM mirror_listings
   WHERE practice_id = $1 AND missing <> '{}'`

export const CHANGED_SINCE = `
  SELECT type || '/' || id AS key, sequence FROM mirror_changes
   WHERE practice_id = $1 AND sequence > $2 AND kind <> 'created'
   ORDER BY sequence LIMIT $3`

export const KNOWN = `
  SELECT r.type, r.id, r.version, encode(r.content_hash, 'base64') AS content_hash,
         r.patient_id, r.repairs, r.search, r.subject, r.asked_at,
         r.vendor_updated_at, r.deleted, r.restricted,
         CASE WHEN r.deleted OR r.content_hash IS DISTINCT FROM decode(q.content_hash, 'base64')
              THEN r.content ELSE '' END AS content,
         r.content = '' AS dropped
    FROM ${rows(2, ['type', 'id', 'content_hash'])} ${RESOURCE_OF_Q}`

export const CONFIRMED = `
  SELECT r.type || '/' || r.id AS key, ${LISTED_AT} AS listed_at
    FROM ${rows(2, ['type', 'id'])} ${RESOURCE_OF_Q}`

export const STANDING = `
  SELECT r.type || '/' || r.id AS key, r.deleted, greatest(r.asked_at, ${LISTED_AT}) AS asked_at
    FROM ${rows(2, ['type', 'id'])} ${RESOURCE_OF_Q}`

export const DELETED_OF = `
  SELECT r.type || '/' || r.id AS key
    FROM ${rows(2, ['type', 'id'])} ${RESOURCE_OF_Q} WHERE r.deleted`

export const LISTED_OF = `
  SELECT r.type || '/' || r.id AS key
    FROM ${rows(2, ['type', 'id'])} ${RESOURCE_OF_Q}
   WHERE NOT r.deleted AND EXISTS (
     SELECT FROM mirror_listings l
      WHERE l.practice_id = $1 AND l.subject IN (r.patient_id, r.subject) AND l.listed_at IS NOT NULL
        AND r.type = ANY (l.covers) AND r.type || '/' || r.id = ANY (l.members))`

/** In the order of `stateColumns` in store.ts. */
const STATE = [
  'sequence',
  'type',
  'id',
  'content',
  'content_hash',
  'patient_id',
  'repairs',
  'pathway',
  'search',
  'subject',
  'asked_at',
  'vendor_updated_at',
  'unchanged_at',
  'restricted',
  'restricted_change',
]

export const CREATE = `
  WITH q AS (SELECT * FROM ${rows(4, STATE)}),
  created AS (
    INSERT INTO mirror_resources (
      organization_id, practice_id, type, id, version, content, content_hash, patient_id,
      repairs, pathway, search, subject, asked_at, first_seen_at, changed_seen_at,
      vendor_updated_at, deleted, restricted)
    SELECT $1, $2, type, id, 1, coalesce(content, ''), decode(content_hash, 'base64'),
           patient_id, repairs, pathway, search, coalesce(subject, ''), asked_at::bigint, $3::bigint, $3::bigint,
           vendor_updated_at::bigint, false, restricted IS NOT NULL
      FROM q)
  INSERT INTO mirror_changes (
    organization_id, practice_id, sequence, kind, type, id, version, patient_id, pathway, search,
    asked_at, unchanged_at, learnt_at, vendor_updated_at, restricted)
  SELECT $1, $2, sequence::bigint, 'created', type, id, 1, patient_id, pathway, search,
         asked_at::bigint, unchanged_at::bigint, $3::bigint, vendor_updated_at::bigint,
         restricted_change IS NOT NULL
    FROM q`

/** The states that are about to be superseded. */
export const KEEP = `
  INSERT INTO mirror_versions (
    organization_id, practice_id, type, id, version, content, content_hash, repairs,
    changed_seen_at, vendor_updated_at, deleted)
  SELECT r.organization_id, r.practice_id, r.type, r.id, r.version, r.content, r.content_hash,
         r.repairs, r.changed_seen_at, r.vendor_updated_at, r.deleted
    FROM ${rows(2, ['type', 'id'])} ${RESOURCE_OF_Q}`

export const SUPERSEDE = `
  WITH q AS (SELECT * FROM ${rows(4, [...STATE, 'version', 'kind', 'diff'])}),
  superseded AS (
    INSERT INTO mirror_resources AS r (
      organization_id, practice_id, type, id, version, content, content_hash, patient_id,
      repairs, pathway, search, subject, asked_at, first_seen_at, changed_seen_at,
      vendor_updated_at, deleted, restricted)
    SELECT $1, $2, type, id, version::integer, coalesce(content, ''), decode(content_hash, 'base64'),
           patient_id, repairs, pathway, search, coalesce(subject, ''), asked_at::bigint, $3::bigint, $3::bigint,
           vendor_updated_at::bigint, false, restricted IS NOT NULL
      FROM q
    ON CONFLICT (organization_id, practice_id, type, id) DO UPDATE
       SET version = excluded.version, content = excluded.content,
           content_hash = excluded.content_hash,
           patient_id = excluded.patient_id, repairs = excluded.repairs,
           pathway = excluded.pathway, search = excluded.search, subject = excluded.subject,
           asked_at = excluded.asked_at, changed_seen_at = excluded.changed_seen_at,
           vendor_updated_at = excluded.vendor_updated_at, deleted = false,
           restricted = excluded.restricted)
  INSERT INTO mirror_changes (
    organization_id, practice_id, sequence, kind, type, id, version, patient_id, diff, pathway,
    search, asked_at, unchanged_at, learnt_at, vendor_updated_at, restricted)
  SELECT $1, $2, sequence::bigint, kind, type, id, version::integer, patient_id, diff, pathway,
         search, asked_at::bigint, unchanged_at::bigint, $3::bigint, vendor_updated_at::bigint,
         restricted_change IS NOT NULL
    FROM q`

/** Of rows that are there; what is inserted to no avail beside the key is a placeholder. */
export const TOUCH = `
  INSERT INTO mirror_resources AS r (
    organization_id, practice_id, type, id, version, content, content_hash, patient_id,
    repairs, pathway, search, subject, asked_at, first_seen_at, changed_seen_at,
    vendor_updated_at, deleted)
  SELECT $1, $2, type, id, 0, '', '', patient_id, repairs, '', '', '', asked_at::bigint, 0, 0, vendor_updated_at::bigint, false
    FROM ${rows(3, ['type', 'id', 'patient_id', 'repairs', 'asked_at', 'vendor_updated_at'])}
  ON CONFLICT (organization_id, practice_id, type, id) DO UPDATE
     SET patient_id = excluded.patient_id, repairs = excluded.repairs, asked_at = greatest(r.asked_at, excluded.asked_at),
         vendor_updated_at = coalesce(excluded.vendor_updated_at, r.vendor_updated_at)`

/** Content that was dropped and is seen again while everything is kept; no change of the resource. */
export const REFILL = `
  UPDATE mirror_resources r SET content = q.content, repairs = q.repairs
    FROM ${rows(2, ['type', 'id', 'content', 'repairs'])}
   WHERE r.practice_id = $1 AND r.type = q.type AND r.id = q.id AND r.content = ''`

export const DELETE = `
  WITH gone AS (
    UPDATE mirror_resources
       SET version = version + 1, deleted = true, asked_at = $6, changed_seen_at = $8,
           pathway = $9, search = $10
     WHERE organization_id = $1 AND practice_id = $2 AND type = $3 AND id = $4
    RETURNING version, patient_id, vendor_updated_at, restricted)
  INSERT INTO mirror_changes (
    organization_id, practice_id, sequence, kind, type, id, version, patient_id, diff, pathway,
    search, asked_at, unchanged_at, learnt_at, vendor_updated_at, restricted)
  SELECT $1, $2, $5, 'deleted', $3, $4, version, patient_id, '[]', $9, $10, $6, $7, $8,
         vendor_updated_at, restricted
    FROM gone`

/** What resources are found by, of rows that are there no longer or are about to be written anew. */
export const FORGET_FOUND_BY = `
  DELETE FROM mirror_found_by f USING ${rows(2, ['type', 'id'])}
   WHERE f.practice_id = $1 AND f.type = q.type AND f.id = q.id`

export const PUT_FOUND_BY = `
  INSERT INTO mirror_found_by (organization_id, practice_id, type, id, n, parameter, value, low, high)
  SELECT $1, $2, type, id, place::integer, parameter, coalesce(value, ''), low::bigint, high::bigint
    FROM ${rows(3, ['type', 'id', 'place', 'parameter', 'value', 'low', 'high'])}`

/** How far the practice's older resources have been gone through; nobody else writes meanwhile. */
export const FOUND_BY_LOCKED =
  'SELECT found_by FROM mirror_sequences WHERE practice_id = $1 FOR UPDATE'

export const FORGET_ALL_FOUND_BY = 'DELETE FROM mirror_found_by WHERE practice_id = $1'

/** $1 practice, $2 type, $3 the id after which to go on, $4 limit. */
export const CONTENTS_AFTER = `
  SELECT id, content FROM mirror_resources
   WHERE practice_id = $1 AND type = $2 AND id > $3 AND NOT deleted AND content <> ''
   ORDER BY organization_id, practice_id, type, id LIMIT $4`

/** $1 practice, $2 changed before, epoch ms, $3 rows at most. Content, and the repairs with their originals. */
export const DROP_RESOURCES = `
  UPDATE mirror_resources r SET content = '', repairs = NULL
    FROM (SELECT type, id FROM mirror_resources
           WHERE practice_id = $1 AND changed_seen_at < $2 AND content <> '' LIMIT $3) old
   WHERE r.practice_id = $1 AND r.type = old.type AND r.id = old.id
  RETURNING r.type, r.id`

export const DROP_VERSIONS = `
  UPDATE mirror_versions v SET content = '', repairs = NULL
    FROM (SELECT type, id, version FROM mirror_versions
           WHERE practice_id = $1 AND changed_seen_at < $2 AND content <> '' LIMIT $3) old
   WHERE v.practice_id = $1 AND v.type = old.type AND v.id = old.id AND v.version = old.version
  RETURNING v.type, v.id`

/** The differences of changes that were learnt before; what was created has them in its content. */
export const DROP_CHANGES = `
  UPDATE mirror_changes c SET diff = '[]'
    FROM (SELECT sequence FROM mirror_changes
           WHERE practice_id = $1 AND learnt_at < $2 AND diff <> '[]' LIMIT $3) old
   WHERE c.practice_id = $1 AND c.sequence = old.sequence
  RETURNING c.type, c.id`

/** $1 practice, $2 types, $3 ids: arrays of one length. */
export const DROP_FOUND_BY = `
  DELETE FROM mirror_found_by f
   USING unnest($2::text[], $3::text[]) AS q(type, id)
   WHERE f.practice_id = $1 AND f.type = q.type AND f.id = q.id`

export const SET_FOUND_BY = 'UPDATE mirror_sequences SET found_by = $2 WHERE practice_id = $1'

export const FORGET_MEMBER = `
  UPDATE mirror_listings SET members = array_remove(members, $2)
   WHERE practice_id = $1 AND subject IN ($3, $4) AND $2 = ANY (members)`

export const NOTE_COMPLETIONS = `
  INSERT INTO mirror_completions (organization_id, practice_id, type, subject, search)
  SELECT $1, $2, type, coalesce(subject, ''), search FROM ${rows(3, ['type', 'subject', 'search'])}
  ON CONFLICT DO NOTHING`

/** Of rows that are there; what is inserted to no avail beside the key is a placeholder. */
export const REPEAT_LISTINGS = `
  INSERT INTO mirror_listings AS l (
    organization_id, practice_id, search, subject, covers, asked_at, sequence, members, missing,
    strays)
  SELECT $1, $2, search, coalesce(subject, ''), '{}', asked_at::bigint, $3::bigint, '{}', '{}', false
    FROM ${rows(4, ['search', 'subject', 'asked_at'])}
  ON CONFLICT (organization_id, practice_id, subject, search) DO UPDATE
     SET as_of = excluded.asked_at, listed_at = excluded.asked_at,
         asked_at = greatest(l.asked_at, excluded.asked_at), sequence = excluded.sequence`

/** Patients' listings that should show what was learnt without them. */
export const MARK_STRAYS = `
  INSERT INTO mirror_listings AS l (
    organization_id, practice_id, search, subject, covers, sequence, members, missing, strays)
  SELECT DISTINCT $1, $2, about.search, about.subject, '{}'::text[], 0, '{}'::text[], '{}'::text[], true
    FROM ${rows(3, ['subject', 'type'])}
   CROSS JOIN LATERAL (
     SELECT search, subject FROM mirror_listings
      WHERE practice_id = $2 AND subject = q.subject AND q.type = ANY (covers) LIMIT 1000) about
  ON CONFLICT (organization_id, practice_id, subject, search) DO UPDATE SET strays = true`

/**
 * What is known of patients since before an asking and in none of their listings, nor in what shows what
 * these leave out. The second is looked at for the few that are left: it is long.
 */
export const ORPHANS = `
  WITH unlisted AS MATERIALIZED (
  SELECT q.n, q.type, r.type || '/' || r.id AS key
    FROM ${rows(2, ['subject', 'type', 'asked_at'])}
   CROSS JOIN LATERAL (
     SELECT type, id FROM mirror_resources
      WHERE practice_id = $1 AND type = q.type AND patient_id = q.subject AND NOT deleted
        AND asked_at < q.asked_at::bigint LIMIT 100000) r
   WHERE NOT EXISTS (
     SELECT FROM mirror_listings l
      WHERE l.practice_id = $1 AND l.subject = q.subject AND q.type = ANY (l.covers)
        AND (r.type || '/' || r.id = ANY (l.members) OR r.type || '/' || r.id = ANY (l.missing))))
  SELECT n, key FROM unlisted u
   WHERE NOT EXISTS (
     SELECT FROM mirror_completions c JOIN mirror_listings l
            USING (organization_id, practice_id, subject, search)
      WHERE c.practice_id = $1 AND c.type = u.type AND u.key = ANY (l.members))`

/**
 * Patients' listings that should show what a listing showed beside them and shows no longer, so that
 * their next answer is looked through for it.
 */
export const MARK_LOST = `
  INSERT INTO mirror_listings AS l (
    organization_id, practice_id, search, subject, covers, sequence, members, missing, strays)
  SELECT DISTINCT $1, $2, about.search, about.subject, '{}'::text[], 0, '{}'::text[], '{}'::text[], true
    FROM ${rows(3, ['type', 'id'])}
   CROSS JOIN LATERAL (
     SELECT patient_id FROM mirror_resources
      WHERE practice_id = $2 AND type = q.type AND id = q.id AND NOT deleted LIMIT 1) r
   CROSS JOIN LATERAL (
     SELECT search, subject FROM mirror_listings
      WHERE practice_id = $2 AND subject = r.patient_id AND q.type = ANY (covers) LIMIT 1000) about
  ON CONFLICT (organization_id, practice_id, subject, search) DO UPDATE SET strays = true`

export const PUT_LISTINGS = `
  INSERT INTO mirror_listings AS l (
    organization_id, practice_id, search, subject, covers, as_of, listed_at, asked_at, digest,
    sequence, members, missing, strays)
  SELECT $1, $2, search, coalesce(subject, ''), coalesce(string_to_array(covers, chr(2)), '{}'),
         as_of::bigint, asked_at::bigint, asked_at::bigint, decode(digest, 'base64'), $3::bigint,
         coalesce(string_to_array(members, chr(2)), '{}'),
         coalesce(string_to_array(missing, chr(2)), '{}'), false
    FROM ${rows(4, ['search', 'subject', 'covers', 'as_of', 'asked_at', 'digest', 'members', 'missing'])}
  ON CONFLICT (organization_id, practice_id, subject, search) DO UPDATE
     SET covers = excluded.covers, as_of = excluded.as_of, listed_at = excluded.listed_at,
         asked_at = greatest(l.asked_at, excluded.asked_at), digest = excluded.digest,
         sequence = excluded.sequence, members = excluded.members, missing = excluded.missing,
         strays = false, served = true`

export const NOTE_LISTINGS = `
  INSERT INTO mirror_listings AS l (
    organization_id, practice_id, search, subject, covers, asked_at, sequence, members, missing,
    strays)
  SELECT $1, $2, search, coalesce(subject, ''), coalesce(string_to_array(covers, chr(2)), '{}'),
         asked_at::bigint, 0, coalesce(string_to_array(members, chr(2)), '{}'), '{}', false
    FROM ${rows(3, ['search', 'subject', 'covers', 'asked_at', 'members'])}
  ON CONFLICT (organization_id, practice_id, subject, search) DO UPDATE
     SET asked_at = greatest(l.asked_at, excluded.asked_at), served = true,
         digest = CASE WHEN excluded.members <@ l.members THEN l.digest END,
         members = l.members || ARRAY(
           SELECT unnest(excluded.members) EXCEPT SELECT unnest(l.members))
   WHERE excluded.asked_at IS NOT NULL`

export const MARK_NOT_SERVED = `
  UPDATE mirror_listings l SET served = false
    FROM ${rows(2, ['search', 'subject'])}
   WHERE l.practice_id = $1 AND l.search = q.search AND l.subject = coalesce(q.subject, '')
     AND l.asked_at IS NULL`

export const RETIRE = `
  DELETE FROM mirror_listings l USING ${rows(2, ['search', 'subject'])}
   WHERE l.practice_id = $1 AND l.search = q.search AND l.subject = coalesce(q.subject, '')`

export const EXPLAIN = `
  UPDATE mirror_listings l
     SET missing = coalesce(string_to_array(q.missing, chr(2)), '{}'),
         as_of = coalesce(q.as_of::bigint, l.as_of), strays = true
    FROM ${rows(2, ['search', 'subject', 'missing', 'as_of'])}
   WHERE l.practice_id = $1 AND l.search = q.search AND l.subject = coalesce(q.subject, '')`
