// The chartway command: its words and options. What each does is in the file of its name; what the
// API may do is the API's to say.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Collection, createClient } from '../client.ts'
import { ApiError } from '../errors.ts'
import { COLLECTIONS } from '../generated.ts'
import { serveAgents } from './agents.ts'
import { showChanges } from './changes.ts'
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts'
import { showBudget, showFreshness } from './freshness.ts'
import { createKey, listKeys, revokeKey } from './keys.ts'
import { listObjects, OBJECT_NAMES, readObject, showHistory } from './objects.ts'
import { connect, doctor, listPractices, retain, setAsking } from './practices.ts'
import { profileOf } from './profile.ts'
import { listResources, readResource } from './resources.ts'
import { showSync } from './sync.ts'
import type { Run, Terminal } from './terminal.ts'
import { addUsers } from './users.ts'

/** One asking is retried this often: a person waits. */
const RETRIES_MAX = 1
const ROWS_DEFAULT = 20

type Action = ((run: Run) => Promise<void>) | ((run: Run) => Promise<ExitCode>)

/** Runs one command line, without the program's name; gives the exit code and never throws. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.done
  const program = programOf(terminal, async (command, action) => {
    code = await ended(terminal, command, action)
  })
  try {
    await program.parseAsync([...words], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    throw error
  }
}

async function ended(terminal: Terminal, command: Command, action: Action): Promise<ExitCode> {
  const options: Globals = command.optsWithGlobals()
  try {
    const { url, key } = profileOf(terminal, options)
    const { fetch, wait } = terminal
    const client = createClient({ url, key, fetch, wait, retriesMax: RETRIES_MAX })
    const json = options.json === true
    const run = { terminal, client, url, key, json, practice: options.practice }
    const code = await action(run)
    return typeof code === 'number' ? code : EXIT.done
  } catch (error) {
    if (terminal.signal.aborted) return EXIT.interrupted
    terminal.err(options.json === true ? asJson(error) : inWords(error))
    return exitCodeOf(error)
  }
}

interface Keep {
  readonly mode?: 'full' | 'window' | 'fingerprint'
  readonly days?: number
}

interface Globals {
  readonly url?: string
  readonly profile?: string
  readonly practice?: string
  readonly json?: boolean
}

/** The code, what happened, and what to do. */
function inWords(error: unknown): string {
  if (!(error instanceof ApiError))
    return `INTERNAL: ${error instanceof Error ? error.name : 'fault'}\n`
  const { code, title, detail, cure, position, details, requestId } = error
  const about = Object.entries(details ?? {}).map(([name, value]) => `  ${name}: ${value}`)
  return [
    `${code}: ${title}${position === undefined ? '' : ` (${position})`}`,
    `  ${detail}`,
    ...about,
    `  What to do: ${cure}`,
    ...(requestId === undefined ? [] : [`  Request ${requestId}`]),
    '',
  ].join('\n')
}

function asJson(error: unknown): string {
  if (!(error instanceof ApiError)) return `${JSON.stringify({ code: 'INTERNAL' })}\n`
  const { code, status, title, detail, cure, position, details, requestId } = error
  return `${JSON.stringify({ code, status, title, detail, cure, position, details, requestId })}\n`
}

type Start = (command: Command, action: Action) => Promise<void>

function programOf(terminal: Terminal, start: Start): Command {
  const program = new Command('chartway')
    .description('One door to an eClinicalWorks practice: asks a Chartway installation.')
    .option('--url <url>', 'where Chartway answers; else CHARTWAY_URL, else the profile')
    .option('--profile <file>', 'the file with address and key; else .chartway/client.json here')
    .option('--practice <id>', 'which practice; not needed when there is one')
    .option('--json', 'print JSON for programs')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .exitOverride()
    .showHelpAfterError('(chartway --help lists the commands)')
  addReading(program, start)
  addTending(program, start)
  return program
}

function addReading(program: Command, start: Start): void {
  addObjects(program, start)
  program
    .command('list')
    .description('mirrored resources of a type, such as observations')
    .argument('<collection>', 'a type: plural, with dashes', collection)
    .option('--patient <id>', 'only of this patient')
    .addOption(rows())
    .action(async (name: Collection, options: { patient?: string; limit: number }, command) =>
      start(command, (run) => listResources(run, name, options)),
    )
  program
    .command('read')
    .description('one mirrored resource')
    .argument('<collection>', 'a type: plural, with dashes', collection)
    .argument('<id>')
    .action(async (name: Collection, id: string, _options, command) =>
      start(command, (run) => readResource(run, name, id)),
    )
  program
    .command('changes')
    .description('what changed, field by field, as it was learnt')
    .option('--after <sequence>', 'only what came after this number', count)
    .option('--follow', 'go on with what comes')
    .option('--values', 'show what it was and what it is, not only where')
    .addOption(rows())
    .action(async (options: ChangesWords, command) =>
      start(command, (run) => {
        const { follow = false, values = false, ...rest } = options
        return showChanges(run, { ...rest, follow, values })
      }),
    )
  program
    .command('mcp')
    .description('serve the tools to an agent client, over standard input and output')
    .action(async (_options, command) => start(command, serveAgents))
  program
    .command('freshness')
    .description('how old the mirrored data is, the oldest first')
    .option('--patient <id>', 'only of this patient')
    .addOption(rows())
    .action(async (options: { patient?: string; limit: number }, command) =>
      start(command, (run) => showFreshness(run, options)),
    )
}

