// What stands in a database, by SQL of the judge's own: rows and a digest of every table, the feed's
// numbers, the ledger, and whether each resource's hash is that of its content. It knows nothing of how
// backups are made or read.

import { createHash } from 'node:crypto'
import type pg from 'pg'

export interface Picture {
  /** By table: rows, and a digest of them that is the same in any order. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly digest: string }>>
  /** Events of the ledger without those that tell of a restore, and the last one's number. */
  readonly ledger: { readonly events: number; readonly last: number; readonly digest: string }
  /** Per practice: the last number given out, the entries, and the highest among them. */
  readonly feeds: readonly { last: number; entries: number; highest: number }[]
  /** Resources whose stored hash is not the SHA-256 of their content. */
  readonly falseHashes: number
  readonly resources: number
}

/** Marks that a restore leaves on purpose, and that are left out of a comparison. */
const MARKS: Readonly<Record<string, { leftOut: readonly string[]; where: string }>> = {
  organizations: { leftOut: ['held_at', 'held_because', 'held_as_of'], where: 'true' },
  access_events: { leftOut: [], where: `action <> 'installation.restore'` },
}
const DIGEST = `count(*)::int AS rows,
  coalesce(md5(string_agg(md5(line), '' ORDER BY md5(line))), '') AS digest`

/** Looks at everything the client's transaction sees. The client has to see all rows. */
export async function pictureOf(client: pg.Client): Promise<Picture> {
  const { rows: names } = await client.query<{ name: string }>(`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'chartway' ORDER BY 1`)
  const tables: Record<string, { rows: number; digest: string }> = {}
  for (const { name } of names) tables[name] = await digestOf(client, name)
  const { rows: feeds } = await client.query<Picture['feeds'][number]>(`
    SELECT s.last::int AS last, count(c.*)::int AS entries, coalesce(max(c.sequence), 0)::int AS highest
      FROM chartway.mirror_sequences s LEFT JOIN chartway.mirror_changes c
        ON c.organization_id = s.organization_id AND c.practice_id = s.practice_id
     GROUP BY s.organization_id, s.practice_id, s.last ORDER BY 1`)
  const { rows: last } = await client.query<{ last: number }>(`
    SELECT coalesce(max(event_id), 0)::int AS last FROM chartway.access_events
     WHERE action <> 'installation.restore'`)
  const { rows: contents } = await client.query<{ content: string; hash: string }>(
    `SELECT content, encode(content_hash, 'hex') AS hash FROM chartway.mirror_resources`,
  )
  const ledger = tables.access_events ?? { rows: 0, digest: '' }
  return {
    tables,
    ledger: { events: ledger.rows, last: last[0]?.last ?? 0, digest: ledger.digest },
    feeds,
    falseHashes: contents.filter(({ content, hash }) => sha256(content) !== hash).length,
    resources: contents.length,
  }
}

async function digestOf(client: pg.Client, name: string) {
  const { leftOut, where } = MARKS[name] ?? { leftOut: [], where: 'true' }
  const line = ['to_jsonb(t)', ...leftOut.map((column) => `'${column}'`)].join(' - ')
  const { rows } = await client.query<{ rows: number; digest: string }>(
    `SELECT ${DIGEST} FROM (SELECT (${line})::text AS line FROM chartway."${name}" t WHERE ${where}) l`,
  )
  return rows[0] ?? { rows: -1, digest: '' }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Every way in which two pictures differ, in words; empty when the restored one is the other. */
export function differences(source: Picture, restored: Picture): readonly string[] {
  const found: string[] = []
  const names = new Set([...Object.keys(source.tables), ...Object.keys(restored.tables)])
  for (const name of names) {
    const [one, other] = [source.tables[name], restored.tables[name]]
    if (one?.rows !== other?.rows) found.push(`${name}: ${one?.rows} rows became ${other?.rows}`)
    else if (one?.digest !== other?.digest) found.push(`${name}: other content`)
  }
  if (JSON.stringify(source.ledger) !== JSON.stringify(restored.ledger)) found.push('the ledger')
  if (JSON.stringify(source.feeds) !== JSON.stringify(restored.feeds)) found.push('the feeds')
  for (const { last, entries, highest } of restored.feeds)
    if (last !== entries || last !== highest)
      found.push(`a feed of ${entries} entries up to ${last}`)
  if (restored.falseHashes > 0)
    found.push(`${restored.falseHashes} hashes that are not of their content`)
  return found
}
