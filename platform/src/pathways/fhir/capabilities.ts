// What can be asked at one practice: the dialect's searches, less what the practice's own capability
// statement does not serve. It decides nothing about when to ask.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { SearchRow } from '../contract.ts'
import type { ConnectionDialect, DialectSearch } from './dialect.ts'
import { isObject } from './outcome.ts'

/** Interactions by type, as a CapabilityStatement declares them. */
export type Served = ReadonlyMap<string, ReadonlySet<string>>

export function servedBy(statement: JsonObject): Served {
  const rest = Array.isArray(statement.rest) ? statement.rest.filter(isObject) : []
  const server = rest.find((one) => one.mode === 'server') ?? rest[0]
  const resources = Array.isArray(server?.resource) ? server.resource.filter(isObject) : []
  return new Map(
    resources.flatMap((resource) => {
      const type = resource.type
      const declared = Array.isArray(resource.interaction) ? resource.interaction : []
      const codes = declared.filter(isObject).map((one) => String(one.code))
      return typeof type === 'string' ? [[type, new Set(codes)] as const] : []
    }),
  )
}

/** The rows of the dialect that this server serves. An empty statement proves nothing. */
export function planFor(dialect: ConnectionDialect, served: Served): SearchRow[] {
  return dialect.searches
    .filter((row) => served.size === 0 || serves(served, row))
    .map((row) => ({
      name: row.name,
      type: row.type,
      per: row.per,
      covers: row.covers,
      ...(row.completes === undefined ? {} : { completes: row.completes }),
      ...(row.per === 'letter' ? { subjects: beginnings(dialect, row) } : {}),
    }))
}

function beginnings(dialect: ConnectionDialect, row: DialectSearch): string[] {
  return [...dialect.letters, ...(row.digits ? dialect.digits : [])]
}

/** Types of the dialect's searches that the server does not serve at all. */
export function typesNotServed(dialect: ConnectionDialect, served: Served): string[] {
  const types = new Set(dialect.searches.map((row) => row.type))
  return served.size === 0 ? [] : [...types].filter((type) => !served.has(type))
}

function serves(served: Served, row: DialectSearch): boolean {
  const interactions = served.get(row.type)
  const needed = row.per === 'id' && row.query === '' ? 'read' : 'search-type'
  return interactions?.has(needed) ?? false
}
