// What differs from EHR to EHR, as data: scopes, searches, quirks. Reads and checks the tables in
// dialects/ and one connection's deviations from them; it asks nothing of any server.

import type { JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { ChartwayError } from '../../kernel/errors.ts'
import eclinicalworks from './dialects/eclinicalworks.json' with { type: 'json' }
import usCore from './dialects/us-core.json' with { type: 'json' }
import { AppSettings } from './launch/app-settings.ts'

const Search = z.strictObject({
  name: z.string(),
  type: z.string(),
  per: z.enum(['patient', 'letter', 'practitioner', 'id', 'practice']),
  /** Query with {id}, {letter}, {from}, {until} filled in; for `id` rows empty means a plain read. */
  query: z.string(),
  covers: z.array(z.string()),
  /** Types that searches by patient leave out in part and that this one, or what it leads to, shows. */
  completes: z.array(z.string()).optional(),
  /** Whether `_revinclude=Provenance:target` is declared for the type. */
  provenance: z.boolean(),
  /** For `letter` rows: whether names may begin with a digit, as those of places do. */
  digits: z.boolean().optional(),
  /** Left out unless the connection asks for it. */
  optional: z.boolean().optional(),
  evidence: z.enum(['P', 'D', 'I', 'G']),
  source: z.string(),
})

const Dialect = z.strictObject({
  name: z.string(),
  title: z.string(),
  scopes: z.strictObject({
    prefix: z.string(),
    /** The suffix each type is published with; null when no published scope reads it. */
    byType: z.record(z.string(), z.string().nullable()),
    source: z.string(),
  }),
  letters: z.array(z.string().min(1)),
  digits: z.array(z.string().min(1)),
  lettersSource: z.string(),
  searches: z.array(Search),
  /** Types whose `Bundle.total` is known to be wrong. */
  totalsIgnored: z.array(z.string()),
  /** The vendor's own hosts: absolute references to them are made relative. */
  hosts: z.array(z.string()),
  sentinels: z.array(
    z.strictObject({
      rule: z.string(),
      type: z.string(),
      member: z.string(),
      pattern: z.string(),
      source: z.string(),
    }),
  ),
  /** Malformed code systems and what they mean. */
  systems: z.record(z.string(), z.string()),
  /** Laboratory results arrive as `valueString: "12"`. */
  numericLaboratoryStrings: z.boolean(),
})

const Overrides = z.strictObject({
  /** A scope's whole text by type; null leaves the type out. */
  scopes: z.record(z.string(), z.string().min(1).nullable()).optional(),
  /** Names of searches, or types, that are not asked here. */
  exclude: z.array(z.string()).optional(),
  /** Names of optional searches that are asked here. */
  include: z.array(z.string()).optional(),
  /** Asked instead of the dialect's letters and digits, in every roster. */
  letters: z.array(z.string().min(1).max(20)).min(1).max(1000).optional(),
  provenance: z.boolean().optional(),
  /** First sync by group export: of the group named, or of the only one that the practice shows. */
  bulk: z
    .strictObject({
      group: z
        .string()
        .regex(/^[A-Za-z0-9.-]{1,64}$/)
        .optional(),
      /** Asked for instead of every type that the connection reads. */
      types: z
        .array(z.string().regex(/^[A-Z][A-Za-z]+$/))
        .min(1)
        .optional(),
    })
    .optional(),
  /** The app with which people sign in at the vendor; another than the backend one. */
  app: AppSettings.optional(),
})

export type DialectSearch = z.infer<typeof Search>
export type Dialect = z.infer<typeof Dialect>

/** One connection's dialect: the table with its deviations applied. */
export interface ConnectionDialect extends Omit<Dialect, 'scopes'> {
  /** The whole scope text by type. Types without one are not asked for. */
  readonly scopeByType: ReadonlyMap<string, string>
  /** Undefined where exports are not wanted. */
  readonly bulk:
    | { readonly group?: string | undefined; readonly types?: readonly string[] | undefined }
    | undefined
  /** Undefined where people do not sign in. */
  readonly app: AppSettings | undefined
}

const TABLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['eclinicalworks', eclinicalworks],
  ['us-core', usCore],
])

export const dialectNames: readonly string[] = [...TABLES.keys()]

/** The published table of a dialect; throws PATHWAY_DIALECT_UNKNOWN. */
export function loadDialect(name: string): Dialect {
  const table = TABLES.get(name)
  if (table === undefined)
    throw new ChartwayError('PATHWAY_DIALECT_UNKNOWN', { details: { dialect: name } })
  return Dialect.parse(table)
}

/** A dialect as one connection speaks it; throws PATHWAY_SETTINGS_INVALID with the position. */
export function dialectFor(name: string, overrides: JsonObject): ConnectionDialect {
  const dialect = loadDialect(name)
  const parsed = Overrides.safeParse(overrides)
  if (!parsed.success) {
    const position = parsed.error.issues[0]?.path.join('.') || 'overrides'
    throw new ChartwayError('PATHWAY_SETTINGS_INVALID', { details: { position } })
  }
  const deviations = parsed.data
  const scopeByType = scopesOf(dialect, deviations.scopes ?? {})
  const excluded = new Set(deviations.exclude)
  const included = new Set(deviations.include)
  const searches = dialect.searches
    .filter((row) => !excluded.has(row.name) && !excluded.has(row.type))
    .filter((row) => !row.optional || included.has(row.name))
    .filter((row) => scopeByType.has(row.type))
    .map((row) => ({
      ...row,
      provenance:
        row.provenance && deviations.provenance !== false && scopeByType.has('Provenance'),
    }))
  const asked = new Set(searches.map((row) => row.type))
  return {
    ...dialect,
    letters: deviations.letters ?? dialect.letters,
    digits: deviations.letters ? [] : dialect.digits,
    searches,
    bulk: deviations.bulk,
    app: deviations.app,
    scopeByType: new Map([...scopeByType].filter(([type]) => asked.has(type))),
  }
}

function scopesOf(
  dialect: Dialect,
  deviations: Readonly<Record<string, string | null>>,
): Map<string, string> {
  const scopes = new Map<string, string>()
  for (const [type, suffix] of Object.entries(dialect.scopes.byType))
    if (suffix !== null) scopes.set(type, `${dialect.scopes.prefix}${type}.${suffix}`)
  for (const [type, scope] of Object.entries(deviations)) {
    if (scope === null) scopes.delete(type)
    else scopes.set(type, scope)
  }
  return scopes
}
