// Which network addresses are of the public internet: for requests whose address somebody else chose,
// so that nobody makes us knock at doors that only we can reach.

import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** RFC 6890 and the IANA special-purpose registries: everything that is not globally reachable. */
const IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Only 2000::/3 is given out; of it, what is for documents and for tunnels to the ranges above. */
const IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const REFUSED = new BlockList()
for (const [net, prefix] of IPV4) REFUSED.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of IPV6) REFUSED.addSubnet(net, prefix, 'ipv6')
const GLOBAL = new BlockList()
GLOBAL.addSubnet('2000::', 3, 'ipv6')

export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !REFUSED.check(address, 'ipv4')
  return version === 6 && GLOBAL.check(address, 'ipv6') && !REFUSED.check(address, 'ipv6')
}

/** Whether a host of a URL may be tried: a name, or a public address. */
export function mayBePublic(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 || isPublicAddress(bare)
}

/** Looks a name up and fails unless all of its addresses are public. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 4)
    const [first] = addresses
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new Error('The name is not of a public address'), '', 4)
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
