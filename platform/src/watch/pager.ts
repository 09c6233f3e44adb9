// Ways to wake somebody: a web address that is posted to, or a program that is run. One notice at a time;
// whether and how often is decided elsewhere. A notice holds codes, times and ids of our own.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ChartwayError } from '../kernel/errors.ts'
import type { Network } from '../kernel/network.ts'
import type { Condition } from './conditions.ts'

const TIMEOUT_WALL_MS = 10_000
const ANSWER_BYTES_MAX = 64 * 1_024

export interface Notice extends Condition {
  readonly state: 'raised' | 'still' | 'over'
  /** ISO 8601. */
  readonly since: string
  /** Where this installation answers. */
  readonly installation: string
}

/** Resolves when the notice was taken; rejects otherwise. */
export type Pager = (notice: Notice) => Promise<void>

/** POSTs the notice as JSON; any 2xx takes it. */
export function webPager(network: Network, url: string): Pager {
  return async (notice) => {
    const reply = await network.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notice),
      timeoutMs: TIMEOUT_WALL_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
    })
    if (reply.status < 200 || reply.status > 299)
      throw new ChartwayError('PAGE_REFUSED', { retry: 'later', details: { status: reply.status } })
  }
}

/** Runs a program with the notice's JSON as its one argument; an exit status of 0 takes it. */
export function commandPager(program: string): Pager {
  return async (notice) => {
    await promisify(execFile)(program, [JSON.stringify(notice)], { timeout: TIMEOUT_WALL_MS })
  }
}
