// The practice's address and everything built from it: request URLs, next links, relative
// references. Pure. Only what lies below the practice's own base is ever trusted.

import { ChartwayError, type ErrorCode } from '../../kernel/errors.ts'

/** A resource id, FHIR R4 2.24.0.1 `id`; longer ones have never been seen and are refused. */
const ID = /^[A-Za-z0-9.-]{1,64}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** Practice codes are six letters A to J, but for a few vanity codes [P]: a hint, never a rule. */
const USUAL_CODE = /^[A-J]{6}$/

/** What is wrong with a base URL; undefined when nothing is. */
export function baseUrlProblem(baseUrl: string): ErrorCode | undefined {
  if (baseUrl.endsWith('/')) return 'PATHWAY_BASE_URL_SLASH'
  let url: URL
  try {
    url = new URL(baseUrl)
  } catch {
    return 'PATHWAY_BASE_URL_INVALID'
  }
  const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  const web = url.protocol === 'https:' || url.protocol === 'http:'
  if (!plain || !web) return 'PATHWAY_BASE_URL_INVALID'
  return url.pathname === '/' ? 'PATHWAY_BASE_URL_NO_PRACTICE' : undefined
}

/** True when the last part of the base looks like the vendor's usual practice codes. */
export function hasUsualCode(baseUrl: string): boolean {
  return USUAL_CODE.test(baseUrl.slice(baseUrl.lastIndexOf('/') + 1))
}

export function isId(text: string): boolean {
  return ID.test(text)
}

/** Fills a search's query: `{id}`, `{letter}`, `{from}`, `{until}`. Throws PATHWAY_SUBJECT_INVALID. */
export function fillQuery(
  query: string,
  ask: { readonly subject: string; readonly from?: string; readonly until?: string },
): string {
  return query.replace(/\{(id|letter|from|until)\}/g, (_, name: string) => {
    if (name === 'letter') return encodeURIComponent(escapeValue(ask.subject))
    const value = name === 'id' ? ask.subject : name === 'from' ? ask.from : ask.until
    if (value === undefined || !(name === 'id' ? ID : DAY).test(value))
      throw new ChartwayError('PATHWAY_SUBJECT_INVALID', { details: { position: name } })
    return encodeURIComponent(value)
  })
}

/** Names of a query's parameters without their values: what a call is for. */
export function parameterNames(query: string): string {
  const names = query.split('&').map((part) => part.slice(0, `${part}=`.indexOf('=')))
  return [...new Set(names)].filter((name) => name !== '').join(',')
}

/** FHIR R4 3.1.1.4.1: these four have a meaning in a search value. */
function escapeValue(value: string): string {
  return value.replace(/[\\|,$]/g, '\\$&')
}

/**
 * Turns a next link into an address at our base: the vendor names another host and `http` [P], and
 * escapes `&` for HTML [I]. `_count` is taken out, because the vendor refuses it [I]. Throws
 * PATHWAY_LINK_ELSEWHERE when it does not lead below the practice's own path.
 */
export function followable(link: string, baseUrl: string): string {
  const base = new URL(baseUrl)
  const decoded = link.replaceAll('&amp;', '&')
  let url: URL
  try {
    url = new URL(decoded, `${baseUrl}/`)
  } catch (cause) {
    throw new ChartwayError('PATHWAY_LINK_ELSEWHERE', { cause })
  }
  if (url.pathname !== base.pathname && !url.pathname.startsWith(`${base.pathname}/`))
    throw new ChartwayError('PATHWAY_LINK_ELSEWHERE')
  const query = url.search.slice(1).split('&')
  const kept = query.filter((part) => part !== '' && !/^_count(=|$)/.test(part)).join('&')
  return `${base.origin}${url.pathname}${kept === '' ? '' : `?${kept}`}`
}

/**
 * An absolute reference into this practice made relative, on our base's host or the vendor's own;
 * undefined when it is none.
 */
export function relativeReference(
  reference: string,
  baseUrl: string,
  hosts: readonly string[],
): string | undefined {
  if (!/^https?:\/\//.test(reference)) return undefined
  const url = parseUrl(reference)
  const base = new URL(baseUrl)
  if (url === undefined || (url.host !== base.host && !hosts.includes(url.hostname)))
    return undefined
  if (!url.pathname.startsWith(`${base.pathname}/`)) return undefined
  const rest = `${url.pathname.slice(base.pathname.length + 1)}${url.search}${url.hash}`
  return /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}/.test(rest) ? rest : undefined
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
