// What a scrape gets over a real socket.

import { afterEach, expect, test } from 'vitest'
import { listenMetrics, type MetricsFace } from './index.ts'

let face: MetricsFace | undefined
afterEach(() => face?.close())

async function serving(read: Parameters<typeof listenMetrics>[0]['read']): Promise<string> {
  face = await listenMetrics({ host: '127.0.0.1', port: 0, version: '1.2.3', read })
  return `http://127.0.0.1:${face.port}`
}

test('a scrape gets the samples of this moment, the version and the process', async () => {
  let records = 1
  const url = await serving(async () => [
    { name: 'chartway_records', help: 'R', labels: { practice: 'elm' }, value: records },
    { name: 'chartway_records', help: 'R', labels: { practice: 'oak' }, value: 9 },
  ])
  const text = async () => (await fetch(`${url}/metrics`)).text()
  expect(await text()).toContain('chartway_records{practice="elm"} 1\n')
  records = 2
  const second = await text()
  expect(second).toContain('chartway_records{practice="elm"} 2\n')
  expect(second).toContain('chartway_records{practice="oak"} 9\n')
  expect(second).toContain('chartway_info{version="1.2.3"} 1')
  expect(second).toContain('process_cpu_user_seconds_total')
})

test('there is nothing else there, and a failure is not an empty page', async () => {
  const url = await serving(() => Promise.reject(new Error('no')))
  expect((await fetch(`${url}/`)).status).toBe(404)
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(`${url}/metrics`)).status).toBe(503)
})
