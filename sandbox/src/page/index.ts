// The sandbox page's door: its files, and what it asks of the operator's desk.

export { pageFile } from './files.ts'
export { pageRoutes } from './routes.ts'
