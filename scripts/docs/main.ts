// npm run docs: prints the documentation into dist/docs, to be opened there or served by anything that
// serves files.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { buildSite } from './site.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'dist', 'docs')

const began = performance.now()
const files = await buildSite()
await rm(FOLDER, { recursive: true, force: true })
for (const folder of new Set([...files.keys()].map((path) => dirname(join(FOLDER, path)))))
  await mkdir(folder, { recursive: true })
await Promise.all([...files].map(([path, text]) => writeFile(join(FOLDER, path), text)))
const pages = [...files.keys()].filter((path) => path.endsWith('.html')).length
const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  `${pages} pages in ${seconds} s: ${relative(process.cwd(), join(FOLDER, 'index.html'))}`,
)
