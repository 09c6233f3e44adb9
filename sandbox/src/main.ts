// The sandbox's command line: makes the practices, puts them on two ports and says what to try. The
// wiring of a whole installation is not its affair.

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { scaledClock, wallClock } from './clock.ts'
import type { FetchJwks, Preset } from './contract.ts'
import { PRESETS } from './faults/index.ts'
import { type Listeners, startListeners } from './listener.ts'
import { createSandbox } from './sandbox.ts'
import { type PracticeSettings, practiceOf, settingsFrom } from './settings.ts'
import type { LoadedPractice } from './world/index.ts'

const JWKS_TIMEOUT_MS = 5000
const JWKS_CHARACTERS_MAX = 1_000_000
/** Folder files read at most, and the size of one, bytes. */
const FILES_MAX = 500
const FILE_BYTES_MAX = 500_000_000
const SETTINGS_BYTES_MAX = 1_000_000
const BASES_SHOWN_MAX = 20

interface Given {
  readonly seed: number
  readonly patients: number
  readonly host: string
  readonly port: number
  readonly operatorPort: number
  readonly operatorSecret?: string
  readonly preset: Preset
  readonly timeScale: number
  readonly startsAt?: number
  readonly load?: string
  readonly practice?: readonly string[]
  readonly settings?: string
  readonly multiply: number
  readonly name: string
  readonly zone: string
  readonly build?: string
  readonly switch: Readonly<Record<string, string>>
}

/** An expected trouble at the start: its words go to the person, without a stack. */
class StartProblem extends Error {}

const program = new Command('chartway-sandbox')
  .description(
    'A pretend eClinicalWorks practice that answers as the published surface does. Not affiliated with the vendor; synthetic data only.',
  )
  .option('--seed <number>', 'one seed, one world', wholeNumber, 1)
  .option('--patients <number>', 'patients of the living practice', wholeNumber, 300)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', "the vendor's surfaces", portNumber, 7410)
  .option('--operator-port <number>', "the operator's side", portNumber, 7411)
  .option('--operator-secret <text>', 'bearer secret of the operator port (default: random)')
  .addOption(
    new Option('--preset <name>', 'how rough a day it is').choices([...PRESETS]).default('calm'),
  )
  .option('--time-scale <number>', 'vendor seconds per wall second', positive, 1)
  .option('--starts-at <instant>', 'vendor time to start at, ISO 8601 with offset', instantOf)
  .option('--load <folder>', 'a folder of FHIR R4 NDJSON files as the practice')
  .option('--practice <code>', 'practice code (default: JAFJCD); may be repeated', practiceCodes)
  .option(
    '--settings <file>',
    'practices as JSON, {"practices": [{"code": …}]}, instead of the options for one',
  )
  .option(
    '--multiply <number>',
    'each chart so many times; the practice rests, memory stays that of one (about 6 KB per resource of the original)',
    wholeNumber,
    1,
  )
  .option('--name <text>', 'name of the practice', 'Riverside Family Practice')
  .option('--zone <name>', 'IANA zone of the practice', zoneName, 'America/New_York')
  .option('--build <number>', "the practice's build, such as 12.0.3.04009405")
  .option('--switch <name=value>', 'set a quirk; may be repeated', switchValue, {})
  .action(start)

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof StartProblem ? `error: ${error.message}` : error)
  process.exitCode = 1
})

async function start(given: Given): Promise<void> {
  const wallEpochMs = wallClock().now()
  const epochMs = given.startsAt ?? wallEpochMs
  const clock = scaledClock({ epochMs, wallEpochMs, factor: given.timeScale })
  const publicUrl = `http://${given.host}:${given.port}`
  const sandbox = sandboxOf(given, { clock, publicUrl })
  const operatorSecret = given.operatorSecret ?? randomBytes(18).toString('base64url')
  const { host, port, operatorPort } = given
  const onDefect = (error: unknown) => console.error('a defect of the sandbox:', error)
  const listening = startListeners({
    ...{ sandbox, clock, host, port, operatorPort, operatorSecret },
    onDefect,
  })
  const listeners = await listening.catch((cause: unknown) => {
    throw new StartProblem(listenWords(cause, given), { cause })
  })
  for (const each of sandbox.operator.loadProblems) {
    const column = each.column === undefined ? '' : `:${each.column}`
    console.error(`${each.file}:${each.line}${column}: ${each.code}, line set aside`)
  }
  closeOnSignals(listeners)
  const codes = [...sandbox.operator.world.practices()].map(({ code }) => code)
  console.log(whatToTry(given, { publicUrl, operatorSecret, codes }))
}

function sandboxOf(
  given: Given,
  options: Pick<Parameters<typeof createSandbox>[0], 'clock' | 'publicUrl'>,
) {
  const { seed, preset } = given
  const practices = practiceSettings(given).map((each) => practiceOf(each, filesOf))
  try {
    return createSandbox({
      ...options,
      ...{ seed, preset, fetchJwks, practices, switches: given.switch },
    })
  } catch (cause) {
    if (cause instanceof RangeError) throw new StartProblem(cause.message, { cause })
    throw cause
  }
}

