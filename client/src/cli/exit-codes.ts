// How the command ends, for scripts that call it: one table from error codes to exit codes.

import { ApiError } from '../errors.ts'

export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  notFound: 3,
  key: 4,
  unreachable: 5,
  checkFailed: 6,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  API_UNREACHABLE: EXIT.unreachable,
  API_TIMEOUT: EXIT.unreachable,
  API_ANSWER_UNREADABLE: EXIT.fault,
  ID_UNUSABLE: EXIT.usage,
  PROFILE_MISSING: EXIT.key,
  PROFILE_BROKEN: EXIT.key,
  USAGE: EXIT.usage,
}

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.key,
  403: EXIT.key,
  404: EXIT.notFound,
  409: EXIT.usage,
  410: EXIT.notFound,
  413: EXIT.usage,
  429: EXIT.unreachable,
  502: EXIT.unreachable,
  503: EXIT.unreachable,
  504: EXIT.unreachable,
}

export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof ApiError)) return EXIT.fault
  return BY_CODE[error.code] ?? BY_STATUS[error.status] ?? EXIT.fault
}
