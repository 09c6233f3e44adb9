// Bytes that come in pieces, cut after the last whole line of each, so that the place up to which a
// file is read is always the beginning of a line. It holds one unfinished line and parses nothing.

/** Bytes of one line; above it the file cannot be read. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024

const NEW_LINE = 0x0a

export interface LineBlocks {
  /** Whole lines that the piece completes; undefined when it completes none. */
  push(piece: Uint8Array): Uint8Array | undefined
  /** The unfinished line at the end; empty when there is none. */
  rest(): Uint8Array
  /** True once an unfinished line has grown too long. */
  isTooLong(): boolean
}

export function lineBlocks(): LineBlocks {
  let held: Uint8Array[] = []
  let length = 0
  const joined = (parts: readonly Uint8Array[], bytes: number): Uint8Array => {
    const [first] = parts
    if (parts.length === 1 && first !== undefined) return first
    const whole = new Uint8Array(bytes)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
  return {
    push(piece) {
      const end = piece.lastIndexOf(NEW_LINE) + 1
      const tail = piece.subarray(end)
      if (end === 0) {
        held.push(tail)
        length += tail.length
        return undefined
      }
      const block = joined([...held, piece.subarray(0, end)], length + end)
      // A copy, because the piece belongs to whoever gave it.
      held = tail.length === 0 ? [] : [tail.slice()]
      length = tail.length
      return block
    },
    rest: () => joined(held, length),
    isTooLong: () => length > LINE_BYTES_MAX,
  }
}
