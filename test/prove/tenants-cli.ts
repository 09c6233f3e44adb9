// Every command of the command line with every id it takes, as its own help tells them: the same question
// about the caller's own, another's and nobody's. What it prints and how it ends are compared, letter by letter.

import { runCli } from '../../client/src/cli/program.ts'
import { PUBLIC_URL, type World } from './tenants-world.ts'

const KINDS = ['own', 'own-second', 'foreign', 'elsewhere', 'absent', 'malformed'] as const
type Kind = (typeof KINDS)[number]
/** Wall ms for one command. */
const COMMAND_MS_MAX = 20_000
const HELP_COMMANDS_MAX = 200

/** Arguments and options that take an id of somebody's, and which id that is. */
const ID_WORDS: Readonly<Record<string, string>> = {
  ...{ id: 'id', practice: 'practice', 'key-id': 'keyId', 'users name': 'userName' },
  ...{ '--practice': 'practice', '--patient': 'patient', '--provider': 'provider' },
  ...{ '--facility': 'facility', '--encounter': 'encounter' },
}
/** Arguments and options that name nothing that could be another's. */
const NO_ID_WORDS = new Set([
  ...['collection', 'keys name', 'command'],
  ...['--url', '--profile', '--from', '--to', '--day', '--status', '--code', '--name', '--limit'],
  ...['--identifier', '--birth-date', '--updated-after', '--after', '--mode', '--days', '--scope'],
  ...['--role', '--at', '--display-name', '--base-url', '--client-id', '--time-zone', '--dialect'],
])
/** New things get the name that the caller gives them; messages to tools are probed as tools. */
const NAMING = new Set(['connect', 'users add', 'keys create', 'mcp', 'help'])
/** Words without which a command asks nothing, or does not end. */
const WORDS_OF: Readonly<Record<string, readonly string[]>> = {
  sync: ['--once'],
  retention: ['--mode', 'window', '--days', '30'],
  'users role': ['--role=biller'],
}
/** About the organization as a whole: a practice is nothing to them. */
const OF_THE_WHOLE = new Set(['practices', 'keys list', 'users list'])
/** These act: they are not asked about the caller's own. */
const ACTING = /^(pause|resume|retention|doctor|keys revoke|users (role|disable|enable|reset))$/

interface Command {
  readonly name: string
  /** In their order, as the help writes them. */
  readonly places: readonly string[]
  readonly options: readonly string[]
}

interface Probe {
  readonly command: string
  readonly word: string
  readonly field: string
  readonly words: (value: string) => readonly string[]
}

interface Ended {
  readonly probe: Probe
  readonly asker: string
  readonly kind: Kind
  readonly code: number
  readonly text: string
}

export interface CliJudged {
  readonly commands: number
  readonly runs: number
  /** Commands with an argument or option of which nobody has said whether it takes an id. */
  readonly without: readonly string[]
  /** Runs about the caller's own that printed it. */
  readonly shown: number
  /** Commands that read and showed nobody their own. */
  readonly silent: readonly string[]
  readonly leaks: readonly string[]
  readonly told: readonly string[]
  /** Words by which nothing of another's was ever found missing. */
  readonly unrefused: readonly string[]
}

/** `askers`: names of those whose keys are used. */
export async function askByCommands(world: World, askers: RegExp): Promise<CliJudged> {
  const commands = await commandsOf(world)
  const probes = commands.flatMap(probesOf)
  const keys = world.askers.filter(
    ({ name, headers }) => askers.test(name) && headers.authorization !== undefined,
  )
  const ended: Ended[] = []
  for (const probe of probes)
    for (const asker of keys)
      for (const kind of KINDS.filter((one) => applies(world, probe, one)))
        for (const form of [[], ['--json']]) {
          const value = idFor(world, probe, kind)
          const key = asker.headers.authorization?.replace('Bearer ', '')
          const { code, text } = await command(world, [...form, ...probe.words(value)], key)
          const name = `${asker.name}${form.join('')}`
          ended.push({ probe, asker: name, kind, code, text: alike(text, value) })
        }
  return judged(commands, probes, ended)
}