/** What the file says, or the practices of the options: all alike, each with its own code. */
function practiceSettings(given: Given): readonly PracticeSettings[] {
  const { settings, practice: codes = ['JAFJCD'], name, zone, patients, build, load } = given
  if (settings !== undefined) return settingsIn(settings)
  if (load !== undefined && codes.length > 1) {
    throw new StartProblem('--load goes with one --practice; use --settings for several')
  }
  return codes.map((code, i) => ({
    ...{ code, zone, patients, name: i === 0 ? name : `${name} ${i + 1}` },
    ...(build === undefined ? {} : { build }),
    ...(load === undefined ? {} : { load }),
    ...(given.multiply === 1 ? {} : { multiply: given.multiply }),
  }))
}

function settingsIn(file: string): readonly PracticeSettings[] {
  try {
    const bytes = readFileSync(file)
    if (bytes.length > SETTINGS_BYTES_MAX) throw new RangeError('over 1 MB')
    return settingsFrom(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'cannot be read'
    throw new StartProblem(`--settings ${file}: ${why}`, { cause })
  }
}

function filesOf(folder: string): LoadedPractice['files'] {
  let names: string[]
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
  } catch (cause) {
    throw new StartProblem(`--load ${folder}: not a folder that can be read`, { cause })
  }
  if (names.length === 0) throw new StartProblem(`--load ${folder}: no .ndjson file in it`)
  if (names.length > FILES_MAX) throw new StartProblem(`--load ${folder}: over ${FILES_MAX} files`)
  return names.toSorted().map((name) => {
    const bytes = readFileSync(join(folder, name))
    if (bytes.length > FILE_BYTES_MAX) throw new StartProblem(`${name}: over 500 MB`)
    return { name, text: bytes.toString('utf8') }
  })
}

/** Fetches a client's key set as the vendor does: no redirects, a few seconds, a bounded body. */
async function fetchJwks(url: string): ReturnType<FetchJwks> {
  try {
    const signal = AbortSignal.timeout(JWKS_TIMEOUT_MS)
    const response = await fetch(url, { redirect: 'error', signal })
    const body = await response.text()
    return { status: response.status, body: body.slice(0, JWKS_CHARACTERS_MAX) }
  } catch {
    return { status: 0, body: '' } // Status 0 says so: the token endpoint answers "unreachable".
  }
}

function closeOnSignals(listeners: Listeners): void {
  const stop = () => {
    listeners.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function listenWords(cause: unknown, { host, port, operatorPort }: Given): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  if (code === 'EADDRINUSE') {
    return `port ${port} or ${operatorPort} is in use; choose others with --port and --operator-port`
  }
  return `cannot listen on ${host}:${port} and ${host}:${operatorPort} (${code})`
}

function whatToTry(
  given: Given,
  {
    publicUrl,
    operatorSecret,
    codes,
  }: { publicUrl: string; operatorSecret: string; codes: readonly string[] },
): string {
  const bases = codes.map((code) => `${publicUrl}/fhir/r4/${code}`)
  const [base = publicUrl] = bases
  const operator = `http://${given.host}:${given.operatorPort}`
  const app = {
    ...{ clientId: 'my-app', jwksUrl: 'http://127.0.0.1:8080/jwks' },
    ...{ scopes: ['system/Patient.read'], activatedFor: codes },
  }
  return `A pretend eClinicalWorks practice is answering. Not affiliated with the vendor.

  FHIR base      ${bases.slice(0, BASES_SHOWN_MAX).join('\n                 ')}
  token endpoint ${publicUrl}/oauth/oauth2/token
  operator       ${operator} (secret ${operatorSecret}), also a page for a browser
  people         sign in as provider or patient, password sandbox
  preset ${given.preset}, time runs ${given.timeScale}x

Try:
  curl ${base}/metadata
  curl -H 'Authorization: Bearer ${operatorSecret}' ${operator}/apps -d '${JSON.stringify(app)}'
  curl -H 'Authorization: Bearer ${operatorSecret}' ${operator}/ledger

Ctrl-C ends it.`
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('a whole number is needed.')
}

function portNumber(text: string): number {
  const value = wholeNumber(text)
  if (value >= 1 && value <= 65_535) return value
  throw new InvalidArgumentError('a port from 1 to 65535 is needed.')
}

function positive(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('a number above 0 is needed.')
}

function instantOf(text: string): number {
  const value = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(value)) return value
  throw new InvalidArgumentError('an instant such as 2026-11-16T08:00:00-05:00 is needed.')
}

function practiceCodes(text: string, previous: readonly string[] = []): readonly string[] {
  if (/^[A-Z0-9]{3,12}$/.test(text)) return [...previous, text]
  throw new InvalidArgumentError('a practice code such as JAFJCD is needed.')
}

function zoneName(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch (cause) {
    throw new InvalidArgumentError(`${text} is no IANA zone (${String(cause)}).`)
  }
}

function switchValue(text: string, previous: Readonly<Record<string, string>>) {
  const [, name, value] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('name=value is needed, such as cors=on.')
  }
  return { ...previous, [name]: value }
}
