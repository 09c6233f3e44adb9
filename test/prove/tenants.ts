// `prove tenants`: every route, FHIR interaction, tool and command, with every method and by everybody, about
// what is the caller's own, another organization's, another practice's, nobody's and no id at all. Nobody sees
// what is not theirs, nobody can tell another's from nobody's, and no export holds what is not its own.

import pg from 'pg'
import { ownDatabase } from '../own-database.ts'
import {
  type Check,
  check,
  floor,
  none,
  type Proof,
  type ProofOptions,
  type ProofResult,
} from './proof.ts'
import { askByCommands, type CliJudged } from './tenants-cli.ts'
import { type ExportLooked, exported } from './tenants-export.ts'
import { type Place, placesOf, withoutProbe } from './tenants-places.ts'
import { type Asker, tenantsWorld, type World } from './tenants-world.ts'

const MUTANTS = ['row-security-off', 'practice-limit-lifted'] as const
const KINDS = ['own', 'own-second', 'foreign', 'elsewhere', 'absent', 'malformed'] as const
type Kind = (typeof KINDS)[number]
/** A quick run asks as these only; the others differ by what they may, not by whose it is. */
const QUICK_ASKERS =
  /^(nobody|key read|key read\+sensitive\+admin|admin|clinician of one practice|biller)$/
const QUICK_KEYS = /^key read\+sensitive\+admin$/
const TOGETHER = 8
/** Wall ms for one answer. */
const ANSWER_MS_MAX = 20_000

export const proof: Proof = {
  name: 'tenants',
  shows: 'nobody sees what is not theirs, nor can tell it from what does not exist',
  mutants: MUTANTS,
  run,
}

interface Answer {
  readonly place: Place
  readonly asker: Asker
  readonly field: string
  readonly kind: Kind
  readonly status: number
  readonly headers: string
  readonly body: string
}

async function run(options: ProofOptions): Promise<ProofResult> {
  await using own = await ownDatabase()
  const world = await tenantsWorld(own.url)
  try {
    if (options.mutant !== undefined) await mutate(own.url, options.mutant)
    const places = await placesOf(world)
    options.say(`tenants: ${places.length} places`)
    const askers = world.askers.filter(({ name }) => !options.quick || QUICK_ASKERS.test(name))
    const answers = await askAll(world, places, askers)
    options.say(`tenants: ${answers.length} answers`)
    const commands = await askByCommands(world, options.quick ? QUICK_KEYS : /^key /)
    options.say(`tenants: ${commands.runs} commands`)
    const left = await exported(world, own.url)
    const without = await withoutProbe(world, places)
    const asked = judged({ places, askers, answers, without })
    return {
      checks: [...asked.checks, ...commandChecks(commands), ...exportChecks(left)],
      figures: {
        ...asked.figures,
        ...{ commands: commands.commands, commandsRun: commands.runs, exportFiles: left.files },
      },
    }
  } finally {
    await world.close()
  }
}

async function mutate(url: string, mutant: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'chartway'::regnamespace AND relrowsecurity`,
  )
  if (mutant === 'row-security-off')
    for (const { name } of rows)
      await client.query(
        `ALTER TABLE chartway.${client.escapeIdentifier(name)} DISABLE ROW LEVEL SECURITY`,
      )
  else await client.query('UPDATE chartway.users SET practices = NULL')
  await client.end()
}

async function askAll(
  world: World,
  places: readonly Place[],
  askers: readonly Asker[],
): Promise<readonly Answer[]> {
  const questions = places.flatMap((place) =>
    askers.flatMap((asker) =>
      place.fields.flatMap((field) =>
        KINDS.filter((kind) => applies(world, place, field, kind)).map((kind) => ({
          place,
          asker,
          field,
          kind,
        })),
      ),
    ),
  )
  const answers: Answer[] = []
  const waiting = questions.values()
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      for (const question of waiting) answers.push(await ask(world, question))
    }),
  )
  return answers
}

/** What acts is not asked about the caller's own: it would act. What streams has no end. */
function applies(world: World, place: Place, field: string, kind: Kind): boolean {
  if (place.streams && kind !== 'foreign' && kind !== 'absent') return false
  if (kind === 'own') return place.reads
  if (kind === 'own-second') return place.reads && field === 'id'
  return kind === 'malformed' || world[kind][field] !== undefined
}

async function ask(world: World, question: Omit<Answer, 'status' | 'headers' | 'body'>) {
  const { place, asker, field, kind } = question
  const value = idFor(world, field, kind)
  const { method, url, payload } = place.request({ ...world.own, [field]: value }, field)
  const asked = world.platform.face.inject({
    ...{ method, url },
    headers: { accept: 'application/json, text/event-stream', ...asker.headers },
    ...(payload === undefined ? {} : { payload }),
  })
  const reply = await within(asked, `${place.name} with ${kind} ${field} by ${asker.name}`)
  return {
    ...question,
    status: reply.statusCode,
    headers: headersText(reply.headers),
    body: reply.body.replaceAll(value, '…'),
  }
}

function idFor(world: World, field: string, kind: Kind): string {
  if (kind === 'malformed') return 'no id, at all'
  if (kind === 'own-second') return (world.own[field] ?? '').replace(/1$/, '2')
  return world[kind][field] ?? ''
}

/** An answer that never ends is a fault of the proof's plan, and stops it. */
function within<T>(work: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer: ${what}`)), ANSWER_MS_MAX)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })
}

/** What is another in each answer says nothing of whose it is. */
const EACH_TIME = new Set([
  'x-request-id',
  'date',
  'ratelimit',
  'etag',
  'set-cookie',
  'chartway-as-of',
])

