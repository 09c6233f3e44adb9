// The vendor's quirks, each a named switch: what it does by default, how well that is known, and what
// else it could be. The table is data; nothing here says what a quirk does.

import type { Preset } from './contract.ts'
import switchTable from './switches.json' with { type: 'json' }
import { list, oneOf, record, text, texts } from './table.ts'

/** P primary capture, D vendor documentation, I integrators' observation, G guess. */
export type Grade = 'P' | 'D' | 'I' | 'G'
export const GRADES: readonly Grade[] = ['P', 'D', 'I', 'G']

export interface Switch {
  readonly name: string
  readonly values: readonly string[]
  readonly default: string
  readonly grade: Grade
  readonly source: string
  readonly meaning: string
  /** Presets that start from another value. */
  readonly presets: ReadonlyMap<string, string>
}

export const SWITCHES: readonly Switch[] = list(switchTable, 'switches').map((row, index) => {
  const cells = record(row, `switches[${index}]`)
  const name = text(cells.name, `switches[${index}].name`)
  const values = texts(cells.values, name)
  const presets = Object.entries(record(cells.presets ?? {}, name))
  return {
    name,
    values,
    default: oneOf(cells.default, values, `${name}.default`),
    grade: oneOf(cells.grade, GRADES, `${name}.grade`),
    source: text(cells.source, `${name}.source`),
    meaning: text(cells.meaning, `${name}.meaning`),
    presets: new Map(presets.map(([preset, value]) => [preset, oneOf(value, values, name)])),
  }
})

const BY_NAME: ReadonlyMap<string, Switch> = new Map(SWITCHES.map((each) => [each.name, each]))

/** The switches of one sandbox as they stand now. */
export interface Switches {
  /** The value in force. Throws a RangeError for a name that is not a switch. */
  value(name: string): string
  is(name: string, value: string): boolean
  /** Throws a RangeError that names the valid names or values. */
  set(name: string, value: string): void
  /** Values that were set by hand stay; the others follow the preset. */
  follow(preset: Preset): void
  /** Values that hold for now, before the preset's and behind those set by hand. */
  overlay(values: Readonly<Record<string, string>>): void
  all(): Readonly<Record<string, string>>
}

/** Throws a RangeError for an unknown name or value in `deviations`. */
export function createSwitches(
  preset: Preset,
  deviations: Readonly<Record<string, string>> = {},
): Switches {
  const byHand = new Map<string, string>()
  let current = preset
  let passing: Readonly<Record<string, string>> = {}
  const known = (name: string): Switch => {
    const found = BY_NAME.get(name)
    if (found !== undefined) return found
    throw new RangeError(`No switch "${name}". Switches: ${[...BY_NAME.keys()].join(', ')}`)
  }
  const value = (name: string) => {
    const one = known(name)
    return byHand.get(name) ?? passing[name] ?? one.presets.get(current) ?? one.default
  }
  const set = (name: string, wanted: string) => {
    const { values } = known(name)
    if (!values.includes(wanted)) {
      throw new RangeError(`Switch "${name}" has no value "${wanted}": ${values.join(', ')}`)
    }
    byHand.set(name, wanted)
  }
  for (const [name, wanted] of Object.entries(deviations)) set(name, wanted)
  return {
    value,
    is: (name, wanted) => {
      if (!known(name).values.includes(wanted)) throw new RangeError(`${name} is never ${wanted}`)
      return value(name) === wanted
    },
    set,
    follow: (next) => {
      current = next
    },
    overlay(values) {
      for (const [name, wanted] of Object.entries(values)) {
        if (!known(name).values.includes(wanted)) throw new RangeError(`${name} is never ${wanted}`)
      }
      passing = values
    },
    all: () => Object.fromEntries(SWITCHES.map(({ name }) => [name, value(name)])),
  }
}
