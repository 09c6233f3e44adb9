// `npm run bench -- NAME [--json] [--quick]`: runs one benchmark, prints its figures and, as the last
// line, JSON. The exit code is not 0 when a wanted figure was missed. It measures nothing itself.

import type { BenchOptions, BenchResult } from './bench-result.ts'

type Run = (options: BenchOptions) => Promise<BenchResult>

const BENCHES: Readonly<Record<string, () => Promise<{ readonly run: Run }>>> = {
  api: () => import('./api.ts'),
  ingest: () => import('./ingest.ts'),
  mcp: () => import('./mcp.ts'),
}

const words = process.argv.slice(2)
const names = words.filter((word) => !word.startsWith('--'))
const unknown = words.filter(
  (word) => word.startsWith('--') && !['--json', '--quick'].includes(word),
)
const load = names.length === 1 ? BENCHES[names[0] ?? ''] : undefined

if (load === undefined || unknown.length > 0) {
  console.error(`Say which: npm run bench -- ${Object.keys(BENCHES).join('|')} [--json] [--quick]`)
  process.exitCode = 2
} else {
  const { run } = await load()
  const result = await run({ quick: words.includes('--quick') })
  if (!words.includes('--json')) for (const line of result.lines) console.log(line)
  const { name, ok, figures } = result
  console.log(JSON.stringify({ name, ...figures, ok }))
  process.exitCode = ok ? 0 : 1
}
