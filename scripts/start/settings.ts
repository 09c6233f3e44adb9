// What can be set for `npm start`, from the environment, with the words for what does not fit.

import { resolve } from 'node:path'
import { PRESETS, type Preset } from 'chartway-sandbox'

export interface Settings {
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly sandboxPort: number
  readonly operatorPort: number
  readonly timeScale: number
  readonly patients: number
  readonly seed: number
  readonly preset: Preset
  readonly practiceCode: string
  readonly timeZone: string
}

/** Vendor time and wall time run at the same speed, or up to so many times faster. */
const TIME_SCALE_MAX = 600

function isPreset(text: string): text is Preset {
  return PRESETS.some((preset) => preset === text)
}

type Environment = Readonly<Record<string, string | undefined>>

/** The settings, or what is wrong with them in words. An empty variable counts as absent. */
export function settingsFrom(env: Environment): Settings | string {
  const wrong: string[] = []
  const given = (name: string): string | undefined => env[name] || undefined
  const number = (name: string, usual: number, least: number, most: number): number => {
    const value = Number(given(name) ?? usual)
    if (!(value >= least && value <= most))
      wrong.push(`CONFIG_INVALID: ${name} must be a number from ${least} to ${most}.`)
    return value
  }
  const whole = (name: string, usual: number, least: number, most: number): number => {
    const text = given(name) ?? String(usual)
    const value = Number(text)
    if (!/^\d{1,15}$/.test(text) || value < least || value > most)
      wrong.push(`CONFIG_INVALID: ${name} must be a whole number from ${least} to ${most}.`)
    return value
  }
  const preset = given('CHARTWAY_PRESET') ?? 'calm'
  if (!isPreset(preset))
    wrong.push(`CONFIG_INVALID: CHARTWAY_PRESET must be one of ${PRESETS.join(', ')}.`)
  const settings: Settings = {
    folder: resolve(given('CHARTWAY_DATA') ?? '.chartway'),
    host: '127.0.0.1',
    port: whole('CHARTWAY_PORT', 7400, 1, 65_535),
    sandboxPort: whole('CHARTWAY_SANDBOX_PORT', 7410, 1, 65_535),
    operatorPort: whole('CHARTWAY_OPERATOR_PORT', 7411, 1, 65_535),
    timeScale: number('CHARTWAY_TIME_SCALE', 60, 1, TIME_SCALE_MAX),
    patients: whole('CHARTWAY_PATIENTS', 300, 1, 5000),
    seed: whole('CHARTWAY_SEED', 1, 0, 2 ** 31),
    preset: isPreset(preset) ? preset : 'calm',
    practiceCode: 'EFDCBA',
    timeZone: 'America/New_York',
  }
  return wrong.length > 0 ? wrong.join('\n') : settings
}

/** What a shell may have set for another installation: the platform of `npm start` must not see it. */
const OF_OTHERS = new Set([
  'DATABASE_URL',
  'CHARTWAY_PUBLIC_URL',
  'CHARTWAY_MASTER_KEY',
  'CHARTWAY_LOG',
  'CHARTWAY_HOST',
])

/** The environment without what would lead the demonstration to somebody's database, key or log. */
export function withoutOthers(env: Environment): Record<string, string | undefined> {
  // Names of variables have no case on Windows.
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !OF_OTHERS.has(name.toUpperCase())),
  )
}
