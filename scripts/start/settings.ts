// What can be set for `npm start`, from the environment, with the words for what does not fit.

import { resolve } from 'node:path'

export interface Settings {
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly sandboxPort: number
  readonly operatorPort: number
  readonly timeScale: number
  readonly patients: number
  readonly seed: number
  readonly preset: 'calm' | 'tuesday'
  readonly practiceCode: string
  readonly timeZone: string
}

/** Vendor time and wall time run at the same speed, or up to so many times faster. */
const TIME_SCALE_MAX = 600

/** The settings, or what is wrong with them in words. */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings | string {
  const wrong: string[] = []
  const number = (name: string, usual: number, least: number, most: number): number => {
    const text = env[name]
    if (text === undefined || text === '') return usual
    const value = Number(text)
    if (!Number.isFinite(value) || value < least || value > most)
      wrong.push(`CONFIG_INVALID: ${name} must be a number from ${least} to ${most}.`)
    return value
  }
  const preset = env.CHARTWAY_PRESET ?? 'calm'
  if (preset !== 'calm' && preset !== 'tuesday')
    wrong.push('CONFIG_INVALID: CHARTWAY_PRESET must be calm or tuesday.')
  const settings: Settings = {
    folder: resolve(env.CHARTWAY_DATA ?? '.chartway'),
    host: '127.0.0.1',
    port: number('CHARTWAY_PORT', 7400, 1, 65_535),
    sandboxPort: number('CHARTWAY_SANDBOX_PORT', 7410, 1, 65_535),
    operatorPort: number('CHARTWAY_OPERATOR_PORT', 7411, 1, 65_535),
    timeScale: number('CHARTWAY_TIME_SCALE', 60, 1, TIME_SCALE_MAX),
    patients: number('CHARTWAY_PATIENTS', 300, 1, 5000),
    seed: number('CHARTWAY_SEED', 1, 0, 2 ** 31),
    preset: preset === 'tuesday' ? 'tuesday' : 'calm',
    practiceCode: 'EFDCBA',
    timeZone: 'America/New_York',
  }
  return wrong.length > 0 ? wrong.join('\n') : settings
}