function idFor(world: World, { field }: Probe, kind: Kind): string {
  if (kind === 'malformed') return 'no id, at all'
  if (kind === 'own-second') return (world.own[field] ?? '').replace(/1$/, '2')
  return world[kind][field] ?? ''
}

function applies(world: World, { command, field }: Probe, kind: Kind): boolean {
  if (kind === 'own') return !ACTING.test(command)
  if (kind === 'own-second') return !ACTING.test(command) && field === 'id'
  return kind === 'malformed' || world[kind][field] !== undefined
}

/** Runs a command line against the face, without a socket. */
async function command(world: World, words: readonly string[], key: string | undefined) {
  let text = ''
  const take = (printed: string) => {
    text += printed
  }
  const code = await runCli(words, {
    ...{ out: take, err: take, input: nothing, terminal: false, folder: '/nowhere' },
    environment: key === undefined ? {} : { CHARTWAY_URL: PUBLIC_URL, CHARTWAY_KEY: key },
    fetch: async (url, { method, headers, body }) => {
      const reply = await world.platform.face.inject({
        ...{ method: METHODS.find((one) => one === method) ?? 'GET' },
        ...{ url: url.slice(PUBLIC_URL.length), headers: { ...headers } },
        ...(body === undefined ? {} : { payload: body }),
      })
      const given = Object.entries(reply.headers).map(([name, value]) => [name, String(value)])
      const held = reply.statusCode === 204 ? null : reply.body
      return new Response(held, { status: reply.statusCode, headers: Object.fromEntries(given) })
    },
    wait: () => Promise.resolve(),
    signal: AbortSignal.timeout(COMMAND_MS_MAX),
  })
  return { code, text }
}

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'] as const

async function* nothing(): AsyncIterable<string> {}

/** What is printed, without what is another each time. */
function alike(text: string, value: string): string {
  return text
    .replaceAll(value, '…')
    .replaceAll(value.toLowerCase(), '…')
    .replaceAll(/("requestId":"|Request )[^"\s]+/g, '$1')
    .replaceAll(/\d+ (s|min|h|d) ago/g, 'ago')
    .replaceAll(/"ageSeconds":\d+/g, '')
}

/** Every command that the help tells of, and those below it. */
async function commandsOf(world: World): Promise<readonly Command[]> {
  const found: Command[] = []
  const waiting: string[][] = [[]]
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen > HELP_COMMANDS_MAX) throw new Error('The help of the command line has no end')
    const words = waiting.shift() ?? []
    const { text } = await command(world, [...words, '--help'], undefined)
    const below = section(text, 'Commands').filter((line) => !line.startsWith('help'))
    waiting.push(...below.map((line) => [...words, line.split(' ')[0] ?? '']))
    if (below.length > 0) continue
    const usage = /^Usage: chartway ?(.*)$/m.exec(text)?.[1] ?? ''
    const places = [...usage.matchAll(/[<[]([\w-]+)(?:\.\.\.)?[>\]]/g)].map(
      ([, name]) => name ?? '',
    )
    const options = section(text, 'Options').flatMap(
      (line) => /^(--[\w-]+) [<[]/.exec(line)?.[1] ?? [],
    )
    found.push({
      name: words.join(' '),
      places: places.filter((one) => one !== 'options'),
      options,
    })
  }
  return found
}

/** The lines of a part of a help text, without those that go on with the line before. */
function section(text: string, title: string): readonly string[] {
  const [, after = ''] = text.split(`\n${title}:\n`)
  const [lines = ''] = after.split('\n\n')
  return lines.split('\n').flatMap((line) => (/^ {2}\S/.test(line) ? [line.trim()] : []))
}

/** An argument is told by its own name, or by that of its group of commands and its own. */
function wordFor(command: string, place: string): string | undefined {
  const grouped = `${command.split(' ')[0]} ${place}`
  return [grouped, place].find((word) => word in ID_WORDS || NO_ID_WORDS.has(word))
}

