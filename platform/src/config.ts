// The environment, read once and checked: no other file of the platform looks at it. It reads variables,
// and makes the installation's key file; it opens nothing else.

import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ChartwayError } from './kernel/errors.ts'
import type { Files } from './kernel/files.ts'
import type { LogLevel } from './kernel/log.ts'
import type { Random } from './kernel/random.ts'

/** Bytes of the installation's key: AES-256. */
const KEY_BYTES = 32

export interface Config {
  /** Absolute. Holds the embedded database, the key file and the log. */
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  /** Where the vendor and callers reach this installation; without a trailing slash. */
  readonly publicUrl: string
  /** A PostgreSQL of the customer's; undefined: the embedded one. */
  readonly databaseUrl: string | undefined
  /** From the environment; undefined: the key file. */
  readonly masterKey: Uint8Array | undefined
  /** Business seconds per wall second, and the instant at which both clocks' epochs are the same. */
  readonly clock: {
    readonly factor: number
    readonly epochMs: number
    readonly wallEpochMs: number
  }
  readonly log: { readonly level: LogLevel; readonly path: string }
  /** Business minutes between two askings about one chart. */
  readonly sweepMinutes: number
  /** How many requests one key, person or client may send in a minute. */
  readonly requestsAMinute: number
  /** PEM files, absolute, for the listener; undefined: plain HTTP, for loopback or behind a proxy. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined
  /** Backups by themselves; undefined: none. */
  readonly backups:
    | { readonly folder: string; readonly everyMinutes: number; readonly keep: number }
    | undefined
  /** Where metrics are served, without keys; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  readonly paging: {
    readonly url: string | undefined
    readonly command: string | undefined
    /** A practice whose askings fail for so many business minutes. */
    readonly failingMinutes: number
    readonly diskFreeMb: number
  }
}

const PORT = z
  .string()
  .regex(/^\d{1,5}$/, 'a number from 0 to 65535')
  .transform(Number)
  .refine((port) => port <= 65_535, 'a number from 0 to 65535')

const INSTANT = z.string().transform((text, context) => {
  const value = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isSafeInteger(value)) return value
  context.addIssue({ code: 'custom', message: 'epoch milliseconds, or an ISO 8601 instant' })
  return z.NEVER
})

const WEB_URL = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .transform((text) => text.replace(/\/+$/, ''))

function counted(least: number, most: number) {
  return z
    .string()
    .regex(/^\d+$/, `a number from ${least} to ${most}`)
    .transform(Number)
    .refine((count) => count >= least && count <= most, `a number from ${least} to ${most}`)
}

/** Every variable, with what it means; the documentation is printed from this. */
export const ENVIRONMENT = z.object({
  CHARTWAY_DATA: z
    .string()
    .min(1)
    .default('.chartway')
    .describe('The data folder: embedded database, key file, log'),
  CHARTWAY_HOST: z.string().min(1).default('127.0.0.1').describe('The address it listens on'),
  CHARTWAY_PORT: PORT.default(8080).describe('The port it listens on'),
  CHARTWAY_PUBLIC_URL: WEB_URL.optional().describe(
    'Where the vendor and callers reach this installation; else made of host and port',
  ),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a postgresql:// URL')
    .optional()
    .describe('A PostgreSQL of your own; else the embedded one'),
  CHARTWAY_MASTER_KEY: z
    .string()
    .transform(decodeKey)
    .optional()
    .describe(
      'The key of the credentials, 32 bytes in base64; else the key file in the data folder',
    ),
  CHARTWAY_TIME_SCALE: z
    .string()
    .transform(Number)
    .refine((factor) => factor >= 1 && factor <= 10_000, 'a number from 1 to 10000')
    .default(1)
    .describe('How much faster than the wall its clock runs; for trying it with a sandbox'),
  CHARTWAY_EPOCH: INSTANT.optional().describe('Business time at the wall epoch; both or neither'),
  CHARTWAY_WALL_EPOCH: INSTANT.optional().describe(
    'Wall time at which the clock began; both or neither',
  ),
  CHARTWAY_SWEEP_MINUTES: z
    .string()
    .transform(Number)
    .refine((minutes) => minutes >= 1 && minutes <= 10_080, 'a number from 1 to 10080')
    .default(30)
    .describe('Business minutes between two askings about one chart'),
  CHARTWAY_TLS_CERTIFICATE: z
    .string()
    .optional()
    .describe('PEM file of the certificate for HTTPS; with the key, or neither'),
  CHARTWAY_TLS_KEY: z.string().optional().describe('PEM file of the key for HTTPS'),
  CHARTWAY_BACKUP_FOLDER: z
    .string()
    .optional()
    .describe('Where backups are put by themselves; else none are made'),
  CHARTWAY_BACKUP_MINUTES: counted(1, 10_080).default(60).describe('Minutes between two of them'),
  CHARTWAY_BACKUP_KEEP: counted(1, 10_000).default(48).describe('How many of them are kept'),
  CHARTWAY_METRICS_PORT: PORT.optional().describe(
    'Port for metrics, without keys; else they are served nowhere',
  ),
  CHARTWAY_METRICS_HOST: z.string().default('127.0.0.1').describe('Address for metrics'),
  CHARTWAY_PAGE_URL: WEB_URL.optional().describe('Where alarms are posted'),
  CHARTWAY_PAGE_COMMAND: z.string().optional().describe('A command that alarms are handed to'),
  CHARTWAY_PAGE_FAILING_MINUTES: counted(1, 10_080)
    .default(15)
    .describe('Business minutes for which a practice fails before somebody is woken'),
  CHARTWAY_DISK_FREE_MB: counted(0, 1_000_000_000)
    .default(1_024)
    .describe('Free disk space below which somebody is woken, in MiB'),
  CHARTWAY_REQUESTS_A_MINUTE: counted(1, 1_000_000)
    .default(6_000)
    .describe('Requests that one key, person or client may send in a minute'),
  /** `level` or `level:path`; `-` is standard error. */
  CHARTWAY_LOG: z
    .string()
    .regex(/^(debug|info|warn|error)(:.+)?$/, 'debug, info, warn or error, then perhaps :path')
    .default('info')
    .describe('Level of the log, and its path after a colon; `-` is standard error'),
})

