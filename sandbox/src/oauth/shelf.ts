// Things that are kept until a time and at most so many: launches, sign-ins, codes, refresh tokens.
// It reads no clock and knows nothing of what it keeps.

export interface Shelf<T> {
  /** Keeps `thing` until `until` (epoch ms, vendor time); when full the oldest goes. */
  put(key: string, thing: T, until: number): void
  /** The thing, unless it is unknown or its time has come. */
  get(key: string, now: number): T | undefined
  remove(key: string): void
  removeWhere(isGone: (thing: T) => boolean): void
}

export function createShelf<T>(max: number): Shelf<T> {
  const things = new Map<string, { readonly thing: T; readonly until: number }>()
  return {
    put(key, thing, until) {
      things.delete(key)
      if (things.size >= max) {
        const [oldest] = things.keys()
        if (oldest !== undefined) things.delete(oldest)
      }
      things.set(key, { thing, until })
    },
    get(key, now) {
      const held = things.get(key)
      if (held === undefined || held.until > now) return held?.thing
      things.delete(key)
      return undefined
    },
    remove: (key) => void things.delete(key),
    removeWhere(isGone) {
      for (const [key, { thing }] of things) if (isGone(thing)) things.delete(key)
    },
  }
}
