// The practices of a sandbox as somebody writes them down: read from JSON into exact settings, and from
// settings into practices. It reads no file itself.

import type { SandboxOptions } from './contract.ts'
import { list, oneOf, record, text } from './table.ts'
import { EDITIONS, type Edition, type LoadedPractice } from './world/index.ts'

export type PracticeOptions = SandboxOptions['practices'][number]

/** One practice as it is written down; what is left out is made up or the usual. */
export interface PracticeSettings {
  readonly code: string
  readonly name?: string
  /** IANA zone. */
  readonly zone?: string
  readonly seed?: number
  readonly build?: string
  /** A folder of FHIR NDJSON files as the practice; the numbers below then mean nothing. */
  readonly load?: string
  readonly patients?: number
  readonly facilities?: number
  readonly providers?: number
  readonly lives?: boolean
  readonly editions?: readonly Edition[]
  readonly visitsElsewhere?: number
  readonly facilityOrganizations?: boolean
  readonly mixups?: 'duplicates' | 'all'
  readonly multiply?: number
}

export const PRACTICES_MAX = 1000
const PATIENTS_PER_PROVIDER = 60
const PROVIDERS_PER_FACILITY = 4
const CODE = /^[A-Z0-9]{3,12}$/

/** Names a practice gets when nobody gave it one. */
const USUAL = {
  name: 'Riverside Family Practice',
  zone: 'America/New_York',
  patients: 300,
} as const

const MEMBERS: Readonly<
  Record<keyof PracticeSettings, (value: unknown, where: string) => unknown>
> = {
  code: practiceCode,
  name: text,
  zone: zoneName,
  seed: wholeNumber,
  build: text,
  load: text,
  patients: wholeNumber,
  facilities: wholeNumber,
  providers: wholeNumber,
  lives: yesOrNo,
  editions: (value, where) => list(value, where).map((each) => oneOf(each, EDITIONS, where)),
  visitsElsewhere: share,
  facilityOrganizations: yesOrNo,
  mixups: (value, where) => oneOf(value, ['duplicates', 'all'], where),
  multiply: wholeNumber,
}

/**
 * Reads `{"practices": [{…}]}`. Throws a TypeError or RangeError that says what is wrong where: an
 * unknown member, a wrong type, no practice, or two with one code.
 */
export function settingsFrom(value: unknown): readonly PracticeSettings[] {
  const { practices, ...others } = record(value, 'settings')
  const [other] = Object.keys(others)
  if (other !== undefined) throw new RangeError(`settings.${other}: there is no such setting`)
  const rows = list(practices, 'settings.practices')
  if (rows.length === 0 || rows.length > PRACTICES_MAX) {
    throw new RangeError(`settings.practices: 1 to ${PRACTICES_MAX} practices are needed`)
  }
  const settings = rows.map((row, i) => practiceFrom(row, `practices[${i}]`))
  const codes = settings.map(({ code }) => code)
  const twice = codes.find((code, i) => codes.indexOf(code) !== i)
  if (twice !== undefined) throw new RangeError(`two practices with the code ${twice}`)
  return settings
}

function practiceFrom(value: unknown, where: string): PracticeSettings {
  const cells = record(value, where)
  const settings: Record<string, unknown> = {}
  for (const [name, cell] of Object.entries(cells)) {
    if (!isMember(name)) throw new RangeError(`${where}.${name}: there is no such setting`)
    settings[name] = MEMBERS[name](cell, `${where}.${name}`)
  }
  if (settings.code === undefined) throw new TypeError(`${where}.code: a practice code is needed`)
  return asSettings(settings)
}

function isMember(name: string): name is keyof PracticeSettings {
  return Object.hasOwn(MEMBERS, name)
}

/** Every member went through its own check. */
function asSettings(checked: Readonly<Record<string, unknown>>): PracticeSettings {
  return checked as Partial<PracticeSettings> as PracticeSettings
}

/** The practice of these settings; `filesOf` reads a folder to load. */
export function practiceOf(
  settings: PracticeSettings,
  filesOf: (folder: string) => LoadedPractice['files'],
): PracticeOptions {
  const { code, name = USUAL.name, zone = USUAL.zone, seed, build, load, multiply } = settings
  const common = {
    ...{ code, name, timeZone: zone },
    ...(seed === undefined ? {} : { seed }),
    ...(build === undefined ? {} : { build }),
    ...(multiply === undefined ? {} : { multiply }),
  }
  if (load !== undefined) return { ...common, kind: 'loaded', files: filesOf(load) }
  const { patients = USUAL.patients, editions, visitsElsewhere, facilityOrganizations } = settings
  const providers = settings.providers ?? Math.max(2, Math.ceil(patients / PATIENTS_PER_PROVIDER))
  const usual = Math.max(1, Math.ceil(providers / PROVIDERS_PER_FACILITY))
  return {
    ...common,
    ...{ kind: 'living', patients, providers },
    facilities: settings.facilities ?? Math.max(usual, editions?.length ?? 1),
    lives: settings.lives ?? (multiply ?? 1) === 1,
    ...(editions === undefined ? {} : { editions }),
    ...(visitsElsewhere === undefined ? {} : { visitsElsewhere }),
    ...(facilityOrganizations === undefined ? {} : { facilityOrganizations }),
    ...(settings.mixups === undefined ? {} : { mixups: settings.mixups }),
  }
}

function practiceCode(value: unknown, where: string): string {
  const code = text(value, where)
  if (CODE.test(code)) return code
  throw new RangeError(`${where}: a practice code such as JAFJCD is needed`)
}

function zoneName(value: unknown, where: string): string {
  const zone = text(value, where)
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch (cause) {
    throw new RangeError(`${where}: ${zone} is no IANA zone`, { cause })
  }
}

function wholeNumber(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new TypeError(`${where}: a whole number is needed`)
}

function share(value: unknown, where: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new TypeError(`${where}: a number from 0 to 1 is needed`)
}

function yesOrNo(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError(`${where}: true or false is needed`)
}
