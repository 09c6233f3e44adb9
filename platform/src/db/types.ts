// What the rooms see of the database: a transaction that belongs to one organization, and nothing else.

import type { OrganizationId } from '../kernel/ids.ts'

export type Row = Readonly<Record<string, unknown>>

/**
 * A transaction in which row-level security shows one organization's rows only. The one way to a
 * query; made by `Database.tenant`.
 */
export interface TenantTx {
  readonly organization: OrganizationId
  /** Runs one statement with numbered parameters. Statements with the same text are prepared once. */
  query<T extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly T[]>
}

/** Tables that belong to no organization: the list of organizations and the migrations. */
export interface SystemTx {
  query<T extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly T[]>
}

export interface Database {
  /**
   * Commits when `work` resolves, rolls back when it rejects. `work` must not call the network. The
   * first statement carries the beginning with it, and statements sent without waiting go out together.
   * Throws DATABASE_COMMIT_UNKNOWN when the connection broke while committing.
   */
  tenant<T>(organization: OrganizationId, work: (tx: TenantTx) => Promise<T>): Promise<T>
  /** For the worker's list of organizations and for creating one; sees no tenant's rows. */
  system<T>(work: (tx: SystemTx) => Promise<T>): Promise<T>
  /**
   * One statement in one round trip under one organization, a transaction of its own: for the hottest
   * reads. One that writes too may or may not have been stored after DATABASE_UNREACHABLE.
   */
  statement<T extends Row = Row>(
    organization: OrganizationId,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<readonly T[]>
  close(): Promise<void>
}
