// What US Core 3.1.1 and 6.1.0 ask of a server, type by type: profiles and searches with their weight.
// A type of which something that is a SHALL is missed declares no profile; the miss is named.

import table from './us-core.json' with { type: 'json' }

const CORE = 'http://hl7.org/fhir/us/core/StructureDefinition'
const BASE = 'http://hl7.org/fhir/StructureDefinition'

export interface CoreType {
  /** Canonical URLs, with the version where both have the profile. */
  readonly profiles: readonly string[]
  /** Names of parameters that are asked together, joined by `+`. */
  readonly shall: readonly string[]
  readonly should: readonly string[]
  /** Interactions that are a SHALL and are not served. */
  readonly missed: readonly string[]
}

interface Row {
  readonly profiles: Readonly<Record<string, readonly string[]>>
  readonly shall: readonly string[]
  readonly should: readonly string[]
  readonly missed?: readonly string[]
}

const ROWS: Readonly<Record<string, Row>> = table

export function coreOf(type: string): CoreType | undefined {
  const row = ROWS[type]
  if (row === undefined) return undefined
  const { shall, should, missed = [] } = row
  const profiles = missed.length > 0 ? [] : Object.entries(row.profiles).flatMap(urlsOf)
  return { profiles: profiles.sort(), shall, should, missed }
}

/** `base`: of FHIR itself; `both`: of either version; else the version. */
function urlsOf([of, names]: readonly [string, readonly string[]]): string[] {
  if (of === 'base') return names.map((name) => `${BASE}/${name}`)
  const versions = of === 'both' ? ['3.1.1', '6.1.0'] : [of]
  return names.flatMap((name) => versions.map((version) => `${CORE}/${name}|${version}`))
}
