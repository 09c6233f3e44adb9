// What happens to callers when the face is told to stop, and to connections that speak no HTTP.

import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { NetworkFailure } from '../../kernel/network.ts'

let world: Tenants
afterEach(() => world.close())

test('a request that was begun is answered before the face is closed', async () => {
  const vendor = Promise.withResolvers<never>()
  const asked = Promise.withResolvers<void>()
  world = await tenants({
    network: {
      send: () => {
        asked.resolve()
        return vendor.promise
      },
    },
  })
  const { face } = world.platform
  const url = await face.listen({ host: '127.0.0.1', port: 0 })
  const running = fetch(`${url}/v1/practices/${world.north.practice}/check`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.north.adminKey}` },
  })
  await asked.promise
  let closed = false
  const closing = face.close().then(() => {
    closed = true
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(closed).toBe(false)
  await expect(fetch(`${url}/health`)).rejects.toThrow()
  vendor.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE'))
  expect(await (await running).json()).toMatchObject({ ok: false })
  await closing
  expect(closed).toBe(true)
})

test('a connection that speaks no HTTP is told so and closed', async () => {
  world = await tenants()
  const url = new URL(await world.platform.face.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(url.port), '127.0.0.1')
  socket.end('\u0000MSH|^~\\&|\r\n\r\n')
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(text).toContain('"REQUEST_MALFORMED"')
})
