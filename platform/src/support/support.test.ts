// A support bundle of an installation full of canaries: none of them comes out, and what helps does.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { wallClock } from '../kernel/clock.ts'
import { diskStreams } from '../kernel/file-streams.ts'
import { fileLog } from '../kernel/pino-log.ts'
import { supportBundle } from './index.ts'

/** In every column of text of every table, in every place of the log where it can be put. */
const CANARY = 'CANARY7731'
let held: TestDatabase
let folder: string
let text: string

beforeAll(async () => {
  held = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'chartway-support-'))
  const owner = new pg.Client({ connectionString: held.url })
  await owner.connect()
  await owner.query(`
    SET search_path = chartway;
    INSERT INTO organizations VALUES ('home', '${CANARY}', 1);
    INSERT INTO practices VALUES ('home', 'elm', '${CANARY}', 'UTC', 'eclinicalworks', 'https://${CANARY}.example',
      '${CANARY}', '{"x": "${CANARY}"}', 'connected', 3);
    INSERT INTO credentials VALUES ('home', 'elm', '${CANARY}', convert_to('${CANARY}', 'UTF8'), 1);
    INSERT INTO api_keys VALUES ('home', '${CANARY}', '${CANARY}', convert_to('${CANARY}', 'UTF8'), '{read}', 1);
    INSERT INTO mirror_sequences VALUES ('home', 'elm', 1);
    INSERT INTO mirror_resources VALUES ('home', 'elm', 'Patient', '${CANARY}', 1, '{"name":"${CANARY}"}', '\\x00',
      '${CANARY}', '${CANARY}', 'fhir', 's', '${CANARY}', 1, 1, 1, NULL, false);
    INSERT INTO mirror_changes VALUES ('home', 'elm', 1, 'updated', 'Patient', '${CANARY}', 1, '${CANARY}',
      '${CANARY}', 'fhir', 's', 1, 1, 1, NULL);
    INSERT INTO sync_due VALUES ('home', 'elm', 'Condition?patient', '${CANARY}', 1, 1, 3, 'PATHWAY_NOT_ACTIVATED');
    INSERT INTO sync_problems VALUES ('home', 'elm', 'Condition?patient=${CANARY}', '${CANARY}', '/${CANARY}', 'PATHWAY_ENTRY_NO_ID', 1);
    INSERT INTO sync_states VALUES ('home', 'elm', 1, 1, NULL, 'PATHWAY_NOT_ACTIVATED');
    INSERT INTO access_events (organization_id, at, actor, action, practice_id, subject, outcome, details)
      VALUES ('home', 1, 'key:${CANARY}', 'patients.read', 'elm', 'Patient/${CANARY}', 'success', '{"x": "${CANARY}"}')`)
  await owner.end()
  const logPath = join(folder, 'chartway.log')
  const wrong: object = { patient: CANARY, msg: CANARY }
  fileLog({ path: logPath, level: 'info' }).write('warn', 'sync.ask.failed', {
    ...wrong,
    practice: 'elm',
    code: 'PATHWAY_NOT_ACTIVATED',
  })
  await new Promise((resolve) => setTimeout(resolve, 200))
  await writeFile(
    logPath,
    [
      JSON.stringify({ level: 30, event: CANARY, name: CANARY }),
      JSON.stringify({ level: 30, event: 'x.y', search: `Patient?name=${CANARY}`, note: CANARY }),
      JSON.stringify({
        level: 50,
        event: 'face.failed',
        errorClass: 'TypeError',
        frames: `at name (${join('/', 'srv', CANARY)}/platform/src/mirror/apply.ts:10:5)\nat ${CANARY}`,
      }),
      `not json ${CANARY}`,
      '',
    ].join('\n'),
    { flag: 'a' },
  )
  const bundle = await supportBundle({
    url: held.url,
    clock: wallClock(),
    files: diskStreams,
    logPath,
    dataFolder: folder,
    version: '1.2.3',
    settings: { database: 'embedded', sweepMinutes: 30 },
    machine: { node: 'v24', platform: 'linux' },
  })
  text = JSON.stringify(bundle)
})
afterAll(async () => {
  await held.close()
  await rm(folder, { recursive: true })
})

test('not one canary comes out', () => {
  const at = text.indexOf(CANARY)
  expect(at < 0 ? '' : text.slice(Math.max(0, at - 120), at + 20)).toBe('')
  expect(Buffer.from(text).includes(Buffer.from(CANARY).toString('hex'))).toBe(false)
})

test('what helps does: versions, schema, sizes, states by code, the last lines', () => {
  const bundle = JSON.parse(text)
  expect(bundle).toMatchObject({
    version: '1.2.3',
    settings: { sweepMinutes: 30 },
    database: {
      schema: [{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      practices: [{ practice: 'elm', state: 'connected', last_code: 'PATHWAY_NOT_ACTIVATED' }],
      questions: [{ last_code: 'PATHWAY_NOT_ACTIVATED', count: 1 }],
      problems: [{ search: 'Condition?patient', code: 'PATHWAY_ENTRY_NO_ID', count: 1 }],
    },
  })
  expect(bundle.database.tables.map((table: { name: string }) => table.name)).toContain(
    'mirror_resources',
  )
  expect(bundle.log.lines[0]).toMatchObject({ event: 'sync.ask.failed', practice: 'elm' })
  expect(bundle.log.lines.at(-1)).toMatchObject({ frames: 'platform/src/mirror/apply.ts:10' })
  expect(bundle.log.leftOut).toBe(2)
})
