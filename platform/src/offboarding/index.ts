// The offboarding room's door: a practice leaves with everything that is its own, and nothing of it stays.

export { type Certificate, readCertificate, type Said } from './certificate.ts'
export { confirmationFor, type DestroyPorts, destroyPractice } from './destroy.ts'
export { checkExport, type ExportManifest, type ExportPorts, exportPractice } from './export.ts'
