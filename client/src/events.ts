// Server-sent events as text (WHATWG HTML, 9.2.5 and 9.2.6): chunks in, events out. It opens no
// connection and knows nothing of what the events say.

/** Characters that one event may have before it is taken for something else. */
const EVENT_CHARS_MAX = 16_777_216

export interface ServerEvent {
  /** `message` unless the event names itself. */
  readonly event: string
  readonly data: string
  /** The last id that was given, with this event or before it. */
  readonly id: string
}

/** Takes text as it comes, cut anywhere. */
export class EventReader {
  #line = ''
  #afterReturn = false
  #begun = false
  #event = ''
  #data: string[] = []
  #chars = 0
  #id = ''
  #retryMs: number | undefined

  /** What the other side wants to be waited for before a new connection; ms. */
  get retryMs(): number | undefined {
    return this.#retryMs
  }

  /** The events that are whole with this. Throws a RangeError for one that is too long. */
  *read(chunk: string): Generator<ServerEvent> {
    let text = chunk
    if (!this.#begun && text !== '') {
      this.#begun = true
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    // The second half of a CRLF that was cut in two.
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1)
    if (text !== '') this.#afterReturn = text.endsWith('\r')
    const lines = (this.#line + text).split(/\r\n|\n|\r/)
    this.#line = lines.pop() ?? ''
    if (this.#chars + this.#line.length > EVENT_CHARS_MAX) throw tooLong()
    for (const line of lines) {
      const whole = this.#take(line)
      if (whole !== undefined) yield whole
    }
  }

  #take(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return undefined
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    this.#chars += line.length
    if (this.#chars > EVENT_CHARS_MAX) throw tooLong()
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) this.#retryMs = Number(value)
    return undefined
  }

  #dispatch(): ServerEvent | undefined {
    const [data, event] = [this.#data, this.#event]
    this.#data = []
    this.#event = ''
    this.#chars = 0
    if (data.length === 0) return undefined
    return { event: event === '' ? 'message' : event, data: data.join('\n'), id: this.#id }
  }
}

function tooLong(): RangeError {
  return new RangeError(`An event is longer than ${EVENT_CHARS_MAX} characters`)
}
