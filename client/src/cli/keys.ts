// chartway keys: makes and revokes API keys.

import type { Operations } from '../generated.ts'
import { table } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

type Scope = Operations['keys.create']['input']['scopes'][number]

export async function createKey(run: Run, name: string, scopes: readonly Scope[]): Promise<void> {
  const made = await run.client.call('keys.create', { name, scopes }, run.terminal)
  if (run.json) return json(run, made)
  line(run, `${made.text}`)
  line(run, `Key ${made.keyId} may ${made.scopes.join(' and ')}. It is shown this once: keep it.`)
}

export async function listKeys(run: Run): Promise<void> {
  const answer = await run.client.call('keys.list', {}, run.terminal)
  if (run.json) return json(run, answer)
  const rows = answer.items.map(({ keyId, name, scopes, createdAt, revokedAt }) => [
    ...[keyId, name, scopes.join(' '), createdAt, revokedAt ?? 'good'],
  ])
  line(run, table(['key', 'name', 'scopes', 'made', 'refused since'], rows))
}

export async function revokeKey(run: Run, keyId: string): Promise<void> {
  const answer = await run.client.call('keys.revoke', { keyId }, run.terminal)
  if (run.json) return json(run, answer)
  line(run, `Revoked ${keyId}: it is refused everywhere within 5 seconds.`)
}
