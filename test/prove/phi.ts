// `prove phi`: patients made of canaries go through everything - first sync, bad days, every route with
// right and with garbled input, agents, searches - and none may be found in what is left behind: log,
// error answers, headers, addresses sent out, and every table that is not the mirror's.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log, Network } from '@chartway/platform'
import pg from 'pg'
import { fileLog } from '../../platform/src/kernel/pino-log.ts'
import { ownDatabase } from '../own-database.ts'
import { type Rig, socketRig } from '../rig.ts'
import { idsIn, type Leak, leaksIn } from './judge/leaks.ts'
import { type Canaries, canaries } from './phi-canaries.ts'
import { shownToOperator } from './phi-operator.ts'
import { type Answer, probe } from './phi-probes.ts'
import { check, floor, none, type Proof, type ProofOptions, type ProofResult } from './proof.ts'

const CODE = 'JAFJCD'
const PRACTICE = 'canary'
const TIME_SCALE = 600
const FULL = { patients: 400, badMinutes: 240, firstSyncMs: 400_000, probes: 2_000 }
const QUICK = { patients: 12, badMinutes: 25, firstSyncMs: 30_000, probes: 400 }
const MUTANTS = ['answers-in-the-log', 'addresses-in-the-log', 'charts-in-the-ledger'] as const

export const proof: Proof = {
  name: 'phi',
  shows: "no patient's data is left in logs, errors, headers, addresses or tables of our own",
  mutants: MUTANTS,
  run,
}

async function run(options: ProofOptions): Promise<ProofResult> {
  const size = options.quick ? QUICK : FULL
  const planted = canaries(size.patients, options.seed)
  await using own = await ownDatabase()
  if (options.mutant === 'charts-in-the-ledger') await copyIntoLedger(own.url)
  const logPath = join(own.folder, 'platform.log')
  const sent: string[] = []
  const log = fileLog({ path: logPath, level: 'debug' })
  await using rig = await socketRig({
    seed: options.seed,
    practices: [
      { code: CODE, practice: PRACTICE, sandbox: { kind: 'loaded', files: planted.files } },
    ],
    preset: 'tuesday',
    timeScale: TIME_SCALE,
    databaseUrl: own.url,
    log: options.mutant === 'addresses-in-the-log' ? openLog(log, sent) : log,
    between: (network) =>
      watched(network, sent, options.mutant === 'answers-in-the-log' ? log : undefined),
  })
  await rig.firstSync(PRACTICE, size.firstSyncMs)
  options.say(`phi: ${size.patients} canary patients mirrored`)
  const answers = await probe(rig, { practice: PRACTICE, planted, atLeast: size.probes })
  options.say(`phi: ${answers.length} probes answered`)
  const bad = await badHours(rig, size.badMinutes)
  options.say('phi: bad hours are over')
  const leftBehind = await readFile(logPath, 'utf8')
  const operator = await shownToOperator(rig, own, logPath)
  const tables = await ownTables(own.url)
  return judged({ planted, answers, sent, leftBehind, bad, tables, operator, size })
}

/** What a careless port would write: the newest address beside each line. */
function openLog(log: Log, sent: readonly string[]): Log {
  return {
    write: (level, event, fields) =>
      log.write(level, event, { ...fields, frames: sent.at(-1) ?? '' }),
  }
}

function watched(network: Network, sent: string[], leak: Log | undefined): Network {
  return {
    ...network,
    send: async (request) => {
      sent.push(request.url)
      const reply = await network.send(request)
      leak?.write('debug', 'answer', {
        frames: Buffer.from(reply.body).toString().slice(0, 20_000),
      })
      return reply
    },
  }
}

