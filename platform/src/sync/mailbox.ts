// A bounded queue between askers and the writer: `put` waits while it is full, `take` while it is empty.

export interface Mailbox<T> {
  put(item: T): Promise<void>
  /** Up to `max` items, at least one; [] once it is closed and empty. */
  take(max: number): Promise<readonly T[]>
  /** No more `put`; what is inside can still be taken. */
  close(): void
}

export function mailbox<T>(capacity: number): Mailbox<T> {
  const items: T[] = []
  const putters: (() => void)[] = []
  let taker: (() => void) | undefined
  let closed = false
  return {
    async put(item) {
      while (items.length >= capacity && !closed)
        await new Promise<void>((resolve) => putters.push(resolve))
      items.push(item)
      taker?.()
    },
    async take(max) {
      while (items.length === 0 && !closed)
        await new Promise<void>((resolve) => {
          taker = resolve
        })
      taker = undefined
      const taken = items.splice(0, max)
      for (const resume of putters.splice(0)) resume()
      return taken
    },
    close() {
      closed = true
      taker?.()
      for (const resume of putters.splice(0)) resume()
    },
  }
}