/** The configuration of this process. */
export function readEnvironment(wallNow: number): Config {
  return readConfig(process.env, wallNow)
}

/**
 * Gives the configuration that variables describe; an empty variable counts as absent. `wallNow`:
 * epoch milliseconds, the epoch when none is set. Throws CONFIG_INVALID with the name of the variable
 * and what it wants, never with its value.
 */
export function readConfig(
  variables: Readonly<Record<string, string | undefined>>,
  wallNow: number,
): Config {
  const present = Object.entries(variables).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  const parsed = ENVIRONMENT.safeParse(Object.fromEntries(present))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw invalid(String(issue?.path[0] ?? ''), issue?.message ?? '')
  }
  const read = parsed.data
  if ((read.CHARTWAY_EPOCH === undefined) !== (read.CHARTWAY_WALL_EPOCH === undefined)) {
    const missing = read.CHARTWAY_EPOCH === undefined ? 'CHARTWAY_EPOCH' : 'CHARTWAY_WALL_EPOCH'
    throw invalid(missing, 'both epochs, or neither')
  }
  if ((read.CHARTWAY_TLS_CERTIFICATE === undefined) !== (read.CHARTWAY_TLS_KEY === undefined)) {
    const given = read.CHARTWAY_TLS_CERTIFICATE === undefined
    throw invalid(
      `CHARTWAY_TLS_${given ? 'CERTIFICATE' : 'KEY'}`,
      'certificate and key, or neither',
    )
  }
  if (read.DATABASE_URL !== undefined && isInTheOpen(read.DATABASE_URL))
    throw invalid('DATABASE_URL', 'sslmode=verify-full, or sslmode=disable where that is meant')
  const dataFolder = resolve(read.CHARTWAY_DATA)
  const [level = 'info', ...path] = read.CHARTWAY_LOG.split(':')
  return {
    dataFolder,
    host: read.CHARTWAY_HOST,
    port: read.CHARTWAY_PORT,
    publicUrl:
      read.CHARTWAY_PUBLIC_URL ??
      `${read.CHARTWAY_TLS_KEY === undefined ? 'http' : 'https'}://${bracketed(read.CHARTWAY_HOST)}:${read.CHARTWAY_PORT}`,
    databaseUrl: read.DATABASE_URL,
    masterKey: read.CHARTWAY_MASTER_KEY,
    clock: {
      factor: read.CHARTWAY_TIME_SCALE,
      epochMs: read.CHARTWAY_EPOCH ?? wallNow,
      wallEpochMs: read.CHARTWAY_WALL_EPOCH ?? wallNow,
    },
    sweepMinutes: read.CHARTWAY_SWEEP_MINUTES,
    requestsAMinute: read.CHARTWAY_REQUESTS_A_MINUTE,
    ...operationOf(read),
    log: { level: levelOf(level), path: path.join(':') || join(dataFolder, 'chartway.log') },
  }
}

