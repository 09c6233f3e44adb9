// The backup room's door: copies of a whole installation, and how they become one again.

export {
  type BackupPorts,
  type Checked,
  checkBackup,
  type Made,
  makeBackup,
  nameOfBackup,
  type OnTable,
  type Restored,
  restoreBackup,
  timeOfBackup,
} from './backups.ts'
export { type Keeping, keepBackups, newestBackup } from './keeping.ts'
export { keyName } from './seal.ts'
