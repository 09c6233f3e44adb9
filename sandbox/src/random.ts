// Chance that repeats: a seeded generator with named sub-streams. It is not for secrets, and it
// never reads the machine's random source.

/** A repeatable source of draws. Two sources with the same seed and path give the same draws. */
export interface Random {
  /** Uniform in [0, 1), 32 bits fine. */
  next(): number
  /** Uniform whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T
  /** One of `items` in proportion to its `weight`; the weights must not all be zero. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T
  /** `length` characters drawn from `alphabet`. */
  text(length: number, alphabet: string): string
  /**
   * A source of its own, fixed by this source's path and `name` alone: what was drawn here before
   * does not move it, and drawing from it does not move this one.
   */
  stream(name: string): Random
}

/** The root source of a seed (any finite number; its decimal text is what counts). */
export function seededRandom(seed: number): Random {
  return source(`${seed}`)
}

function source(path: string): Random {
  const draw = smallFastCounter(path)
  const next = () => draw() / 0x1_0000_0000
  const index = (count: number) => Math.floor(next() * count)
  const random: Random = {
    next,
    between: (min, max) => min + index(max - min + 1),
    chance: (p) => next() < p,
    pick: (items) => at(items, index(items.length)),
    weighted: (items) => {
      let left = next() * items.reduce((sum, item) => sum + item.weight, 0)
      for (const item of items) {
        left -= item.weight
        if (left < 0) return item
      }
      return at(items, items.length - 1)
    },
    text: (length, alphabet) => {
      let text = ''
      for (let i = 0; i < length; i++) text += alphabet[index(alphabet.length)]
      return text
    },
    stream: (name) => source(`${path}/${name}`),
  }
  return random
}

function at<T>(items: readonly T[], index: number): T {
  if (index < 0 || index >= items.length) throw new RangeError('nothing to pick from')
  return items[index] as T
}

/** Chris Doty-Humphrey's sfc32 generator, its 128 bits of state filled by hashing `path`. */
function smallFastCounter(path: string): () => number {
  let a = hash32(path, 0x9e3779b9)
  let b = hash32(path, 0x85ebca6b)
  let c = hash32(path, 0xc2b2ae35)
  let counter = 1
  const draw = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) draw()
  return draw
}

/** FNV-1a over UTF-16 code units, finished with a MurmurHash3 style mix. */
function hash32(text: string, basis: number): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) >>> 0
}
