// Ids of requests: chance for the process and a count within it, all of one length. A caller's own
// id is not taken over, since anything could be in it.

import type { Random } from '../../kernel/random.ts'

/** Gives `<12 hex of the process>-<8 hex of the count>`, 21 characters. */
export function requestIds(random: Random): () => string {
  const process = Buffer.from(random.bytes(6)).toString('hex')
  let count = 0
  return () => {
    count = (count + 1) >>> 0
    return `${process}-${count.toString(16).padStart(8, '0')}`
  }
}
