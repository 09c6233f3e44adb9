// A browser without a screen for launches: keeps cookies by origin, follows redirects between us and
// the vendor, and presses the buttons of the vendor's pages. It knows only what stands in the pages.

/** One request of a browser, whichever way it travels. */
export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export interface Got {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string
}

export interface Page extends Got {
  readonly url: string
}

/** What a person does in front of the pages. */
export interface Person {
  readonly username?: string | undefined
  /** The chart that is chosen, where one is to be chosen; the first offered otherwise. */
  readonly patient?: string | undefined
  readonly declines?: boolean | undefined
}

const HOPS_MAX = 20

export class LaunchVisitor {
  /** `origin name` to value: the console's cookie and the vendor's do not meet. */
  readonly cookies = new Map<string, string>()
  /** Every address that was opened. */
  readonly visited: string[] = []
  readonly #send: (sent: Sent) => Promise<Got>
  readonly #stopsAt: (url: string) => boolean

  /** `stopsAt`: addresses that are not opened, because nobody answers there. */
  constructor(send: (sent: Sent) => Promise<Got>, stopsAt: (url: string) => boolean) {
    this.#send = send
    this.#stopsAt = stopsAt
  }

  /** Opens an address and follows redirects, to a page or to where it stops. */
  async open(url: string): Promise<Page> {
    return this.#follow({ method: 'GET', url, headers: {}, body: undefined })
  }

  /** Opens one address and follows nothing. */
  async once(url: string): Promise<Page> {
    return this.#one({ method: 'GET', url, headers: {}, body: undefined })
  }

  /** Goes through the vendor's pages until the browser is sent away from them. */
  async signIn(
    page: Page,
    { username = 'provider', patient, declines }: Person = {},
  ): Promise<Page> {
    let at = page
    for (let step = 0; step < HOPS_MAX && at.text.includes('action="/oauth/sign-in"'); step++)
      at = await this.#press(at, fieldsFor(at.text, { username, patient, declines }))
    return at
  }

  #press(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const hidden = [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
    const form = new URLSearchParams()
    for (const [, name = '', value = ''] of hidden) form.set(name, value)
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const url = new URL('/oauth/sign-in', page.url).href
    return this.#follow({ method: 'POST', url, headers, body: form.toString() })
  }

  async #follow(first: Sent): Promise<Page> {
    let page = await this.#one(first)
    for (let hop = 0; hop < HOPS_MAX; hop++) {
      const location = page.headers.find(([name]) => name === 'location')?.[1]
      if (page.status < 300 || page.status >= 400 || location === undefined) return page
      const url = new URL(location, page.url).href
      if (this.#stopsAt(url)) return { ...page, url }
      page = await this.#one({ method: 'GET', url, headers: {}, body: undefined })
    }
    throw new Error('The browser is sent round in circles')
  }

  async #one(sent: Sent): Promise<Page> {
    this.visited.push(sent.url)
    const { origin } = new URL(sent.url)
    const cookie = [...this.cookies]
      .filter(([key]) => key.startsWith(`${origin} `))
      .map(([key, value]) => `${key.slice(origin.length + 1)}=${value}`)
      .join('; ')
    const headers = cookie === '' ? sent.headers : { ...sent.headers, cookie }
    const got = await this.#send({ ...sent, headers })
    for (const [name, value] of got.headers) {
      const [, key, kept] = name === 'set-cookie' ? (/^([^=]+)=([^;]*)/.exec(value) ?? []) : []
      if (key !== undefined && kept !== undefined) this.cookies.set(`${origin} ${key}`, kept)
    }
    return { ...got, url: sent.url }
  }
}

function fieldsFor(
  text: string,
  { username = '', patient, declines }: Person,
): Readonly<Record<string, string>> {
  if (text.includes('id="pwd"')) return { username, pwd: 'sandbox', act: 'sign-in' }
  if (text.includes('name="wanted"')) {
    const offered = /name="patient" value="([^"]+)"/.exec(text)?.[1]
    return { patient: patient ?? offered ?? '' }
  }
  if (declines) return { act: 'decline' }
  return { act: text.includes('value="approve"') ? 'approve' : 'continue' }
}

/** Status and code of a page of ours that says what went wrong. */
export function codeOn({ status, text }: Page): readonly [number, string | undefined] {
  return [status, /href="\/errors\/([A-Z_]+)"/.exec(text)?.[1]]
}

/** A browser over real sockets. */
export async function fetched({ method, url, headers, body }: Sent): Promise<Got> {
  const reply = await fetch(url, {
    ...{ method, headers, redirect: 'manual' },
    ...(body === undefined ? {} : { body }),
  })
  const text = await reply.text()
  return { status: reply.status, headers: [...reply.headers], text }
}
