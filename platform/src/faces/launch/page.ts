// The page for a launch that came to nothing: code, cause and cure in our own words. It takes nothing
// from the request or from the vendor, and loads nothing.

import { type ErrorCode, explain } from '../../kernel/errors.ts'

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;
place-content:center;padding:1.5rem;font:1rem/1.5 system-ui,sans-serif}main{max-width:34rem}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 .75rem}p{margin:.5rem 0}
.facts{margin-top:1.5rem;font-size:.875rem;opacity:.8}`

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const

export function troublePage(
  code: ErrorCode,
  requestId: string,
): { readonly text: string; readonly headers: Readonly<Record<string, string>> } {
  const { title, cause, cure } = explain(code)
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(cause)}</p>
<p><strong>What to do:</strong> ${escaped(cure)}</p>
<p class="facts"><a href="/errors/${code}">${code}</a> · request ${escaped(requestId)}</p>
</main>
</body>
</html>
`
  return { text, headers: HEADERS }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? '')
}
