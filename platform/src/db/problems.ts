// Turns what the database or its driver throws into the one family of errors. It passes on no message
// and no detail of the database's own: those quote values, and values may be a patient's.

import pg from 'pg'
import { ChartwayError, type ErrorCode } from '../kernel/errors.ts'

/** Where in a transaction the failure struck: a broken COMMIT leaves its outcome unknown. */
export type Stage = 'connect' | 'work' | 'commit'

/** SQLSTATE, or its class of two characters, to our code; the longer match wins. */
const BY_STATE: Readonly<Record<string, ErrorCode>> = {
  '53100': 'DATABASE_FULL',
  '40001': 'DATABASE_CONFLICT',
  '40P01': 'DATABASE_CONFLICT',
  '55P03': 'DATABASE_CONFLICT',
  '57014': 'DATABASE_TIMEOUT',
  '25P03': 'DATABASE_TIMEOUT',
  '23505': 'DATABASE_DUPLICATE',
  '23503': 'DATABASE_REFERENCE',
  '42501': 'DATABASE_FORBIDDEN',
  '53300': 'DATABASE_BUSY',
  '3D000': 'DATABASE_UNREACHABLE',
  '08': 'DATABASE_UNREACHABLE',
  '28': 'DATABASE_UNREACHABLE',
  '57': 'DATABASE_UNREACHABLE',
}

const LATER: ReadonlySet<ErrorCode> = new Set([
  'DATABASE_FULL',
  'DATABASE_CONFLICT',
  'DATABASE_TIMEOUT',
  'DATABASE_BUSY',
  'DATABASE_UNREACHABLE',
  'DATABASE_COMMIT_UNKNOWN',
])

/** Codes of Node's sockets and files. */
const SYSTEM = /^E[A-Z0-9_]+$/

/**
 * Gives a ChartwayError for anything thrown below this room; passes one through as it is. Carries
 * the SQLSTATE and the names of table and constraint, never a value.
 */
export function databaseProblem(thrown: unknown, stage: Stage): ChartwayError {
  if (thrown instanceof ChartwayError) return thrown
  if (thrown instanceof pg.DatabaseError) return fromServer(thrown, stage)
  const system = systemCode(thrown)
  if (system === 'ENOSPC') return problem('DATABASE_FULL', { system })
  if (isDriverFault(thrown)) return new ChartwayError('INTERNAL', { cause: thrown })
  if (isPoolTimeout(thrown)) return problem('DATABASE_BUSY', {})
  return problem(stage === 'commit' ? 'DATABASE_COMMIT_UNKNOWN' : 'DATABASE_UNREACHABLE', {
    system,
  })
}

function fromServer(error: pg.DatabaseError, stage: Stage): ChartwayError {
  const state = error.code ?? ''
  const code = BY_STATE[state] ?? BY_STATE[state.slice(0, 2)] ?? 'INTERNAL'
  const lost = code === 'DATABASE_UNREACHABLE' && stage === 'commit'
  return problem(lost ? 'DATABASE_COMMIT_UNKNOWN' : code, {
    sqlState: state,
    table: error.table,
    constraint: error.constraint,
    position: error.position,
  })
}

function problem(
  code: ErrorCode,
  details: Readonly<Record<string, string | undefined>>,
): ChartwayError {
  return new ChartwayError(code, { retry: LATER.has(code) ? 'later' : 'never', details })
}

function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' && SYSTEM.test(thrown.code) ? thrown.code : undefined
}

/** A mistake of ours that the driver noticed before anything was sent. */
function isDriverFault(thrown: unknown): boolean {
  return (
    thrown instanceof TypeError ||
    thrown instanceof RangeError ||
    (thrown instanceof Error && /Prepared statements must be unique/.test(thrown.message))
  )
}

function isPoolTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message === 'timeout exceeded when trying to connect'
}
