// The typed client: one call per operation of the API, iterators over what comes in pages, and the
// change feed as it is pushed. It joins the files beside it, and works wherever there is a fetch.

import { callOnce, type Name } from './call.ts'
import type { Mirrored, Operations } from './generated.ts'
import { systemWait } from './network.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import { allOf, type Item, type Paged } from './paging.ts'
import { type ShownChange, streamOf } from './stream.ts'

export type { CallOptions, ClientOptions } from './options.ts'
export type { Item, Paged } from './paging.ts'
export type { ShownChange } from './stream.ts'

/** Wall ms between two askings for new changes. */
const FOLLOW_MS = 1_000

export type Collection = Operations['resources.list']['input']['collection']

export interface Client {
  /** Calls one operation by its name. Throws ApiError. */
  call<N extends Name>(
    name: N,
    input: Operations[N]['input'],
    options?: CallOptions,
  ): Promise<Operations[N]['output']>
  /** Every item of a list, page after page. Throws ApiError. */
  all<N extends Paged>(
    name: N,
    input: Operations[N]['input'],
    options?: CallOptions,
  ): AsyncIterable<Item<N>>
  /** Every resource of a type, page after page. */
  resources(
    collection: Collection,
    query?: { readonly practice?: string | undefined; readonly patient?: string | undefined },
    options?: CallOptions,
  ): AsyncIterable<Mirrored>
  /**
   * Every change after a sequence number, asked for page by page; with `follow` it goes on asking
   * until the signal is aborted. For a feed that is pushed, use `stream`.
   */
  changes(
    query: {
      readonly practice?: string | undefined
      readonly after?: number | undefined
      readonly follow?: boolean | undefined
    },
    options?: CallOptions,
  ): AsyncIterable<ShownChange>
  /**
   * Changes as they are learnt, over server-sent events; connects again where it broke off, until the
   * signal is aborted. `after`: the sequence number of the last change you have dealt with; without
   * it, what comes from now on. Throws ApiError when it is refused, or when nothing answers any more.
   */
  stream(
    query: { readonly practice?: string | undefined; readonly after?: number | undefined },
    options?: CallOptions,
  ): AsyncIterable<ShownChange>
}

export function createClient(options: ClientOptions): Client {
  const { wait = systemWait } = options
  const call: Client['call'] = (name, input, given = {}) => callOnce(options, name, input, given)
  const all: Client['all'] = (name, input, given) =>
    allOf(name, input, (page) => call(name, page, given))
  return {
    call,
    all,
    resources: (collection, query = {}, given) =>
      all('resources.list', { ...query, collection }, given),
    async *changes({ practice, after = 0, follow = false }, given) {
      for (let next = after; ; await wait(FOLLOW_MS, given?.signal)) {
        for await (const change of all('changes.list', { practice, after: next }, given)) {
          yield change
          next = change.sequence
        }
        if (!follow) return
      }
    },
    async *stream({ practice, after }, given = {}) {
      // A number to begin with, so that a connection that breaks before the first change loses none.
      const from =
        after ?? (await call('changes.list', { practice, after: 0, limit: 1 }, given)).last
      yield* streamOf(options, { practice, after: from }, given)
    },
  }
}