function headersText(headers: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(headers).filter(([name]) => !EACH_TIME.has(name)))
}

function commandChecks(found: CliJudged): readonly Check[] {
  return [
    floor('commands', found.commands, 40),
    floor('commands run', found.runs, 1_000),
    floor("commands that printed the caller's own", found.shown, 100),
    none('command with a word that has no probe', found.without),
    none('command that shows nobody their own', found.silent),
    none("command that never looked for another's", found.unrefused),
    none('command that printed what is not theirs', found.leaks),
    none('command by which others can be told from nobody', found.told),
  ]
}

function exportChecks({ files, own, leaks: others }: ExportLooked): readonly Check[] {
  return [
    floor('files of an export', files, 30),
    floor('lines of an export with canaries of its own', own, 100),
    none("another's canary in an export", others),
  ]
}

interface Gathered {
  readonly places: readonly Place[]
  readonly askers: readonly Asker[]
  readonly answers: readonly Answer[]
  readonly without: readonly string[]
}

function judged({ places, askers, answers, without }: Gathered): ProofResult {
  const told = toldApart(answers)
  const reached = new Set(
    answers
      .filter(({ kind, status }) => kind === 'foreign' && status === 404)
      .map(({ place, field }) => `${place.name} ${field}`),
  )
  const wanted = places.flatMap((place) =>
    place.fields
      .filter((field) => !place.quiet.includes(field))
      .map((field) => `${place.name} ${field}`),
  )
  const shown = new Set(
    answers
      .filter(
        ({ kind, status, body }) => kind.startsWith('own') && status === 200 && !isRefusal(body),
      )
      .map(({ place }) => place.name),
  )
  const reading = places.filter(({ reads, streams }) => reads && !streams)
  const ownCanaries = answers.filter(
    ({ kind, body }) => kind === 'own' && /canary-south/i.test(body),
  )
  return {
    checks: [
      floor('places', places.length, 150),
      floor('askers', askers.length, 6),
      floor('probes', answers.length, askers.length > 10 ? 20_000 : 6_000),
      floor("answers with the caller's own records", ownCanaries.length, 100),
      none('route without a probe', without),
      none(
        'place that shows nobody their own',
        reading.filter(({ name }) => !shown.has(name)).map(({ name }) => name),
      ),
      none(
        "place where another's was never looked for",
        wanted.filter((name) => !reached.has(name)),
      ),
      none(
        'leak of another organization',
        leaks(answers, /canary-north/i, () => true),
      ),
      none(
        'leak of another practice to who may not see it',
        leaks(answers, /canary-annex/i, ({ limited }) => limited),
      ),
      none(
        "leak of another practice's record",
        leaks(
          answers.filter(({ kind, field }) => kind === 'elsewhere' && field !== 'practice'),
          /canary-annex/i,
          () => true,
        ),
      ),
      none('answer by which others can be told from nobody', told),
      check(
        'nobody without a credential is shown anything',
        anonymous(answers) === '',
        anonymous(answers),
      ),
    ],
    figures: {
      places: places.length,
      askers: askers.length,
      probes: answers.length,
      pairsCompared: pairs(answers).length,
      byStatus: tally(answers),
    },
  }
}

function leaks(
  answers: readonly Answer[],
  canary: RegExp,
  of: (asker: Asker) => boolean,
): readonly string[] {
  return answers
    .filter(({ asker, body, headers }) => of(asker) && (canary.test(body) || canary.test(headers)))
    .map(nameOf)
}

function nameOf({ place, asker, field, kind }: Answer): string {
  return `${place.name} with ${kind} ${field} by ${asker.name}`
}

/** Each answer about another's beside the one about nobody's; another practice is another's for some. */
function pairs(answers: readonly Answer[]): readonly (readonly [Answer, Answer])[] {
  const absent = new Map(
    answers
      .filter(({ kind }) => kind === 'absent')
      .map((answer) => [`${answer.place.name} ${answer.field} ${answer.asker.name}`, answer]),
  )
  return answers.flatMap((answer) => {
    const { kind, field, asker, place } = answer
    const others =
      kind === 'foreign' || (kind === 'elsewhere' && (field !== 'practice' || asker.limited))
    const beside = absent.get(`${place.name} ${field} ${asker.name}`)
    return others && beside !== undefined ? [[answer, beside] as const] : []
  })
}

/** A tool's refusal is a result like any other (MCP, tools/call). */
function isRefusal(body: string): boolean {
  return body.includes('"isError":true')
}

function toldApart(answers: readonly Answer[]): readonly string[] {
  return pairs(answers)
    .filter(([theirs, nobodys]) => shape(theirs) !== shape(nobodys))
    .map(([theirs, nobodys]) => `${nameOf(theirs)}: ${theirs.status}, not ${nobodys.status}`)
}

/** All that a caller can compare, without what is another each time. */
function shape({ status, headers, body }: Answer): string {
  const same = body
    .replace(/"requestId":"[^"]*"/g, '')
    .replace(/"ageSeconds":\d+/g, '')
    .replace(/"lastUpdated":"[^"]*"/g, '')
    .replace(/_page=[\w-]+/g, '')
    .replace(/"id":"[0-9a-f-]{36}"/g, '')
  return `${status} ${headers.replace(/"content-length","\d+"/, '')} ${same}`
}

function anonymous(answers: readonly Answer[]): string {
  return answers
    .filter(({ asker, body }) => asker.name === 'nobody' && /canary-/i.test(body))
    .map(nameOf)
    .slice(0, 3)
    .join('; ')
}

function tally(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