/** How it is run: what an operator sets, and nobody else needs. */
function operationOf(read: z.output<typeof ENVIRONMENT>) {
  const { CHARTWAY_TLS_CERTIFICATE: certificate, CHARTWAY_TLS_KEY: key } = read
  const { CHARTWAY_BACKUP_FOLDER: folder, CHARTWAY_METRICS_PORT: port } = read
  return {
    tls:
      certificate === undefined || key === undefined
        ? undefined
        : { certificate: resolve(certificate), key: resolve(key) },
    backups:
      folder === undefined
        ? undefined
        : {
            folder: resolve(folder),
            everyMinutes: read.CHARTWAY_BACKUP_MINUTES,
            keep: read.CHARTWAY_BACKUP_KEEP,
          },
    metrics: port === undefined ? undefined : { host: read.CHARTWAY_METRICS_HOST, port },
    paging: {
      url: read.CHARTWAY_PAGE_URL,
      command: read.CHARTWAY_PAGE_COMMAND,
      failingMinutes: read.CHARTWAY_PAGE_FAILING_MINUTES,
      diskFreeMb: read.CHARTWAY_DISK_FREE_MB,
    },
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|)$/

/** A database on another machine, and nothing said about encryption: passwords and charts in the open. */
function isInTheOpen(databaseUrl: string): boolean {
  try {
    const { hostname, searchParams } = new URL(databaseUrl)
    const host = searchParams.get('host') ?? hostname
    return !searchParams.has('sslmode') && !LOOPBACK.test(host) && !host.startsWith('/')
  } catch {
    return false // The driver says what is wrong with it.
  }
}

/** What may be told of the settings: choices and numbers, and whether something is set at all. */
export function toldSettings(config: Config): Readonly<Record<string, string | number | boolean>> {
  return {
    database: config.databaseUrl === undefined ? 'embedded' : 'external',
    masterKey: config.masterKey === undefined ? 'file' : 'environment',
    port: config.port,
    clockFactor: config.clock.factor,
    sweepMinutes: config.sweepMinutes,
    logLevel: config.log.level,
    tls: config.tls !== undefined,
    backupMinutes: config.backups?.everyMinutes ?? 0,
    backupsKept: config.backups?.keep ?? 0,
    metrics: config.metrics !== undefined,
    paging: config.paging.url !== undefined || config.paging.command !== undefined,
    pageFailingMinutes: config.paging.failingMinutes,
    diskFreeMb: config.paging.diskFreeMb,
  }
}

/**
 * The installation's key: the configured one, or the key file of the data folder, which is made with
 * mode 0600 when missing. Losing it loses every credential; throws CONFIG_INVALID for a broken file.
 */
export async function openMasterKey(
  config: Config,
  ports: { readonly files: Files; readonly random: Random },
): Promise<Uint8Array> {
  const known = await readMasterKey(config, ports.files)
  if (known !== undefined) return known
  const key = ports.random.bytes(KEY_BYTES)
  const path = keyFile(config)
  await ports.files.writeText(path, `${Buffer.from(key).toString('base64')}\n`, { mode: 0o600 })
  return key
}

/** The same, when there is one; undefined otherwise. Throws CONFIG_INVALID for a broken file. */
export async function readMasterKey(config: Config, files: Files): Promise<Uint8Array | undefined> {
  if (config.masterKey !== undefined) return config.masterKey
  const path = keyFile(config)
  const text = await files.readText(path)
  if (text === undefined) return undefined
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === KEY_BYTES) return key
  throw invalid('CHARTWAY_MASTER_KEY', `${path} does not hold ${KEY_BYTES} bytes in base64`)
}

function keyFile(config: Config): string {
  return join(config.dataFolder, 'master.key')
}

function decodeKey(text: string, context: z.RefinementCtx): Uint8Array {
  const key = Buffer.from(text, 'base64')
  if (key.length === KEY_BYTES) return key
  context.addIssue({ code: 'custom', message: `${KEY_BYTES} bytes in base64` })
  return z.NEVER
}

function levelOf(text: string): LogLevel {
  return text === 'debug' || text === 'warn' || text === 'error' ? text : 'info'
}

/** An IPv6 address as a URL has it. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function invalid(variable: string, wanted: string): ChartwayError {
  return new ChartwayError('CONFIG_INVALID', { details: { variable, wanted } })
}