function unknownIn({ name, places, options }: Command): readonly string[] {
  const unknown = places.filter((place) => wordFor(name, place) === undefined)
  const strange = options.filter((one) => !(one in ID_WORDS) && !NO_ID_WORDS.has(one))
  return [...unknown, ...strange].map((word) => `chartway ${name}: ${word}`)
}

function probesOf({ name, places, options }: Command): readonly Probe[] {
  if (NAMING.has(name)) return []
  const start = [...name.split(' '), ...(WORDS_OF[name] ?? [])]
  const required = places.filter((place) => place === 'collection').map(() => 'patients')
  const [place] = places.filter((one) => (wordFor(name, one) ?? '') in ID_WORDS)
  const fieldOf = (word: string) => ID_WORDS[word] ?? ''
  const asked = (word: string, words: (value: string) => readonly string[], more = ''): Probe => ({
    ...{ command: name, word: `${word}${more}`, field: fieldOf(word), words },
  })
  const clinic = ['--practice', 'clinic']
  const probes: Probe[] = []
  if (place !== undefined) {
    const word = wordFor(name, place) ?? ''
    const with_ = (value: string) => [...clinic, ...start, ...required, value]
    probes.push(asked(word, with_))
    if (options.includes('--history') || isObject(places, options))
      probes.push(asked(word, (value) => [...with_(value), '--history', '--values'], ' history'))
  }
  for (const option of options.filter((one) => one in ID_WORDS))
    probes.push(asked(option, (value) => [...clinic, ...start, ...required, option, value]))
  // The practice of all commands; where an id is required, it is one of the caller's own.
  if ((place === undefined || place === 'id') && !OF_THE_WHOLE.has(name))
    probes.push(
      asked('--practice', (value) => [
        ...['--practice', value, ...start, ...required],
        ...(place === 'id' ? ['south-1'] : []),
      ]),
    )
  return probes
}

/** `--history` takes no value, and so is not among the options with one. */
function isObject(places: readonly string[], options: readonly string[]): boolean {
  return places.includes('id') && options.includes('--patient')
}

function judged(
  commands: readonly Command[],
  probes: readonly Probe[],
  ended: readonly Ended[],
): CliJudged {
  const name = ({ probe, asker, kind }: Ended) =>
    `chartway ${probe.command} with ${kind} ${probe.word} by ${asker}`
  const key = ({ probe, asker }: Ended) => `${probe.command} ${probe.word} ${asker}`
  const absent = new Map(
    ended.filter(({ kind }) => kind === 'absent').map((one) => [key(one), one]),
  )
  const others = ended.filter(
    ({ kind, probe }) => kind === 'foreign' || (kind === 'elsewhere' && probe.field !== 'practice'),
  )
  const told = others.filter((one) => {
    const nobodys = absent.get(key(one))
    return nobodys?.code !== one.code || nobodys.text !== one.text
  })
  // Not every object shows a name: what was asked for is printed, and the command ended well.
  const own = ended.filter(
    ({ kind, code, text }) => kind.startsWith('own') && code === 0 && /…|canary-south/i.test(text),
  )
  const shown = new Set(own.map(({ probe }) => probe.command))
  const reading = probes.filter(
    ({ command: one, word }) => !ACTING.test(one) && /^(id|--patient)$/.test(word),
  )
  const refused = new Set(others.filter(({ code }) => code === 3).map(({ probe }) => wordOf(probe)))
  const looked = probes.filter(({ word }) => !/^--(?!practice)/.test(word))
  return {
    commands: commands.length,
    runs: ended.length,
    without: commands.flatMap(unknownIn),
    shown: own.length,
    silent: [...new Set(reading.map(({ command: one }) => one))].filter((one) => !shown.has(one)),
    leaks: ended
      .filter(({ text }) => /canary-north/i.test(text))
      .concat(others.filter(({ kind, text }) => kind === 'elsewhere' && /canary-annex/i.test(text)))
      .map(name),
    told: told.map(name),
    unrefused: [...new Set(looked.map(wordOf))].filter((word) => !refused.has(word)),
  }
}

function wordOf({ command: one, word }: Probe): string {
  return `${one} ${word}`
}
