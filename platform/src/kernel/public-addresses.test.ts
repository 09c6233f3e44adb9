// Which addresses are public: the special-purpose registries, by example, and names that resolve to one
// that is not.

import { expect, test } from 'vitest'
import { isPublicAddress, mayBePublic, publicLookup } from './public-addresses.ts'
import { undiciNetwork } from './undici-network.ts'

test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '203.0.113.9'],
  ...['224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
  ...['64:ff9b::a00:1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1', '2002:a00:1::'],
  ...['2001::1', '', 'localhost', '127.1', '0x7f000001'],
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])(
  '%s is',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test('a host of a URL may be a name, or a public address in its brackets', () => {
  expect(mayBePublic(new URL('https://[::1]/').hostname)).toBe(false)
  expect(mayBePublic(new URL('https://[2606:4700::1111]/').hostname)).toBe(true)
  expect(mayBePublic(new URL('https://127.1/').hostname)).toBe(false)
  expect(mayBePublic(new URL('https://client.example/').hostname)).toBe(true)
})

test.each([true, false])('a name that is of this machine is not looked up (all: %s)', (all) => {
  return new Promise<void>((resolve) => {
    publicLookup('localhost', { all }, (error) => {
      expect(error).toBeInstanceOf(Error)
      resolve()
    })
  })
})

test.each(['http://127.0.0.1:9/', 'http://localhost:9/', 'http://[::1]:9/'])(
  'nothing is sent to %s when only public addresses are wanted',
  async (url) => {
    const network = undiciNetwork()
    const request = { method: 'GET', url, headers: {}, timeoutMs: 2_000, bodyBytesMax: 10 } as const
    await expect(network.send({ ...request, publicOnly: true })).rejects.toMatchObject({
      ...{ code: 'NETWORK_UNREACHABLE', phase: 'unsent' },
    })
    await network.close()
  },
)
