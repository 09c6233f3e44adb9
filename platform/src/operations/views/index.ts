// The operations of the unified objects, in the order of the objects.

import type { Operation } from '../operation.ts'
import { documentsContent } from './content-read.ts'
import { historyOperations } from './history-read.ts'
import { objectOperations } from './object-operations.ts'

export const viewOperations: readonly Operation[] = [
  ...objectOperations,
  ...historyOperations,
  documentsContent,
]
