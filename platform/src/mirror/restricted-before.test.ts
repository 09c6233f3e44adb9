// What was mirrored before restricted records were noted as such: the migration finds them and all of
// their changes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'

const MIGRATION = join(import.meta.dirname, '..', 'db', 'migrations', '0012-people.sql')

test('the labels of what is there are noted, for resources and for all of their changes', async () => {
  const held = await testDatabase()
  const owner = new pg.Client({ connectionString: held.url })
  await owner.connect()
  try {
    const label = (code: string) => JSON.stringify({ meta: { security: [{ code }] } })
    const odd = '{"meta":{"security":[{"code":"N"}]},"text":"\\u0000"}'
    const elsewhere = '{"extension":[{"security":[{"code":"R"}]}]}'
    const states = { a: label('R'), b: label('N'), c: '{}', d: odd, e: elsewhere, f: '{}' }
    await owner.query('SET search_path = chartway')
    await owner.query(`INSERT INTO organizations VALUES ('o', 'O', 0)`)
    for (const [n, [id, content]] of Object.entries(states).entries()) {
      await owner.query(
        `INSERT INTO mirror_resources VALUES
           ('o', 'p', 'T', $1, 2, $2, '', NULL, NULL, '', '', '', 0, 0, 0, NULL, false)`,
        [id, content],
      )
      await owner.query(
        `INSERT INTO mirror_versions VALUES ('o', 'p', 'T', $1, 1, $2, '', NULL, 0, NULL, false)`,
        [id, id === 'f' ? label('HIV') : '{}'],
      )
      await owner.query(
        `INSERT INTO mirror_changes VALUES
           ('o', 'p', $1, 'updated', 'T', $2, 2, NULL, '[]', '', '', 0, NULL, 0, NULL)`,
        [n, id],
      )
    }
    const [, backfill = ''] = readFileSync(MIGRATION, 'utf8').split('-- What is mirrored already')
    await owner.query(`--${backfill}`)
    const noted = async (table: string) => {
      const sql = `SELECT id FROM ${table} WHERE restricted ORDER BY id`
      return (await owner.query<{ id: string }>(sql)).rows.map(({ id }) => id)
    }
    expect(await noted('mirror_resources')).toEqual(['a', 'd'])
    expect(await noted('mirror_changes')).toEqual(['a', 'd', 'f'])
  } finally {
    await owner.end()
    await held.close()
  }
})
