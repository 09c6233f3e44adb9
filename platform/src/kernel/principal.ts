// Who asks, and what that one may see and do. Vocabulary only: who grants it, and how it is proved, is
// the business of the rooms that own keys, people and clients.

import type { OrganizationId, PracticeId } from './ids.ts'

/**
 * `charts`: patients' records and what changed in them, as far as `ChartAccess` goes. `monitor`: how
 * the installation works, without records. `audit`: who did what. `settings`: practices and their
 * connections. `people`: who gets in: accounts, their roles, API keys and clients.
 */
export const RIGHTS = ['charts', 'monitor', 'audit', 'settings', 'people'] as const
export type Right = (typeof RIGHTS)[number]

/** Which part of the charts somebody may see. What is not granted is as if it were not there. */
export interface ChartAccess {
  /**
   * By FHIR type: the whole resource, or only these top-level elements of it (`id`, `meta` and
   * `resourceType` always remain). A type that is not named is not seen.
   */
  readonly types: 'all' | ReadonlyMap<string, 'whole' | readonly string[]>
  /** Whether records with a security label that restricts them are seen. */
  readonly sensitive: boolean
  /** The one patient whose records are seen; undefined: those of all patients. */
  readonly patient: string | undefined
}

export const NO_CHARTS: ChartAccess = { types: new Map(), sensitive: false, patient: undefined }

/** A caller whose identity was checked. */
export interface Principal {
  readonly organization: OrganizationId
  /** As the ledger names the caller. */
  readonly actor: `key:${string}` | `user:${string}` | `client:${string}`
  readonly rights: readonly Right[]
  readonly charts: ChartAccess
  /** The only practices that are seen; undefined: all of the organization. */
  readonly practices: readonly PracticeId[] | undefined
  /** Epoch ms at which a person last proved who they are; undefined for programs. */
  readonly authenticatedAt: number | undefined
}
