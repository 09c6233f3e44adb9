// Files of our own: written whole or not at all, and a folder held by one process.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { diskFiles } from './files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('what was written is read, with its mode, and leaves no draft', async () => {
  const path = join(folder, 'key')
  expect(await diskFiles.readText(path)).toBeUndefined()
  await diskFiles.writeText(path, 'one')
  await diskFiles.writeText(path, 'two')
  expect(await diskFiles.readText(path)).toBe('two')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['key'])
})

test('a folder is held once, until it is released', async () => {
  const lock = await diskFiles.lock(folder)
  await expect(diskFiles.lock(folder)).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    details: { pid: process.pid },
  })
  await lock.release()
  await (await diskFiles.lock(folder)).release()
  expect(await readdir(folder)).toEqual([])
})

test('a folder held by another process is in use while that lives, and free after kill -9', async () => {
  const child = spawn(process.execPath, [
    '--input-type=module-typescript',
    '-e',
    `import { diskFiles } from ${JSON.stringify(new URL('files.ts', import.meta.url).href)}
     await diskFiles.lock(process.argv[1]); process.stdout.write('held'); setInterval(() => {}, 1000)`,
    folder,
  ])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await expect(diskFiles.lock(folder)).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    details: { pid: child.pid },
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  await (await diskFiles.lock(folder)).release()
})

test.runIf(process.platform === 'linux')(
  'a living process that got the dead holder’s id does not hold the folder',
  async () => {
    await writeFile(join(folder, 'chartway.lock'), `${process.pid} 1@another-boot\n`)
    await (await diskFiles.lock(folder)).release()
  },
)

test('a lock file without a holder is stale', async () => {
  await writeFile(join(folder, 'chartway.lock'), '')
  await (await diskFiles.lock(folder)).release()
})

test('of many who find a stale lock at once, one gets the folder', async () => {
  for (let round = 0; round < 20; round++) {
    await writeFile(join(folder, 'chartway.lock'), `99999999${round} -\n`)
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => diskFiles.lock(folder)))
    const held = tries.filter((result) => result.status === 'fulfilled')
    expect(held).toHaveLength(1)
    for (const result of tries) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'DATA_FOLDER_IN_USE' })
      }
    }
    await held[0]?.value.release()
    expect(await readdir(folder)).toEqual([])
  }
})

test('a take-over that was killed in the middle does not hold the folder for ever', async () => {
  const stale = '999999999 -\n'
  await writeFile(join(folder, 'chartway.lock'), stale)
  const name = createHash('sha256').update(stale).digest('hex').slice(0, 16)
  await writeFile(join(folder, `chartway.lock.${name}`), '999999998 -\n')
  await (await diskFiles.lock(folder)).release()
  expect(await readdir(folder)).toEqual([])
})
