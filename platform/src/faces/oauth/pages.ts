// The pages on which a person signs in and agrees: plain HTML that needs no script, with everything from
// outside escaped. They decide nothing.

import { createHash } from 'node:crypto'

/** Markup, as opposed to text that still has to be escaped. */
class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function html(parts: TemplateStringsArray, ...values: readonly (string | Html | Html[])[]): Html {
  const shown = values.map((value) => {
    if (value instanceof Html) return value.text
    return typeof value === 'string' ? escaped(value) : value.map(({ text }) => text).join('')
  })
  return new Html(String.raw({ raw: parts }, ...shown))
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '').replace(/'/g, '&#39;')
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 3rem auto; padding: 0 1rem; max-width: 34rem }
label { display: block; margin: .75rem 0 }
input:not([type=radio]) { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem }
button { font: inherit; padding: .5rem 1rem; margin: 1rem .5rem 0 0 }
fieldset { margin: 1rem 0 } .problem { border-left: .25rem solid; padding-left: .75rem }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** What a page may do: show itself, and send its form here or, when it is agreed, to `redirectUri`. */
export function policyOf(redirectUri?: string): string {
  const { protocol, origin } = redirectUri === undefined ? HERE : new URL(redirectUri)
  // A scheme of its own has no origin. Browsers apply this to where a form's answer redirects, too.
  const to = redirectUri === undefined ? '' : ` ${origin === 'null' ? protocol : origin}`
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self'${to}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

const HERE = { protocol: '', origin: '' }

function page(title: string, body: Html, head = html``): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} - Chartway</title>
<style>${new Html(STYLE)}</style>
${head}
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text
}

/** Comes back by itself, as a navigation of ours: only then does the browser send the session. */
export function comingBackPage(url: string): string {
  const refresh = new Html(`<meta http-equiv="refresh" content="0; url=${escaped(url)}">`)
  return page('One moment', html`<p><a href="${url}">Continue</a></p>`, refresh)
}

export function problemPage(says: string): string {
  return page('This did not work', html`<p class="problem" role="alert">${says}</p>`)
}

export function signInPage(of: {
  readonly query: string
  readonly client: string
  readonly problem: string | undefined
}): string {
  return page(
    'Sign in',
    html`
<p><strong>${of.client}</strong> asks for your permission. Sign in to see what for.</p>
${problem(of.problem)}
<form method="post" action="/oauth/sign-in">
${hidden('query', of.query)}
<label>Name <input name="name" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required></label>
<button>Sign in</button>
</form>`,
  )
}

export interface ShownPatient {
  readonly id: string
  readonly says: string
}

export function consentPage(of: {
  readonly query: string
  readonly client: string
  readonly person: string
  readonly scopes: readonly string[]
  readonly at: string
  readonly needsPatient: boolean
  readonly patients: readonly ShownPatient[] | undefined
  readonly problem: string | undefined
}): string {
  const scopes = of.scopes.map((scope) => html`<li>${scope}</li>`)
  return page(
    'Do you agree?',
    html`
<p>You are signed in as <strong>${of.person}</strong>.</p>
<p><strong>${of.client}</strong> wants, at ${of.at}, to</p>
<ul>${scopes}</ul>
<p>It never sees more than you may see yourself.</p>
${problem(of.problem)}
<form method="post" action="/oauth/authorize">
${hidden('query', of.query)}
${of.needsPatient ? picker(of.patients) : html``}
<button name="action" value="allow">Agree</button>
<button name="action" value="deny" formnovalidate>Do not agree</button>
</form>`,
  )
}

function picker(patients: readonly ShownPatient[] | undefined): Html {
  const choices = (patients ?? []).map(
    ({ id, says }) =>
      html`<label><input type="radio" name="patient" value="${id}"> ${says}</label>`,
  )
  const none = patients !== undefined && patients.length === 0
  return html`
<fieldset>
<legend>Which patient is it about?</legend>
<label>Name begins with <input name="find" autocomplete="off"></label>
<button name="action" value="find">Find</button>
${none ? html`<p>Nobody of that name is here for you.</p>` : choices}
</fieldset>`
}

function problem(says: string | undefined): Html {
  return says === undefined ? html`` : html`<p class="problem" role="alert">${says}</p>`
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}
