// An agent client as anybody would write it with the protocol's own client library: a program of its
// own, which knows nothing of this project but an address and a key. Prints what it has read as JSON.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

const [url = '', key = ''] = process.argv.slice(2)
const client = new Client({ name: 'somebody', version: '1' })
const requestInit = { headers: { authorization: `Bearer ${key}` } }
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
const { tools } = await client.listTools()
const practices = await client.callTool({ name: 'practices_list', arguments: {} })
const counts = await client.callTool({ name: 'counts_read', arguments: {} })
await client.close()
console.log(JSON.stringify({ tools: tools.map(({ name }) => name), practices, counts }))
