// What of a fault of our own is logged: its class and where it happened, and nothing that was said of it.

import { expect, test } from 'vitest'
import { tenants } from '../../../../test/tenants.ts'
import type { Log, LogFields } from '../../kernel/log.ts'
import { systemRandom } from '../../kernel/random.ts'
import { createHttpFace } from './face.ts'

test('a message that looks like frames of a stack does not enter the log', async () => {
  const lines: (LogFields & { readonly event: string })[] = []
  const log: Log = { write: (_level, event, fields = {}) => lines.push({ event, ...fields }) }
  const world = await tenants({ log })
  const { rooms } = world.platform
  const broken = {
    ...rooms.mirror,
    counts: () => Promise.reject(new TypeError('no such row\n    at Canary Blake (born:1970:1)')),
  }
  const face = createHttpFace({
    ...{ ...rooms, mirror: broken, log, publicUrl: 'https://chartway.test' },
    random: systemRandom(),
  })
  const headers = { authorization: `Bearer ${world.north.readKey}` }
  const reply = await face.inject({ url: '/v1/counts', headers })
  await Promise.all([face.close(), world.close()])
  expect(reply.statusCode).toBe(500)
  const fault = lines.find(({ event }) => event === 'http.fault')
  expect(fault).toMatchObject({ code: 'INTERNAL', errorClass: 'TypeError', route: '/v1/counts' })
  expect(fault?.frames).toMatch(/^at .*access-log\.test\.ts:\d+:\d+\)?\nat /)
  expect(JSON.stringify(lines)).not.toContain('Canary')
})