interface ChangesWords {
  readonly after?: number
  readonly follow?: boolean
  readonly values?: boolean
  readonly limit: number
}

interface ObjectWords {
  readonly history?: boolean
  readonly values?: boolean
  readonly limit: number
  readonly [filter: string]: string | boolean | number | undefined
}

/** Filters by their words; the API says which object has which. */
const FILTERS: Readonly<Record<string, string>> = {
  patient: 'only of this patient',
  provider: 'only with this practitioner',
  facility: 'only of this facility',
  encounter: 'only of this encounter',
  from: 'on this day or later, YYYY-MM-DD at the practice',
  to: 'on this day or before',
  day: 'on this day',
  status: 'exactly this status',
  code: 'a code, or system|code',
  name: 'a part of the name begins with it',
  identifier: 'a value, or system|value',
  'birth-date': 'born on this day',
  'updated-after': 'only what was seen to change after this instant',
}

function addObjects(program: Command, start: Start): void {
  for (const object of OBJECT_NAMES) {
    const command = program
      .command(object)
      .description(`the mirrored ${object.replaceAll('-', ' ')}, or one of them`)
      .argument('[id]', 'one of them')
      .option('--history', 'with an id: the states that were seen of it')
      .option('--values', 'with --history: what it was and what it is')
      .addOption(rows())
    for (const [word, says] of Object.entries(FILTERS)) command.option(`--${word} <${word}>`, says)
    command.action(async (id: string | undefined, words: ObjectWords, self) =>
      start(self, (run) => {
        const { history = false, values = false, limit, ...filters } = words
        if (id === undefined)
          return listObjects(run, object, { limit, filters: filtersIn(filters) })
        return history ? showHistory(run, object, { id, values }) : readObject(run, object, id)
      }),
    )
  }
}

/** A day is a first and a last day that are the same. */
function filtersIn({ day, ...words }: Readonly<Record<string, unknown>>) {
  const both = day === undefined ? {} : { from: day, to: day }
  const found = Object.entries({ ...words, ...both })
  return Object.fromEntries(
    found.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

function addTending(program: Command, start: Start): void {
  program
    .command('sync')
    .description('how far the mirror has come')
    .option('--once', 'say it once instead of watching')
    .action(async (options: { once?: boolean }, command) =>
      start(command, (run) => showSync(run, { once: options.once === true })),
    )
  program
    .command('budget')
    .description("the practice's calls in the vendor's current minute")
    .action(async (_options, command) => start(command, showBudget))
  program
    .command('practices')
    .description('the connected practices')
    .action(async (_options, command) => start(command, listPractices))
  program
    .command('connect')
    .description('connect a practice')
    .argument('<practice>', 'an id of your choice: lower-case letters, digits and dashes')
    .requiredOption('--name <name>', 'what people call it')
    .requiredOption('--base-url <url>', 'FHIR base URL with the practice code, no slash at the end')
    .requiredOption('--client-id <id>', 'the client id that the vendor gave')
    .requiredOption('--time-zone <name>', 'IANA name, such as America/New_York')
    .option('--dialect <name>', 'how the other side speaks', 'eclinicalworks')
    .action(async (practice: string, options: Parameters<typeof connect>[2], command) =>
      start(command, (run) => connect(run, practice, options)),
    )
  program
    .command('doctor')
    .description('check the connection: what is wrong and what to do')
    .argument('[practice]')
    .action(async (practice: string | undefined, _options, command) =>
      start(command, (run) => doctor(run, practice)),
    )
  program
    .command('pause')
    .description('stop asking a practice; what is mirrored stays')
    .argument('<practice>')
    .action(async (practice: string, _options, command) =>
      start(command, (run) => setAsking(run, practice, false)),
    )
  program
    .command('resume')
    .description('go on asking a paused practice')
    .argument('<practice>')
    .action(async (practice: string, _options, command) =>
      start(command, (run) => setAsking(run, practice, true)),
    )
  program
    .command('retention')
    .description("how much of a practice's charts is kept here; --mode changes it at once")
    .argument('<practice>')
    .addOption(new Option('--mode <mode>').choices(['full', 'window', 'fingerprint']))
    .option('--days <days>', 'of a window', count)
    .action(async (practice: string, { mode, days }: Keep, command) =>
      start(command, (run) =>
        retain(run, practice, mode === undefined ? undefined : { mode, days }),
      ),
    )
  addKeys(program.command('keys').description('API keys'), start)
  addUsers(program.command('users').description('people who may sign in'), start)
}

function addKeys(keys: Command, start: Start): void {
  keys
    .command('list')
    .description('the keys that were made, and whether they are refused')
    .action(async (_options, command) => start(command, listKeys))
  keys
    .command('create')
    .description('make a key; it is shown once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--scope <scope...>', 'what it may do')
        .choices(['read', 'sensitive', 'admin'])
        .default(['read']),
    )
    .action(async (name: string, options: { scope: ('read' | 'sensitive' | 'admin')[] }, command) =>
      start(command, (run) => createKey(run, name, options.scope)),
    )
  keys
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<key-id>')
    .action(async (keyId: string, _options, command) =>
      start(command, (run) => revokeKey(run, keyId)),
    )
}

function rows(): Option {
  return new Option('--limit <rows>', 'how many at most').argParser(count).default(ROWS_DEFAULT)
}

function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is a whole number.')
  return Number(text)
}

function collection(text: string): Collection {
  const found = COLLECTIONS.find((known) => known === text)
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${COLLECTIONS.join(', ')}.`)
  return found
}
