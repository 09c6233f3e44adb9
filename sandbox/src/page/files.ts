// The files of the sandbox page. They hold nothing of any practice, so they are given without the
// operator's secret; everything they show is asked for with it.

import { readFileSync } from 'node:fs'

interface File {
  readonly status: 200
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Nothing inline, nothing from elsewhere, no frame around it, no form that leaves by itself. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
  ...["img-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ')

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Cache-Control': 'no-cache',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** Beside this file in the sources, also when it runs compiled. */
const FOLDER = new URL('../../src/page/', import.meta.url)

const FILES: ReadonlyMap<string, File> = new Map(
  [
    ['/', 'page.html', 'text/html'],
    ['/page.css', 'page.css', 'text/css'],
    ['/page.js', 'page.js', 'text/javascript'],
    ['/icon.svg', 'icon.svg', 'image/svg+xml'],
  ].map(([path = '', name = '', type]) => [
    path,
    {
      status: 200,
      contentType: `${type};charset=UTF-8`,
      headers: HEADERS,
      body: readFileSync(new URL(name, FOLDER), 'utf8'),
    },
  ]),
)

/** The page's file at this path and query, if it has one there. */
export function pageFile(path: string): File | undefined {
  return FILES.get(path.split('?')[0] ?? '')
}
