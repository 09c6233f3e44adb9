// The stream of changes as server-sent events (WHATWG HTML, 9.2): asks the operation step by step and
// writes what comes. Who asks is checked anew at each step, so that a revoked key ends its stream.

import { Readable } from 'node:stream'
import { wallSleep } from '../../kernel/clock.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'

/** Streams of this process, and of one caller in it. */
const STREAMS_MAX = 200
const STREAMS_OF_CALLER_MAX = 10
/** Wall ms between two steps that brought nothing. */
const PAUSE_MS = 500
/** Wall ms after which a comment says that the stream is alive; proxies close what is silent. */
const HEARTBEAT_MS = 15_000
/** What a reader should wait before it connects again, wall ms. */
const RECONNECT_MS = 2_000

export const EVENT_STREAM = 'text/event-stream; charset=utf-8'

export interface Step {
  readonly items: readonly { readonly sequence: number }[]
  readonly next: number
}

export interface StreamAsked {
  readonly caller: Pick<Principal, 'organization' | 'actor'>
  /** Asks once more, as whoever the request's credential names now; throws when it names nobody. */
  readonly step: (after: number) => Promise<Step>
  /** What the first step gave, before anything was written. */
  readonly first: Step
  /** The code that ends the stream, for what a step threw. */
  readonly codeOf: (error: unknown) => string
}

export class EventStreams {
  readonly #open = new Map<string, number>()
  readonly #closing = new AbortController()
  #count = 0

  /** Throws STREAMS_TOO_MANY. */
  open(asked: StreamAsked): Readable {
    const name = `${asked.caller.organization}/${asked.caller.actor}`
    const own = this.#open.get(name) ?? 0
    if (this.#count >= STREAMS_MAX || own >= STREAMS_OF_CALLER_MAX)
      throw new ChartwayError('STREAMS_TOO_MANY', { retry: 'later' })
    this.#open.set(name, own + 1)
    this.#count += 1
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, this.#closing.signal])
    const stream = new Pulled(events(asked, signal), stop)
    stream.once('close', () => {
      const left = (this.#open.get(name) ?? 1) - 1
      if (left === 0) this.#open.delete(name)
      else this.#open.set(name, left)
      this.#count -= 1
    })
    return stream
  }

  /** Ends every stream, as when the process stops. */
  close(): void {
    this.#closing.abort(new Error('The face is closing'))
  }
}

/** Pulls from a generator, and stops it at once when the reader goes: it may be in a pause. */
class Pulled extends Readable {
  readonly #events: AsyncGenerator<string>
  readonly #stop: AbortController
  #pulling = false

  constructor(events: AsyncGenerator<string>, stop: AbortController) {
    super()
    this.#events = events
    this.#stop = stop
  }

  override _read(): void {
    if (this.#pulling) return
    this.#pulling = true
    void this.#pull()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stop.abort(new Error('The reader is gone'))
    done(error)
  }

  async #pull(): Promise<void> {
    try {
      const { done, value } = await this.#events.next()
      this.#pulling = false
      this.push(done === true ? null : value)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('A stream failed'))
    }
  }
}

async function* events(
  { step, first, codeOf }: StreamAsked,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`
  let silentMs = 0
  try {
    for (let now = first; !signal.aborted; now = await step(now.next)) {
      if (now.items.length > 0) {
        silentMs = 0
        yield now.items.map(eventOf).join('')
        continue
      }
      if (silentMs >= HEARTBEAT_MS) {
        silentMs = 0
        yield ': alive\n\n'
      }
      silentMs += PAUSE_MS
      await pause(signal)
    }
  } catch (error) {
    yield `event: end\ndata: ${JSON.stringify({ code: codeOf(error) })}\n\n`
  }
}

function eventOf(change: { readonly sequence: number }): string {
  return `id: ${change.sequence}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`
}

/** Resolves early when the stream is to end. */
async function pause(signal: AbortSignal): Promise<void> {
  try {
    await wallSleep(PAUSE_MS, signal)
  } catch (reason) {
    if (!signal.aborted) throw reason
  }
}

/** The sequence number that a reader had last, as it comes back. */
export function lastEventId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? header : undefined
}