/** What a careless trigger would keep: each record that comes in, in the ledger of accesses. */
async function copyIntoLedger(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    CREATE FUNCTION chartway.copied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO chartway.access_events (organization_id, at, actor, action, outcome, details)
      VALUES (new.organization_id, 0, 'sync', 'copied', 'success', jsonb_build_object('c', new.content));
      RETURN new; END $$;
    CREATE TRIGGER copied AFTER INSERT ON chartway.mirror_resources
      FOR EACH ROW EXECUTE FUNCTION chartway.copied()`)
  await client.end()
}

/** Storms, then hostility, each for half the time; what fired is counted by the sandbox. */
async function badHours({ sandbox, clock, get }: Rig, minutes: number) {
  for (const preset of ['storm', 'hostile'] as const) {
    sandbox.operator.setPreset(preset)
    await clock.sleep((minutes / 2) * 60_000)
    await get(`/v1/sync?practice=${PRACTICE}`)
  }
  const fired = sandbox.operator.faultsFired()
  return { fired, all: Object.values(fired).reduce((sum, count) => sum + count, 0) }
}

/** Every table that is not the mirror's copy of charts, as text, row by row. */
async function ownTables(url: string): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: names } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'chartway'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'mirror%'`,
    )
    const texts = new Map<string, string>()
    for (const { name } of names) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM chartway.${client.escapeIdentifier(name)} t`,
      )
      texts.set(name, rows.map(({ row }) => row).join('\n'))
    }
    return texts
  } finally {
    await client.end()
  }
}

interface Gathered {
  readonly planted: Canaries
  readonly answers: readonly Answer[]
  readonly sent: readonly string[]
  readonly leftBehind: string
  readonly bad: Awaited<ReturnType<typeof badHours>>
  readonly tables: ReadonlyMap<string, string>
  readonly operator: ReadonlyMap<string, string>
  readonly size: typeof FULL
}

function judged(gathered: Gathered): ProofResult {
  const { planted, answers, sent, leftBehind, bad, tables, operator, size } = gathered
  const words = new Set(planted.words.map((word) => word.toLowerCase()))
  const ids = new Set(planted.ids)
  const hits = (name: string, text: string) => leaksIn(name, text, words).leaks
  const refused = answers.filter(({ status }) => status >= 400)
  const shown = answers.filter(({ charts }) => !charts)
  const withCharts = answers.filter(
    ({ charts, status, text }) => charts && status < 300 && hits('', text).length > 0,
  )
  return {
    checks: [
      floor('canaries', words.size, size.patients * 15),
      // A stream that has no end has no status; what nothing answers shows nothing.
      floor('answered probes', answers.filter(({ status }) => status > 0).length, size.probes),
      floor('refused probes', refused.length, size.probes / 4),
      floor('answers that rightly hold canaries', withCharts.length, 20),
      floor('characters of log', leftBehind.length, 10_000),
      floor('calls to the vendor', sent.length, size.patients * 10),
      floor('faults fired', bad.all, 5),
      floor('tables of our own with rows', [...tables.values()].filter(Boolean).length, 6),
      ...[...operator].map(([name, text]) => floor(`characters of ${name}`, text.length, 1_000)),
      none(
        "canary or record's id in metrics or support bundle",
        places(
          [...operator].flatMap(([name, text]) => [...hits(name, text), ...idsIn(name, text, ids)]),
        ),
      ),
      none('canary in the log', places(hits('log', leftBehind))),
      none("record's id in the log", places(idsIn('log', leftBehind, ids))),
      none('canary in an error', places(refused.flatMap(({ name, text }) => hits(name, text)))),
      none(
        'canary in a header',
        places(answers.flatMap(({ name, headers }) => hits(name, headers))),
      ),
      none(
        'canary in an answer that is not of charts',
        places(shown.flatMap(({ name, text }) => hits(name, text))),
      ),
      none('canary in an address that was sent', places(sent.flatMap((url) => hits('sent', url)))),
      none(
        'canary in a table of our own',
        places([...tables].flatMap(([name, text]) => hits(name, text))),
      ),
      check('no probe was answered with a fault of ours', faults(answers) === '', faults(answers)),
    ],
    figures: {
      patients: size.patients,
      canaries: words.size,
      probes: answers.length,
      refused: refused.length,
      answersWithCanaries: withCharts.length,
      logCharacters: leftBehind.length,
      vendorCalls: sent.length,
      faultsFired: bad.fired,
      tables: tables.size,
    },
  }
}

function places(leaks: readonly Leak[]): readonly string[] {
  return leaks.map(({ at, form }) => `${at} (${form})`)
}

function faults(answers: readonly Answer[]): string {
  return answers
    .filter(({ status }) => status === 500)
    .map(({ name }) => name)
    .slice(0, 3)
    .join('; ')
}
