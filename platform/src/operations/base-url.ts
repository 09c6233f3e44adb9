// What a FHIR base URL must look like before anything is sent to it, and what only looks unusual.

import { ChartwayError } from '../kernel/errors.ts'
import type { DialectHint } from './context.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

export interface Warning {
  readonly code: 'PRACTICE_CODE_UNUSUAL'
  readonly says: string
}

/**
 * Throws BASE_URL_INVALID with the rule that is broken. A trailing slash is refused, not cut off: the
 * same text becomes the audience of tokens, where the slash matters.
 */
export function checkBaseUrl(text: string): URL {
  const url = URL.parse(text)
  const broken = url === null ? 'not an absolute URL' : brokenRule(text, url)
  if (url === null || broken !== undefined)
    throw new ChartwayError('BASE_URL_INVALID', {
      details: { position: 'baseUrl', rule: broken },
    })
  return url
}

function brokenRule(text: string, url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'starts with https://'
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    return 'plain http only to this machine'
  if (url.username !== '' || url.password !== '') return 'no user name in it'
  if (text.includes('?') || text.includes('#')) return 'no query and no fragment'
  if (text.endsWith('/')) return 'no slash at the end'
  return url.pathname.length > 1 ? undefined : 'ends in the practice code'
}

/** A practice code of another form is possible, and more often a typing mistake. */
export function unusualCode(url: URL, dialect: DialectHint): readonly Warning[] {
  const code = url.pathname.split('/').at(-1) ?? ''
  if (dialect.usualPracticeCode === undefined || dialect.usualPracticeCode.test(code)) return []
  return [
    {
      code: 'PRACTICE_CODE_UNUSUAL',
      says: `The last part of the base URL does not look like most practice codes (${dialect.usualPracticeCode.source}). Check it; if it is right, nothing needs to be done.`,
    },
  ]
}
